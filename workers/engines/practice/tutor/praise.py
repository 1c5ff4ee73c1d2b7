"""Praise for what a learner did, each tied to a fact that can be seen in the message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from schemas.reply.answers import Praise
from workers.engines.practice.tutor.bank import read
from workers.engines.practice.tutor.clauses import is_person
from workers.engines.practice.tutor.parsing import frequency, sentences
from workers.engines.practice.tutor.things import things

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from workers.engines.practice.tutor.feedback import Feedback
    from workers.engines.practice.tutor.moves import Heard
    from workers.engines.practice.tutor.notes import Notes
    from workers.engines.practice.tutor.parsing import Token
    from workers.engines.practice.tutor.scene import Scene

#: The same fact is not praised again within so many turns.
_REST = 6
_LONG = 12
_COMPANY = "said_with_whom"
_RARE = (1.8, 3.8)
"""Zipf frequencies of words that are worth a mention: known ones, less than six in a million."""


_INFLECTED = ("est", "ing", "ed", "er", "ly", "s")


@dataclass(frozen=True, kw_only=True)
class _Fact:
    name: str
    english: str
    korean: str
    """`{words}` stands for the evidence."""
    pattern: re.Pattern[str]


def praise_of(scene: Scene, seen: set[str]) -> Praise | None:
    """Return praise for the first fact that was not praised lately; None where there is none.

    Words that a correction touches are never praised.
    """
    notes, turn = scene.notes, scene.turn
    for fact, english, korean, words in _facts(scene.heard, scene.feedback, notes, seen) if scene.feedback else ():
        if turn - notes.praised.get(fact, -_REST) >= _REST:
            notes.praised[fact] = turn
            return Praise(text=korean if scene.explain_in == "ko" else english, fact=fact, evidence=words)
    return None


def _facts(
    heard: Heard, feedback: Feedback, notes: Notes, seen: set[str]
) -> Iterator[tuple[str, str, str, str | None]]:
    told, clean = heard.told, _clean(heard.text, feedback)
    if word := next((word for word in notes.taught if clean(rf"\b{re.escape(word)}\b")), None):
        yield "used_taught_word", f"You used “{word}” from the word list.", f"단어 목록의 “{word}”을(를) 썼어요.", word
    count = len(heard.words)
    if count >= _LONG and count > notes.longest > 0:
        yield (
            "longer_answer",
            f"That was your longest answer so far: {count} words.",
            f"지금까지 가장 긴 답이에요: {count}단어.",
            None,
        )
    for fact in _by_words():
        words = clean(fact.pattern.pattern)
        if words and fact.name == _COMPANY:
            words = _up_to_person(words)
        if words:
            yield fact.name, fact.english.format(words=words), fact.korean.format(words=words), words
    if not feedback.findings:
        yield from _past(told)
    if word := _rare(told, feedback, seen):
        yield "less_common_word", f"“{word}” is a less common word.", f"“{word}”은(는) 흔하지 않은 단어예요.", word


@cache
def _by_words() -> Sequence[_Fact]:
    return [
        _Fact(name=name, pattern=re.compile(data.pop("pattern"), re.IGNORECASE), **data)
        for name, data in read("praise.toml").items()
    ]


def _clean(text: str, feedback: Feedback) -> Callable[[str], str | None]:
    """Return a search that finds only what no correction touches."""

    def search(pattern: str) -> str | None:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if match.end() <= feedback.checked and not any(
                finding.start <= match.end() and match.start() <= finding.end for finding in feedback.findings
            ):
                return match[0]
        return None

    return search


def _up_to_person(words: str) -> str | None:
    """Cut `with my friend and` behind the person; None where there is none."""
    spoken = words.split()
    ends = [end for end in range(3, len(spoken) + 1) if is_person(spoken[end - 1].lower())]
    young = spoken[2].lower() in {"girl", "boy"}
    return " ".join(spoken[: ends[-1 if young else 0]]) if ends else None


def _past(told: str) -> Iterator[tuple[str, str, str, str]]:
    verbs = [token.lower for sentence in sentences(told) for token in sentence if _is_past(token)]
    if len(set(verbs)) >= 2:  # noqa: PLR2004 - one is no habit
        words = f"{verbs[0]}” and “{next(verb for verb in verbs if verb != verbs[0])}"
        yield "used_past_tense", f"You told it in the past: “{words}”.", f"과거형으로 말했어요: “{words}”.", verbs[0]


def _is_past(token: Token) -> bool:
    return token.tag == "VBD" and token.lower not in {"was", "were", "had", "did"} and token.text.isascii()


def _rare(told: str, feedback: Feedback, seen: set[str]) -> str | None:
    touched = {word for finding in feedback.findings for word in finding.original.lower().split()}
    found: Sequence[str] = [
        word
        for word in dict.fromkeys(re.findall(r"\b[a-z]{5,}\b(?!['\u2019])", told))
        if word not in seen | touched and not word.endswith(_INFLECTED)
    ]
    low, high = _RARE
    return next((word for word in found if low < frequency(word) < high and word not in things()), None)
