"""What a message does: says goodbye, asks, has not understood, wants another topic, tells something."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.bank import read
from workers.engines.practice.tutor.parsing import MAX_READ
from workers.engines.practice.tutor.script import ENGLISH_WORD, HANGUL, script_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.engines.practice.tutor.script import Script

_SENTENCE = re.compile(r"[^.!?\n…。\uff1f\uff01]+[.!?…。\uff1f\uff01]*|[?]+")
_TAIL = re.compile(r"(?i)(?:,\s*|\s+|^)((?:and|how about|what about)\s+(?:you|yours|yourself|u)\b[^?]{0,10}\?*)\s*$")
_ASKING = re.compile(
    r"(?i)(?:do|are|can|could|would|have|did|will|were) (?:you|u|i)\b"
    r"|(?:what|who|where|why|how|which|when)(?:'s| is| are| do| does| did| can| should| would| was| were| old| many"
    r"| much| about| time)\b"
)
_SIGNS = re.compile(r"[^\w\s'\u2019-]+")
_CLAUSE = re.compile(r"[,;~]+")
_PARTING = re.compile(
    r"\b(?:bye|byebye|goodbye|good night|see you|see ya|cya|gtg|gotta go|take care|(?:have|need) to (?:go|leave))\b"
)
_BUT = re.compile(r"(?:but|because)\b")
_MAX_SENTENCES = 40


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A message, taken apart."""

    text: str
    script: Script
    moves: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What it does, and the words of it that say to what."""
    statements: Sequence[str] = ()
    """The sentences that tell something."""
    questions: Sequence[str] = ()
    """The sentences that ask the tutor."""

    @property
    def told(self) -> str:
        """All that it tells."""
        return " ".join(self.statements)

    @property
    def words(self) -> list[str]:
        """The English words of what it tells."""
        return ENGLISH_WORD.findall(self.told)

    @property
    def hangul(self) -> bool:
        """Whether there is Korean in it."""
        return bool(HANGUL.search(self.text))


def heard(message: str) -> Heard:
    """Take a message apart."""
    text = unicodedata.normalize("NFC", message).strip()
    script = script_of(text)
    if script in {"empty", "emoji", "gibberish", "foreign"}:
        return Heard(text=text, script=script)
    moves: dict[str, dict[str, str]] = {}
    statements: list[str] = []
    questions: list[str] = []
    for sentence in sentences_in(text[:MAX_READ])[:_MAX_SENTENCES]:
        found = _move(sentence)
        if found:
            moves.setdefault(*found)
        elif _asks(sentence):
            questions.append(sentence)
        else:
            statements.append(sentence)
    return Heard(text=text, script=script, moves=moves, statements=statements, questions=questions)


def sentences_in(text: str) -> list[str]:
    """Cut a text into sentences; `and you?` at the end of one is a sentence of its own."""
    found: list[str] = []
    for match in _SENTENCE.finditer(text):
        sentence = match[0].strip()
        if tail := _TAIL.search(sentence):
            found += [sentence[: tail.start()].strip(" ,"), tail[1] if tail[1].endswith("?") else tail[1] + "?"]
        else:
            found.append(sentence)
    return [sentence for sentence in found if sentence]


def _asks(sentence: str) -> bool:
    return sentence.endswith(("?", "\uff1f")) or bool(_ASKING.match(sentence))


def _move(sentence: str) -> tuple[str, dict[str, str]] | None:
    korean = bool(HANGUL.search(sentence))
    plain = " ".join(_SIGNS.sub(" ", sentence).lower().replace("\u2019", "'").split())
    bare = sentence.strip(" .!?~")
    for kind, (english, hangul) in patterns().items():
        match = english.fullmatch(plain or bare) or (_says_goodbye(sentence, english) if kind == "bye" else None)
        if kind == "translate" and not korean:
            match = None
        if match is None and korean:
            match = hangul.search(bare)
        if match:
            words = {name.rstrip("0123456789"): word for name, word in match.groupdict().items() if word}
            if re.match(r"(?:you|yours?|u|me|that|it|this)\b", words.get("topic", words.get("word", ""))):
                continue
            return kind, words
    if not plain and "?" in sentence:
        return "unclear", {}
    return None


def _says_goodbye(sentence: str, goodbye: re.Pattern[str]) -> re.Match[str] | None:
    """Look for a goodbye in the first or last clause: `bye, thanks`, `I have to go now, bye!`."""
    clauses = [
        " ".join(_SIGNS.sub(" ", part).lower().split()) for part in _CLAUSE.split(sentence.replace("\u2019", "'"))
    ]
    clauses = [clause for clause in clauses if clause]
    if len(clauses) < 2:  # noqa: PLR2004 - a sentence of one clause was looked at
        return None
    last, first = goodbye.fullmatch(clauses[-1]), goodbye.fullmatch(clauses[0])
    if last and _PARTING.search(clauses[-1]):
        return last
    return first if first and _PARTING.search(clauses[0]) and not _BUT.match(clauses[1]) else None


@cache
def patterns() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Return for each move how it is made in English and in Korean, the first that fits first."""
    return {
        kind: (re.compile(rules["english"], re.IGNORECASE), re.compile(rules["korean"]))
        for kind, rules in read("moves.toml").items()
    }
