"""A text in plain letters, digits and signs, each character with its place in the original."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

#: Letters that Unicode does not take apart, quotes and dashes in their many forms.
_PLAIN = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i",
    "Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Þ": "Th",
    "\u2018": "'", "\u2019": "'", "\u201b": "'", "\u02bc": "'", "\u02b9": "'", "\u2032": "'", "\u00b4": "'", "`": "'",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": " - ", "\u2015": " - ", "\u2212": "-",
    "\u2044": "/", "\u00d7": "x",
}  # fmt: skip
#: Read as they stand; Unicode would write "a" for the first, and "Rs" and so on for others.
_KEPT = frozenset("ªº℃℉™©®…")


@dataclass(frozen=True)
class Folded:
    """Plain characters, and where each of them comes from."""

    text: str
    spans: tuple[tuple[int, int], ...]
    """Per character of `text`: first code point of the original, and one past the last (its marks are included)."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of `text` stands in the original; the stretch is not empty."""
        return self.spans[start][0], self.spans[end - 1][1]


def fold(text: str) -> Folded:
    """Fold compatibility forms, accents, quotes and dashes; what is invisible is left out, emoji become spaces."""
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    for start, end in _clusters(text):
        plain = _plain(text[start])
        if _is_fraction(text[start]) and characters and characters[-1].isdigit():
            plain = f" {plain}"
        characters += plain
        spans += [(start, end)] * len(plain)
    return Folded("".join(characters), tuple(spans))


def _clusters(text: str) -> list[tuple[int, int]]:
    """Spans of a character and the combining marks and invisible characters behind it."""
    starts = [index for index, character in enumerate(text) if not index or not _attaches(character)]
    return list(pairwise([*starts, len(text)]))


@lru_cache(maxsize=4096)
def _attaches(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character in _PLAIN:
        return _PLAIN[character]
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category[0] in "CZM" or character in _KEPT or (category in {"So", "Sk"} and character != "°"):
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(character))
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(_PLAIN.get(part, part) for part in decomposed if unicodedata.category(part)[0] != "M") or " "


def _is_fraction(character: str) -> bool:
    return character in "¼½¾" or "\u2150" <= character <= "\u215e"
