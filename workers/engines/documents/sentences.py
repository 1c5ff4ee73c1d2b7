"""Where sentences of English and Korean texts begin and end."""

from __future__ import annotations

import re

#: A line's end ends a sentence, too: readers join wrapped lines before.
_END = re.compile(r"[.!?…]+[\"'”\u2019)\]」』]*(?=\s|$)|[。\uff01\uff1f]+[」』”\u2019]*|\n+")
_ABBREVIATIONS = frozenset(
    {
        *("mr", "mrs", "ms", "dr", "prof", "st", "no", "vs", "e.g", "i.e", "approx", "dept", "fig", "inc", "ltd", "co"),
        *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "corp", "jr", "sr"),
        *("rd", "ave", "tel", "ext", "vol", "pp", "min", "max"),
    }
)
_INITIAL = re.compile(r"\b[A-Z]$")
_LAST_WORD = re.compile(r"([A-Za-z.]+)$")
_NUMBERED = re.compile(r"(?:^|\n)\s*[(\[]?\d{1,3}$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of a text's sentences, in code points, without the spaces around them."""
    spans, start = [], 0
    for mark in _END.finditer(text):
        if _ends(text, mark, start):
            spans.append(_trimmed(text, start, mark.end()))
            start = mark.end()
    spans.append(_trimmed(text, start, len(text)))
    return [span for span in spans if span[0] < span[1]]


def _ends(text: str, mark: re.Match[str], start: int) -> bool:
    if not mark[0].startswith("."):
        return True
    before = text[start : mark.start()]
    follows = text[mark.end() : mark.end() + 2].lstrip()
    if follows[:1].islower() or _NUMBERED.search(before):
        return False
    word = _LAST_WORD.search(before)
    if word is None:
        return True
    last = word[1].lower()
    # An abbreviation may end a sentence: `at 9 a.m. Lunch is ...` does, `Dr. Kim` does not.
    if last in {"a.m", "p.m", "etc"}:
        return follows[:1].isupper()
    return last not in _ABBREVIATIONS and not _INITIAL.search(before)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
