"""Logistic regression in plain numpy: probabilities from features, and the fit that gives its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


_STEPS = 50
_CONVERGED = 1e-8
#: Beyond this a float's exponential would overflow; the probability is 0 or 1 long before.
_LARGEST = 500.0


@dataclass(frozen=True)
class Logistic:
    """A weight for each feature, after standardising it."""

    features: tuple[str, ...]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercept: float

    def probabilities(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of each row of features, 0 to 1."""
        return _sigmoid((rows - self.mean) / self.scale @ self.weights + self.intercept)


def fit(
    features: tuple[str, ...], rows: NDArray[np.float64], labels: NDArray[np.float64], *, penalty: float = 1.0
) -> Logistic:
    """Return the regression that makes `labels`, 0 or 1, likeliest, by Newton's method.

    `penalty` weighs the squares of the standardised weights (Hastie et al. 2009, The Elements of Statistical Learning,
    4.4.1); the intercept is free.

    Raises:
        ValueError: all labels are the same.
    """
    if not 0 < labels.mean() < 1:
        raise ValueError("Errors and others are needed to tell them apart.")
    mean = rows.mean(axis=0)
    scale = rows.std(axis=0)
    scale[scale == 0] = 1.0
    design = np.column_stack([(rows - mean) / scale, np.ones(len(rows))])
    ridge = np.full(design.shape[1], penalty)
    ridge[-1] = 0.0
    solution = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        expected = _sigmoid(design @ solution)
        gradient = design.T @ (labels - expected) - ridge * solution
        curvature = (design * (expected * (1 - expected))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        solution += step
        if np.abs(step).max() < _CONVERGED:
            break
    return Logistic(features, mean, scale, solution[:-1], float(solution[-1]))


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    sigmoid: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(values, -_LARGEST, _LARGEST)))
    return sigmoid
