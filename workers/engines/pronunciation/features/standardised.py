"""An alignment whose phones are measured in standard deviations from what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.statistics import IDENTITY, MEASURES, measures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workers.engines.pronunciation.alignment.aligner import Alignment
    from workers.engines.pronunciation.learners import Learners


@dataclass(frozen=True)
class Standardised:
    """An alignment with its phones' measures standardised."""

    alignment: Alignment
    words: tuple[NDArray[np.float64] | None, ...]
    """(phone, measure) of each word; None for one without room."""
    identities: tuple[NDArray[np.float64] | None, ...]
    """(phone, 2) of each word: log posterior of being the phone it should be, and its lead over the best other."""

    @classmethod
    def of(cls, alignment: Alignment, learners: Learners) -> Standardised:
        """Standardise the alignment's phones."""
        phones = alignment.phones
        if not phones:
            return cls(alignment, (None,) * len(alignment.words), (None,) * len(alignment.words))
        values, margins = measures(phones, learners.classifier)
        identities = np.column_stack([values[:, IDENTITY], margins])
        standardised = learners.statistics.standardised(phones, values)
        return cls(alignment, _by_word(alignment, standardised), _by_word(alignment, identities))

    def all(self) -> NDArray[np.float64]:
        """Return (phone, measure) of all words."""
        return np.concatenate([np.empty((0, len(MEASURES))), *(word for word in self.words if word is not None)])


def _by_word(alignment: Alignment, rows: NDArray[np.float64]) -> tuple[NDArray[np.float64] | None, ...]:
    """Give each word the rows of its phones."""
    at = iter(rows)
    return tuple(None if word is None else np.array([next(at) for _ in word.phones]) for word in alignment.words)
