"""Feeling words of English: VADER's valences, ours above them, with negation and intensity.

The window of three words and the factors of negation and boosters follow C.J. Hutto and E.E. Gilbert, "VADER: A
Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", 2014.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from typing import TYPE_CHECKING

from workers.engines.lexicon.hits import Entry, Hit, entries, felt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[A-Za-z]+(?:['\u2019-][A-Za-z]+)*")
_NEGATIONS = re.compile(
    r"not|no|never|none|nothing|nobody|neither|nor|without|hardly|barely|rarely|seldom|cannot"
    r"|(?:ca|do|did|does|is|was|are|were|wo|would|could|should|ai|have|has|had|must|need)n'?t"
)
_BOOSTERS = re.compile(
    r"very|really|so|extremely|absolutely|totally|completely|incredibly|super|too|such|quite|especially|truly|most|damn"
)
_DAMPERS = re.compile(r"slightly|somewhat|little|kinda|sorta|bit|fairly")
_NEGATED = -0.74
_BOOSTED = 1.2
_DAMPED = 0.8
#: How many words before one can deny it.
_WINDOW = 3
_LONGEST_PHRASE = 4
_ENDS_CLAUSE = re.compile(r"[.!?;\n]|, ?(?:but|and|so) ")


def english_hits(text: str) -> list[Hit]:
    """Find what the lexicons have; longer phrases win, hits don't overlap."""
    return list(_hits(text))


def _hits(text: str) -> Iterator[Hit]:
    spans = [found.span() for found in _WORD.finditer(text)]
    words = [text[start:end].lower().replace("\u2019", "'") for start, end in spans]
    index = 0
    while index < len(words):
        size, entry = _found(words, index, [text[one[1] : two[0]] for one, two in _pairs(spans, index)])
        if entry is not None and (entry.valence or entry.emotion):
            start, end = spans[index][0], spans[index + size - 1][1]
            loud = 1.15 if text[start:end].isupper() and end - start > _WINDOW else 1.0
            valence = entry.valence * _factor(text, words, spans, index) * loud
            yield Hit(start, end, valence, felt(entry, valence))
        index += size


def _pairs(spans: Sequence[tuple[int, int]], index: int) -> Sequence[tuple[tuple[int, int], tuple[int, int]]]:
    nearby = spans[index : index + _LONGEST_PHRASE]
    return list(itertools.pairwise(nearby))


def _found(words: Sequence[str], index: int, between: Sequence[str]) -> tuple[int, Entry | None]:
    for size in range(min(_LONGEST_PHRASE, len(words) - index), 1, -1):
        phrase = " ".join(words[index : index + size])
        if all(gap.isspace() for gap in between[: size - 1]) and phrase in entries("english"):
            return size, entries("english")[phrase]
    return 1, lookup(words[index])


@cache
def _stems() -> dict[str, Entry]:
    return {word[:-1]: entry for word, entry in entries("english").items() if word.endswith("*")}


def lookup(word: str) -> Entry | None:
    """Return what is known of a word in lower case."""
    if (own := entries("english").get(word)) is not None:
        return own
    stems = (word[:size] for size in range(len(word), 2, -1))
    if (stem := next((stem for stem in stems if stem in _stems()), None)) is not None:
        return _stems()[stem]
    return entries("vader").get(word)


def _factor(text: str, words: Sequence[str], spans: Sequence[tuple[int, int]], index: int) -> float:
    """Return what the words before make of a valence."""
    factor = 1.0
    for back in range(1, min(_WINDOW, index) + 1):
        if _ENDS_CLAUSE.search(text[spans[index - back][1] : spans[index][0]]):
            break
        word = words[index - back]
        if back == 1 and _BOOSTERS.fullmatch(word):
            factor *= _BOOSTED
        elif back == 1 and _DAMPERS.fullmatch(word):
            factor *= _DAMPED
        elif _NEGATIONS.fullmatch(word):
            factor *= _NEGATED
    return factor
