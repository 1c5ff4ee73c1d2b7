"""A text beside a transcript: the cheapest way to edit the one into the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Comparison:
    """A text beside what was heard."""

    edits: int
    """Words that were changed, added or left out, at least (Levenshtein)."""
    missing: tuple[bool, ...]
    """Of each word of the text, whether it was not heard."""
    filled: tuple[int, ...]
    """Of each gap, one more than words, how many others were heard there."""


def compared(words: Sequence[str], heard: Sequence[str]) -> Comparison:
    """Compare by the cheapest way to edit the one into the other."""
    table = [list(range(len(heard) + 1))]
    for row, word in enumerate(words, 1):
        line = [row]
        for column, other in enumerate(heard, 1):
            line.append(min(table[-1][column] + 1, line[-1] + 1, table[-1][column - 1] + (word != other)))
        table.append(line)
    missing, filled = [True] * len(words), [0] * (len(words) + 1)
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
            filled[row] += 1
    return Comparison(table[-1][-1], tuple(missing), tuple(filled))
