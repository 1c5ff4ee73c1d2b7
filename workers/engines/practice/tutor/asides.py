"""Answers to questions that the learner asks: short, and honest about who answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.bank import read, topics
from workers.engines.practice.tutor.things import korean_stems, korean_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class Aside:
    """A sort of question, and what may be said to it."""

    pattern: re.Pattern[str]
    says: Sequence[str]
    named: Sequence[str] = ()
    """Where the learner's name is known."""
    remembered: Sequence[str] = ()
    """Where the learner has spoken of something."""
    role: Sequence[str] = ()
    """Where the tutor plays a role."""


def answers_to(question: str, *, name: str | None, things: str, role: str | None) -> Sequence[str]:
    """Return what may be said to a question, the best first."""
    for aside in _asides():
        if aside.pattern.search(question):
            special = [
                *((aside.named) if name else ()),
                *((aside.remembered) if things else ()),
                *((aside.role) if role else ()),
            ]
            return [*special, *aside.says]
    return []


def meaning_of(word: str) -> tuple[str, str] | None:
    """Return what an English word means, in plain English and Korean, from the tutor's own small list."""
    plain = word.strip().lower()
    for topic in topics().values():
        for words in topic.words.values():
            for known in words:
                if plain == known.text:
                    return known.english, known.korean
    return next((("", korean) for korean, english in korean_words() if english == plain), None)


def english_for(korean: str) -> str | None:
    """Return the English of a Korean word, from the same list."""
    taught = (word for topic in topics().values() for words in topic.words.values() for word in words)
    pairs = [*korean_words(), *((word.korean, word.text) for word in taught)]
    return next((english for known, english in pairs if known == korean), None)


def pairs_in(text: str, *, at_most: int = 3) -> list[tuple[str, str]]:
    """Find the Korean words of a text whose English is known, in its order."""
    found: list[tuple[int, str, str]] = []
    rest = text
    for korean, english in korean_words():
        place = rest.find(korean)
        if place < 0 or (len(korean) == 1 and not re.search(rf"(?<![가-힣]){korean}(?:[을를이가은는도와과]|\b)", rest)):
            continue
        found.append((place, _whole(text, place, korean), english))
        rest = rest.replace(korean, "\0" * len(korean))
    return [(korean, english) for _, korean, english in sorted(found)[:at_most]]


def in_english(text: str) -> str | None:
    """Put English for the Korean words of an English sentence; None where one of them is not known."""
    nouns, pattern = _nouns()
    text = pattern.sub(lambda match: nouns[match[1]], text)
    return None if re.search(r"[가-힣]", text) else text


@cache
def _nouns() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Return Korean nouns with their English, and a pattern of them with their particles."""
    stems = dict(korean_stems())
    nouns = {korean: english for korean, english in korean_words() if korean not in stems}
    longest_first = "|".join(map(re.escape, nouns))
    return nouns, re.compile(rf"(?<![가-힣])({longest_first})(?:을|를|이|가|은|는|도|와|과|랑|하고)?(?![가-힣])")


def _whole(text: str, place: int, korean: str) -> str:
    """Return the word with its ending, of a stem."""
    if korean not in dict(korean_stems()):
        return korean
    ending = re.match(r"[가-힣]*", text[place + len(korean) :])
    return korean + (ending[0] if ending else "")


@cache
def _asides() -> Sequence[Aside]:
    return [
        Aside(pattern=re.compile(data.pop("pattern"), re.IGNORECASE), **data) for data in read("asides.toml")["aside"]
    ]
