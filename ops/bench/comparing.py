"""Counts of what transcripts tell: word errors, and whether the place of a change was found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ops.bench.splicing import Change


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
