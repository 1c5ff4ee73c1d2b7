"""Words that are like a misspelt one."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from workers.engines.grammar.fluency import shipped_fluency
from workers.engines.wordlist import shipped_words, words_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: How frequent each part must be where two words were written as one, in Zipf's scale.
_COMMON = 4.5
#: A word that is meant is at least so frequent, in the same scale; one that is rarer than the other may be a mistake.
_KNOWN, _WRITTEN = 3.48, 3.01
_WHOLE = 4
#: How many mistakes are a few, and how many in a word of so many letters.
_FEW, _MANY, _LONG = 2, 3, 9


def zipf(word: str) -> float:
    """Return how frequent a word is, in Zipf's scale: 3 is one in a million; 0 of one that is rarer than that."""
    return shipped_words().zipf(word, least=_WRITTEN)


def one_edit(word: str) -> set[str]:
    """Return the known words that are one mistake away: a letter too many, too few, another, or two swapped."""
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    near = {left + right[1:] for left, right in parts if right}
    near |= {left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1}
    near |= {left + letter + right[1:] for left, right in parts if right for letter in _LETTERS}
    near |= {left + letter + right for left, right in parts for letter in _LETTERS}
    return {one for one in near if shipped_fluency().knows(one)}


def few_edits(word: str) -> list[str]:
    """Return common words that begin alike and are two mistakes away, or three from a long word."""
    most = _MANY if len(word) >= _LONG else _FEW
    letters = _set_of(word)
    return [
        one
        for one, others in _vocabulary()[word[0]]
        if abs(len(one) - len(word)) <= most and (letters ^ others).bit_count() <= 2 * most and edits(word, one) <= most
    ]


@cache
def _vocabulary() -> Mapping[str, Sequence[tuple[str, int]]]:
    """Return common words and the sets of their letters, by the first letter."""
    words: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for word in words_from(_KNOWN):
        if len(word) >= _WHOLE and word.isascii() and word.isalpha() and shipped_fluency().knows(word):
            words[word[0]].append((word, _set_of(word)))
    return words


def _set_of(word: str) -> int:
    """Return a word's letters as bits, which are quick to compare."""
    return sum({1 << (ord(letter) & 31) for letter in word})


def apart(word: str) -> Iterator[str]:
    """Yield pairs of common words of which it may consist: `infront`."""
    for place in range(1, len(word)):
        parts = word[:place], word[place:]
        if min(map(zipf, parts)) >= _COMMON and (len(parts[0]) > 1 or parts[0] == "a") and len(parts[1]) > 1:
            yield " ".join(parts)


def edits(one: str, other: str) -> int:
    """Return how many mistakes lead from one word to another (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        this = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            this.append(cost)
        before, last = last, this
    return last[-1]
