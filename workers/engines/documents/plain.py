"""Plain text: paragraphs are what empty lines divide; lines that a writer's editor has wrapped are joined again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from workers.engines.documents.blocks import Reading
from workers.engines.documents.formats import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable

_EMPTY_LINES = re.compile(r"\n\s*\n")
_ITEM = re.compile(r"\s*([-*•·▪◦○●■□※▶☞①-⑳]|\(?[0-9가-하a-z]{1,2}[.)]\s|\|)")
#: A line this wide (in half-width columns) may have been wrapped; a shorter one ends where its writer wanted it to.
_WRAPPED_FROM = 50
_HEADING_COLUMNS = 60
_SENTENCE_ENDS = re.compile(r"[.!?,;:…。\uff01\uff1f」』\"')\]|=_-]$")
_NUMBERED = re.compile(r"(제\s?\d+\s?[조장절편]|\d{1,2}(\.\d{1,2})*[.)]?\s+\S|[IVX]{1,5}\.\s)")


def read_plain(text: str) -> Reading:
    """Read a text without markup.

    A short line that stands alone, and does not end as a sentence, is a heading; the first is the title where another
    one follows at once.
    """
    reading = Reading(TEXT)
    paragraphs = [part for part in _EMPTY_LINES.split(text.replace("\r\n", "\n").replace("\r", "\n")) if part.strip()]
    headings = [_is_heading(paragraph.strip()) for paragraph in paragraphs]
    has_title = headings[:2] == [True, True]
    for number, (paragraph, is_heading) in enumerate(zip(paragraphs, headings, strict=True)):
        if is_heading and number < len(paragraphs) - 1:
            reading.add(paragraph, level=2 if has_title and number else 1)
        else:
            reading.add(unwrapped(paragraph))
    return reading


def unwrapped(paragraph: str) -> str:
    """Join the lines of a paragraph that were wrapped; items and short lines keep their own."""
    return "".join(_joined(paragraph.split("\n")))


def _joined(lines: Iterable[str]) -> Iterable[str]:
    before = None
    for line in lines:
        if before is not None:
            if columns(before) < _WRAPPED_FROM or _ITEM.match(line):
                yield "\n"
            elif _is_hyphenated(before, line):
                yield ""
            else:
                yield " "
        kept = line.strip()
        yield kept
        before = kept


def _is_hyphenated(before: str, line: str) -> bool:
    """Whether a word was divided by a soft hyphen at the line's end; a hard one stays, as nobody can tell."""
    return before.endswith("\u00ad") and line[:1].islower()


def _is_heading(paragraph: str) -> bool:
    if "\n" in paragraph or columns(paragraph) > _HEADING_COLUMNS or not any(map(str.isalpha, paragraph)):
        return False
    if _NUMBERED.match(paragraph):
        return not paragraph.endswith((".", "다", "요"))
    return not _SENTENCE_ENDS.search(paragraph) and not _ITEM.match(paragraph) and not paragraph.endswith(("다", "요"))


def columns(text: str) -> int:
    """Return how wide a text is, in half-width columns: Korean letters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text[:1_000])
