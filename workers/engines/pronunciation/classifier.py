"""Which phone a stretch of a learner's speech is: linear discriminant analysis of what all 39 phones score there.

Native models take learners' phones for others in ways that repeat; a classifier on top of the model's own scores learns
them. Pooled covariance, shrunk towards its diagonal (Friedman 1989, "Regularized discriminant analysis").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workers.engines.pronunciation.goodness import Goodness

#: Log posteriors of what is beside the first and the last phone.
_OUTSIDE = -3.0
_LEAST = -12.0
#: Examples of the average phone that each sort is given.
_PSEUDO_COUNT = 5.0
_COVARIANCE_SHRINKAGE = 0.1
#: The prior's power: rare phones are not to be ruled out for being rare.
_PRIOR_POWER = 0.5


@dataclass(frozen=True)
class PhoneClassifier:
    """A linear function of the vector for each sort of phone."""

    weights: NDArray[np.float64]
    """(phone, dimension)."""
    bias: NDArray[np.float64]

    def own(self, phones: Sequence[Goodness]) -> NDArray[np.float64]:
        """Return (phone, 2): the log posterior of being the phone it should be, and its lead over the best other's.

        Neither is below -12. `phones` are all of a reading, in the order of time.
        """
        linear = vectors(phones) @ self.weights.T + self.bias
        linear -= linear.max(axis=1, keepdims=True)
        posteriors = linear - np.log(np.exp(linear).sum(axis=1, keepdims=True))
        rows, columns = np.arange(len(phones)), [phone.column for phone in phones]
        own = posteriors[rows, columns]
        posteriors[rows, columns] = -np.inf
        both: NDArray[np.float64] = np.column_stack([own, own - posteriors.max(axis=1)])
        return np.maximum(both, _LEAST)


def vectors(phones: Sequence[Goodness]) -> NDArray[np.float64]:
    """Return (phone, dimension): what all phones score there, for how long, and what neighbours look like."""
    rivals = np.array([phone.rivals for phone in phones], dtype=np.float64)
    posteriors = np.array([phone.posteriors for phone in phones], dtype=np.float64)
    level = rivals.mean(axis=1, keepdims=True)
    outside = np.full((1, posteriors.shape[1]), _OUTSIDE)
    own = np.array([[phone.fit, phone.log_duration] for phone in phones])
    return np.concatenate(
        [
            rivals - level,
            posteriors,
            level,
            own,
            np.concatenate([outside, posteriors[:-1]]),
            np.concatenate([posteriors[1:], outside]),
        ],
        axis=1,
    )


def fit_classifier(readings: Sequence[Sequence[Goodness]], sorts: int) -> PhoneClassifier:
    """Fit on readings that are as they should be, each with all its phones."""
    rows = np.concatenate([vectors(phones) for phones in readings])
    columns = np.array([phone.column for phones in readings for phone in phones])
    overall = rows.mean(axis=0)
    counts = np.bincount(columns, minlength=sorts)
    sums = np.stack([rows[columns == sort].sum(axis=0) for sort in range(sorts)])
    means = (sums + _PSEUDO_COUNT * overall) / (counts + _PSEUDO_COUNT)[:, None]
    errors = rows - means[columns]
    covariance = errors.T @ errors / len(rows)
    shrunk = (1 - _COVARIANCE_SHRINKAGE) * covariance + _COVARIANCE_SHRINKAGE * np.diag(np.diag(covariance))
    weights = np.linalg.solve(shrunk, means.T).T
    priors = (counts + _PSEUDO_COUNT) / (counts + _PSEUDO_COUNT).sum()
    return PhoneClassifier(weights, -0.5 * (weights * means).sum(axis=1) + _PRIOR_POWER * np.log(priors))
