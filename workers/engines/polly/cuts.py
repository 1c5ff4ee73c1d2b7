"""Where a text may be cut so that its parts can be spoken one by one: best behind a sentence, worst within a word."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Cut(IntEnum):
    """How little is lost by a cut behind a character."""

    NEVER = 0
    """Within something that is read as a whole."""
    WITHIN_CHARACTER = 1
    """Before a combining mark or the like."""
    CHARACTER = 2
    WORD = 3
    CLAUSE = 4
    SENTENCE = 5


_CLOSERS = "\"'”’»›)\\]」』】）》"  # noqa: RUF001 - quotation marks and brackets on purpose
#: Scripts that put no space behind a sentence have marks of their own for its end.
_SENTENCE = re.compile(
    rf"[.!?…۔؟।॥]+[{_CLOSERS}]*(?=\s|$)\s*|[。！？｡]+[{_CLOSERS}]*\s*|\n[^\S\n]*\n\s*|\u2029\s*"  # noqa: RUF001
)
_CLAUSE = re.compile(rf"[,;:،؛–—]+[{_CLOSERS}]*(?=\s|$)\s*|[、，；：]+[{_CLOSERS}]*\s*")  # noqa: RUF001
_SPACE = re.compile(r"\s+")
#: Behind these a full stop ends no sentence: "Mr. Kim", "J. S. Bach", "e.g. this".
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:[^\W\d_]|mr|mrs|ms|dr|prof|st|vs|no|e\.g|i\.e|cf)\.$", re.IGNORECASE)
_ABBREVIATION_MAX = 8
_JOINERS = frozenset("\u200c\u200d")


def cuts(run: str) -> list[Cut]:
    """Say for each character of a run of text what a cut behind it is."""
    found = [Cut.CHARACTER] * len(run)
    for index in range(len(run) - 1):
        if _belong_together(run[index], run[index + 1]):
            found[index] = Cut.WITHIN_CHARACTER
    for start, end, cut in _ends(run):
        for index in range(start, end):
            found[index] = max(found[index], cut)
    return found


def _ends(run: str) -> Iterator[tuple[int, int, Cut]]:
    """Spans behind each of whose characters a cut is as good as it says."""
    for space in _SPACE.finditer(run):
        yield space.start(), space.end(), Cut.WORD
    for pattern, cut in ((_CLAUSE, Cut.CLAUSE), (_SENTENCE, Cut.SENTENCE)):
        for match in pattern.finditer(run):
            if cut is Cut.SENTENCE and _goes_on(run, match):
                continue
            # Only behind all of its marks and brackets: from their last one on, through the whitespace.
            yield match.start() + len(match[0].rstrip()) - 1 if match[0].strip() else match.start(), match.end(), cut


def _goes_on(run: str, match: re.Match[str]) -> bool:
    if match[0].rstrip() != ".":
        return False
    before = run[max(0, match.start() - _ABBREVIATION_MAX) : match.start() + 1]
    return run[match.end() : match.end() + 1].islower() or _ABBREVIATION.search(before) is not None


def _belong_together(left: str, right: str) -> bool:
    """Whether two characters are one to a reader; roughly https://www.unicode.org/reports/tr29/."""
    if right in _JOINERS or left in _JOINERS or unicodedata.category(right)[0] == "M":
        return True
    # Conjoining vowels and final consonants of Hangul; an emoji's skin; flags are pairs of letters.
    return "\u1160" <= right <= "\u11ff" or "\U0001f3fb" <= right <= "\U0001f3ff" or _is_flag(left + right)


def _is_flag(pair: str) -> bool:
    return all("\U0001f1e6" <= letter <= "\U0001f1ff" for letter in pair)
