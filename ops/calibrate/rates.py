"""How well numbers tell errors from the rest: area under the ROC curve, F1, and thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Rates:
    """What a threshold gives; from it on something is flagged."""

    threshold: float
    precision: float
    recall: float
    false_flags: float
    """Share of what is no error and is flagged."""

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def auc(errors: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """Return the probability that an error has a higher number than another, ties counting half.

    Mann & Whitney's statistic: the area under the ROC curve (Fawcett 2006, "An introduction to ROC analysis").
    """
    values = np.concatenate([errors, others])
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    wins = ranks[: len(errors)].sum() - len(errors) * (len(errors) + 1) / 2
    return float(wins / (len(errors) * len(others)))


def rates(errors: NDArray[np.float64], others: NDArray[np.float64], threshold: float) -> Rates:
    """Return what a threshold gives."""
    hits, false = int((errors >= threshold).sum()), int((others >= threshold).sum())
    precision = hits / (hits + false) if hits + false else 0.0
    return Rates(threshold, precision, hits / len(errors), false / len(others))


def best_f1(errors: NDArray[np.float64], others: NDArray[np.float64], most_false: float) -> Rates:
    """Return the rates of the threshold with the best F1 that flags no more than `most_false` of the others."""
    above_all = np.nextafter(others.max(), np.inf)
    thresholds = [*np.unique(errors).tolist(), float(above_all)]
    candidates = (rates(errors, others, threshold) for threshold in thresholds)
    return max((one for one in candidates if one.false_flags <= most_false), key=lambda one: one.f1)


def share_below(values: NDArray[np.float64], share: float) -> float:
    """Return the number that this share of the values is below."""
    return float(np.quantile(values, share, method="higher"))
