"""What a message does: says goodbye, asks, has not understood, wants another topic, tells something."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from workers.engines.practice.tutor.bank import read
from workers.engines.practice.tutor.parsing import MAX_READ, frequency
from workers.engines.practice.tutor.things import things

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Script: TypeAlias = Literal["empty", "emoji", "gibberish", "foreign", "korean", "english"]

_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_ENGLISH_WORD = re.compile(r"[A-Za-z]+(?:['\u2019][A-Za-z]+)?")
_SENTENCE = re.compile(r"[^.!?\n…。\uff1f\uff01]+[.!?…。\uff1f\uff01]*|[?]+")
_TAIL = re.compile(r"(?i)(?:,\s*|\s+|^)((?:and|how about|what about)\s+(?:you|yours|yourself|u)\b[^?]{0,10}\?*)\s*$")
_ASKING = re.compile(
    r"(?i)(?:do|are|can|could|would|have|did|will|were) (?:you|u|i)\b"
    r"|(?:what|who|where|why|how|which|when)(?:'s| is| are| do| does| did| can| should| would| was| were| old| many"
    r"| much| about| time)\b"
)
_SIGNS = re.compile(r"[^\w\s'\u2019-]+")
_MAX_SENTENCES = 40
_UNKNOWN_SHARE = 0.5
_COMMON = 3.0


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
        return _ENGLISH_WORD.findall(self.told)

    @property
    def hangul(self) -> bool:
        """Whether there is Korean in it."""
        return bool(_HANGUL.search(self.text))


def heard(message: str) -> Heard:
    """Take a message apart."""
    text = unicodedata.normalize("NFC", message).strip()
    script = _script(text)
    if script in {"empty", "emoji", "gibberish", "foreign"}:
        return Heard(text=text, script=script)
    moves: dict[str, dict[str, str]] = {}
    statements: list[str] = []
    questions: list[str] = []
    for sentence in _sentences(text[:MAX_READ])[:_MAX_SENTENCES]:
        found = _move(sentence)
        if found:
            moves.setdefault(*found)
        elif _asks(sentence):
            questions.append(sentence)
        else:
            statements.append(sentence)
    return Heard(text=text, script=script, moves=moves, statements=statements, questions=questions)


def _script(text: str) -> Script:
    if not text:
        return "empty"
    hangul, latin = len(_HANGUL.findall(text)), len(_LATIN.findall(text))
    letters = sum(char.isalpha() for char in text)
    if not letters and not any(char.isdigit() for char in text):
        return "english" if text.strip("?!") == "" and "?" in text else "emoji" if _signs(text) else "empty"
    if letters > 2 * (hangul + latin):
        return "foreign"
    if hangul and len(re.findall(r"[가-힣ㄱ-ㅣ]+", text)) > len(_ENGLISH_WORD.findall(text)):
        return "korean"
    if letters and not hangul and _is_noise(text):
        return "gibberish"
    return "foreign" if letters and not hangul and _is_foreign(text) else "english"


def _signs(text: str) -> bool:
    """Whether there are pictures among the signs."""
    return any(unicodedata.category(char) in {"So", "Sk", "Sm"} for char in text)


def _is_noise(text: str) -> bool:
    words = _ENGLISH_WORD.findall(text[:MAX_READ])
    if not words:
        return True
    unknown = [word for word in words if _unknown(word)]
    return len(unknown) >= _UNKNOWN_SHARE * len(words)


def _is_foreign(text: str) -> bool:
    """Whether most words are rare in English: another language in Latin letters."""
    words = [word for word in _ENGLISH_WORD.findall(text[:MAX_READ]) if not word[0].isupper() or word == "I"]
    rare = [word for word in words if word.lower() not in things() and frequency(word.lower()) < _COMMON]
    accents = sum(char.isalpha() and not char.isascii() and not _HANGUL.match(char) for char in text)
    return len(words) > 2 and (2 * len(rare) >= len(words) or accents > len(words) // 2)  # noqa: PLR2004 - fewer tell nothing


def _unknown(word: str) -> bool:
    lower = word.lower().replace("\u2019", "'")
    if lower in things():
        return False
    if len(lower) == 1:
        return lower not in {"i", "a", "u", "y", "n", "k"}
    if re.search(r"(.)\1{3,}", lower):
        return True
    return frequency(lower) < (1.0 if word[0].isupper() else 1.5)


def _sentences(text: str) -> list[str]:
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
    korean = bool(_HANGUL.search(sentence))
    plain = " ".join(_SIGNS.sub(" ", sentence).lower().replace("\u2019", "'").split())
    bare = sentence.strip(" .!?~")
    for kind, (english, hangul) in patterns().items():
        match = english.fullmatch(plain or bare)
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


@cache
def patterns() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Return for each move how it is made in English and in Korean, the first that fits first."""
    return {
        kind: (re.compile(rules["english"], re.IGNORECASE), re.compile(rules["korean"]))
        for kind, rules in read("moves.toml").items()
    }
