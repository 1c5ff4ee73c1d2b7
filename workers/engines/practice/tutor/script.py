"""What a message is written in: English, Korean, another language, pictures, or nothing that anybody says."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from workers.engines.practice.tutor.parsing import MAX_READ, frequency
from workers.engines.practice.tutor.things import things

if TYPE_CHECKING:
    from collections.abc import Sequence

Script: TypeAlias = Literal["empty", "emoji", "gibberish", "foreign", "korean", "english"]

HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
ENGLISH_WORD = re.compile(r"[A-Za-z]+(?:['\u2019][A-Za-z]+)?")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_UNKNOWN_SHARE = 0.5
_COMMON = 3.0
#: Code or markup, not what somebody says.
_CODE = re.compile(
    r"(?i)(?-i:\bSELECT\b.{1,80}\bFROM\b)|\bselect \*|\b(?:insert into|drop table|delete from) \w"
    r"|</?[a-z][\w-]*(?:\s[^<>]*)?/?>|\w\(\)|\w\([^()]*\)\s*[{:;]|(?<![:;=])[{}]\s*$"
    r"|\w\(['\x22][^()]*['\x22]\)|\w\s*===?\s*\w|\{\{|\{%"
    r"|^\s*(?:def|class|import|const|var|let|#include) \w+\s*[=(:<]"
)
#: Rows of a keyboard.
_KEYS = re.compile(r"[asdfghjkl]{3,}|[qwertyuiop]{3,}|[zxcvbnm]{3,}")
_MASHED = 3.2
_SAID_TWICE = re.compile(r"very|so|really|no|yes|ha|haha|bye|ok|many|much|long|far|that|had")


def script_of(text: str) -> Script:
    """Return what a text is written in; code, and keys struck at random, are `gibberish`."""
    if not text:
        return "empty"
    hangul, latin = len(HANGUL.findall(text)), len(_LATIN.findall(text))
    letters = sum(char.isalpha() for char in text)
    if not letters and not any(char.isdigit() for char in text):
        return "english" if text.strip("?!") == "" and "?" in text else "emoji" if _signs(text) else "empty"
    if letters > 2 * (hangul + latin):
        return "foreign"
    if hangul:
        in_korean = len(re.findall(r"[가-힣ㄱ-ㅣ]+", text)) > len(ENGLISH_WORD.findall(text))
        return "korean" if in_korean else "english"
    return _of_latin(text)


def _of_latin(text: str) -> Script:
    if _CODE.search(text[:MAX_READ]):
        return "gibberish"
    if not any(char.isalpha() for char in text):
        return "english"
    return "gibberish" if _is_noise(text) else "foreign" if _is_foreign(text) else "english"


def _signs(text: str) -> bool:
    """Whether there are pictures among the signs."""
    return any(unicodedata.category(char) in {"So", "Sk", "Sm"} for char in text)


def _is_noise(text: str) -> bool:
    words = ENGLISH_WORD.findall(text[:MAX_READ])
    if not words:
        return True
    if _CODE.search(text[:MAX_READ]) or _stutters(words):
        return True
    unknown = [word for word in words if _unknown(word)]
    return len(unknown) >= _UNKNOWN_SHARE * len(words)


def _stutters(words: Sequence[str]) -> bool:
    """Whether words come again and again, but for `very very` and the like."""
    lower = [word.lower() for word in words]
    again = [word for word, following in pairwise(lower) if word == following and not _SAID_TWICE.fullmatch(word)]
    return len(again) > 1 and len(again) * 3 >= len(words)


def _is_foreign(text: str) -> bool:
    """Whether most words are rare in English: another language in Latin letters."""
    words = [word for word in ENGLISH_WORD.findall(text[:MAX_READ]) if not word[0].isupper() or word == "I"]
    rare = [word for word in words if word.lower() not in things() and frequency(word.lower()) < _COMMON]
    accents = sum(char.isalpha() and not char.isascii() and not HANGUL.match(char) for char in text)
    return len(words) > 2 and (2 * len(rare) >= len(words) or accents > len(words) // 2)  # noqa: PLR2004 - fewer tell nothing


def _unknown(word: str) -> bool:
    lower = word.lower().replace("\u2019", "'")
    if lower in things():
        return False
    if len(lower) == 1:
        return lower not in {"i", "a", "u", "y", "n", "k"}
    if re.search(r"(.)\1{3,}", lower) or (_KEYS.fullmatch(lower) and frequency(lower) < _MASHED):
        return True
    return frequency(lower) < (1.0 if word[0].isupper() else 1.5)
