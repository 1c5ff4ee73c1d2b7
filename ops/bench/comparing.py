"""Texts beside transcripts: word errors, and whether the place of a change was found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.bench.splicing import Change


@dataclass(frozen=True)
class Comparison:
    """A text beside what was heard."""

    edits: int
    """Words that were changed, added or left out, at least (Levenshtein)."""
    missing: tuple[bool, ...]
    """Of each word of the text, whether it was not heard."""
    filled: tuple[bool, ...]
    """Of each gap, one more than words, whether something else was heard there."""


def compared(words: Sequence[str], heard: Sequence[str]) -> Comparison:
    """Compare by the cheapest way to edit the one into the other."""
    table = [list(range(len(heard) + 1))]
    for row, word in enumerate(words, 1):
        line = [row]
        for column, other in enumerate(heard, 1):
            line.append(min(table[-1][column] + 1, line[-1] + 1, table[-1][column - 1] + (word != other)))
        table.append(line)
    missing, filled = [True] * len(words), [False] * (len(words) + 1)
    row, column = len(words), len(heard)
    while row or column:
        here = table[row][column]
        if row and column and here == table[row - 1][column - 1] + (words[row - 1] != heard[column - 1]):
            row, column = row - 1, column - 1
            missing[row] = words[row] != heard[column]
        elif row and here == table[row - 1][column] + 1:
            row -= 1
        else:
            column -= 1
            filled[row] = True
    return Comparison(table[-1][-1], tuple(missing), tuple(filled))


@dataclass
class Tally:
    """Counts of one group of speakers."""

    edits: Counter[str] = field(default_factory=Counter)
    """By method."""
    words: int = 0
    hits: Counter[Change] = field(default_factory=Counter)
    misses: Counter[Change] = field(default_factory=Counter)
    false: Counter[Change] = field(default_factory=Counter)

    def word_error_rate(self, method: str) -> float:
        """Edits per word that was read."""
        return self.edits[method] / max(1, self.words)

    def rates(self, change: Change) -> tuple[float, float, float]:
        """F1, precision and recall of finding the place of a change."""
        hits, misses, false = self.hits[change], self.misses[change], self.false[change]
        return (
            2 * hits / max(1, 2 * hits + misses + false),
            hits / max(1, hits + false),
            hits / max(1, hits + misses),
        )
