"""Which words of a text were heard, found by how alike they are, not whether they are the same.

An alignment with substitutions, as of Levenshtein (1966), whose cost falls with the likeness of two words; a word may
also match two or three that were written apart, as Korean and compounds often are.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from schemas.media import primary_language
from workers.engines.pronunciation.phones import IPA
from workers.engines.pronunciation.text.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from workers.engines.pronunciation.lexicon import Lexicon
    from workers.engines.pronunciation.text.words import Word

    Measure = Callable[[str, str], float]

#: Words that are less alike are two errors: one left out, one said beside the text.
MIN_LIKENESS = 0.34
_MISS = 0.6
#: How many neighbours may be written as one: of the text, and of what was heard ("dollars and fifty cents").
_MERGED, _SPLIT = 3, 5
#: They must be nearly the same then, so that an additional short word is not taken for part of its neighbour.
_MERGED_LIKENESS = 0.9
#: Words further from the diagonal than this are not compared: 300 words would be 90,000 pairs.
_BAND = 40
_CODES = {phone: chr(0xE000 + index) for index, phone in enumerate(IPA)}
_TOKEN = re.compile(r"[^\W_]+(?:['’]?[^\W_]+)*")  # noqa: RUF001 - an apostrophe


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A word or a part of one, such as "fifty" of "1,250", in all the ways to write it down."""

    forms: tuple[str, ...]
    """Letters alone, in lower case; Korean in jamo, so that one wrong vowel is one error of several.

    English sounds follow, a private character for each phone: "two" and "too" are the same then.
    """
    word: int
    """Index of the word that it belongs to."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """A word as it is written in a text."""

    start: int
    end: int
    pause_after: bool
    forms: tuple[tuple[str, ...], ...]
    """Per part; empty where nothing of it can be compared."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """Neighbouring units of the text, and those that were heard for them; either may be empty."""

    expected: tuple[int, ...]
    heard: tuple[int, ...]
    likeness: float


def tokens_of(text: str, language: str, lexicon: Lexicon | None = None) -> tuple[Token, ...]:
    """Find a text's words; numbers are read out, and sounds compared, in English alone."""
    if primary_language(language) == "en":
        return tuple(_english(text, word, lexicon) for word in words_of(text))
    return tuple(_tokens(text))


def _english(text: str, word: Word, lexicon: Lexicon | None) -> Token:
    forms = []
    for part in word.parts:
        letters = [_plain("".join(reading)) for reading in part]
        sounds = [_coded(one.phones) for one in lexicon.part(part)] if lexicon else []
        forms.append(tuple(dict.fromkeys([*letters, *sounds])))
    written = _plain(text[word.start : word.end])
    return Token(start=word.start, end=word.end, pause_after=word.pause_after, forms=tuple(forms) or ((written,),))


def _coded(phones: Sequence[str]) -> str:
    return "".join(_CODES[phone] for phone in phones)


def units_of(tokens: Sequence[Token]) -> list[Unit]:
    """Return what is compared."""
    return [Unit(forms=forms, word=index) for index, token in enumerate(tokens) for forms in token.forms]


def _tokens(text: str) -> Iterator[Token]:
    # Combining marks are no letters to `re`: composed, most are gone; the others stay within their words by a stand-in.
    masked = "".join("x" if unicodedata.category(character)[0] == "M" else character for character in text)
    matches = list(_TOKEN.finditer(masked))
    starts = [match.start() for match in matches] + [len(text)]
    for match, following in zip(matches, starts[1:], strict=True):
        behind = text[match.end() : following]
        pause = any(unicodedata.category(character) == "Po" for character in behind)
        plain = _plain(text[match.start() : match.end()])
        yield Token(start=match.start(), end=match.end(), pause_after=pause, forms=((plain,),))


def _plain(text: str) -> str:
    """Letters and digits alone, compatibility forms and accents taken apart, accents left out, Hangul as jamo."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if unicodedata.category(character)[0] in "LN")


def align(expected: Sequence[Unit], heard: Sequence[Unit]) -> list[Match]:
    """Align both in order, at the least cost."""
    rows, columns = len(expected), len(heard)
    # Of this alignment alone: nobody's words stay in memory.
    measure = cache(likeness)
    best: dict[tuple[int, int], tuple[float, Match | None]] = {(0, 0): (0.0, None)}
    for row in range(rows + 1):
        for column in range(columns + 1):
            if (row, column) == (0, 0) or not _is_near(row, column, rows, columns):
                continue
            options = [
                (best[row - taken, column - given][0] + _cost(match), match)
                for taken, given, match in _moves(expected[:row], heard[:column], measure)
                if (row - taken, column - given) in best
            ]
            best[row, column] = min(options, key=lambda option: option[0])
    return _traced(best, rows, columns)


def _is_near(row: int, column: int, rows: int, columns: int) -> bool:
    """Whether a pair is near the diagonal; all of the edges are, so that there is always a way."""
    if row in {0, rows} or column in {0, columns}:
        return True
    return abs(row - column * rows / columns) <= _BAND + rows / columns


def _moves(expected: Sequence[Unit], heard: Sequence[Unit], measure: Measure) -> Iterator[tuple[int, int, Match]]:
    """Ways to account for the last units of both."""
    row, column = len(expected), len(heard)
    if row:
        yield 1, 0, Match(expected=(row - 1,), heard=(), likeness=0.0)
    if column:
        yield 0, 1, Match(expected=(), heard=(column - 1,), likeness=0.0)
    for taken, given in _SHAPES:
        if taken <= row and given <= column:
            alike = _alike(expected[row - taken :], heard[column - given :], measure)
            if alike >= (MIN_LIKENESS if taken == given else _MERGED_LIKENESS):
                ours, theirs = tuple(range(row - taken, row)), tuple(range(column - given, column))
                yield taken, given, Match(expected=ours, heard=theirs, likeness=alike)


_SHAPES = ((1, 1), *((1, count) for count in range(2, _SPLIT + 1)), *((count, 1) for count in range(2, _MERGED + 1)))


def _cost(match: Match) -> float:
    if not match.expected or not match.heard:
        return _MISS
    return (1 - match.likeness) * max(len(match.expected), len(match.heard))


def _traced(best: dict[tuple[int, int], tuple[float, Match | None]], row: int, column: int) -> list[Match]:
    matches: list[Match] = []
    while match := best[row, column][1]:
        matches.append(match)
        row, column = row - len(match.expected), column - len(match.heard)
    return matches[::-1]


def _alike(ours: Sequence[Unit], theirs: Sequence[Unit], measure: Measure) -> float:
    return max((measure(mine, other) for mine in _joined(ours) for other in _joined(theirs)), default=0.0)


def _joined(units: Sequence[Unit]) -> list[str]:
    if len(units) == 1:
        return list(units[0].forms)
    return ["".join(unit.forms[0] for unit in units if unit.forms)]


def _distance(first: str, second: str) -> int:
    """Letters to leave out, to add and to change."""
    row = list(range(len(second) + 1))
    for index, letter in enumerate(first, 1):
        diagonal, row[0] = row[0], index
        for place, other in enumerate(second, 1):
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, diagonal + (letter != other))
    return row[-1]


def likeness(first: str, second: str) -> float:
    """Return how alike two words are, 0 to 1: 1 minus the edit distance as a share of the longer one."""
    longest = max(len(first), len(second))
    if not longest or first == second:
        return float(bool(longest))
    if min(len(first), len(second)) < MIN_LIKENESS * longest:
        return 0.0
    return 1 - _distance(first, second) / longest
