"""Logistic regression: what it finds, and what holds for any data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workers.engines.pronunciation.logistic import fit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def drawn(count: int, weights: NDArray[np.float64], intercept: float, seed: int = 1):
    random = np.random.default_rng(seed)
    rows = random.normal(3, 2, (count, len(weights)))
    chances = 1 / (1 + np.exp(-(rows @ weights + intercept)))
    return rows, (random.random(count) < chances).astype(float)


def test_it_finds_the_weights_that_data_were_drawn_with():
    rows, labels = drawn(40_000, np.array([1.0, -0.5, 0.0]), -1.0)
    found = fit(("a", "b", "c"), rows, labels)

    assert found.weights / found.scale == pytest.approx([1.0, -0.5, 0.0], abs=0.05)


def test_probabilities_are_as_frequent_as_they_say():
    rows, labels = drawn(5_000, np.array([0.8, -1.2]), 0.3)

    # Where the intercept is best, the expected number of errors is the number of errors.
    assert fit(("a", "b"), rows, labels).probabilities(rows).mean() == pytest.approx(labels.mean(), abs=1e-6)


def test_data_that_a_line_separates_give_finite_weights():
    rows = np.array([[0.0], [1.0], [2.0], [3.0]])
    found = fit(("a",), rows, np.array([0.0, 0.0, 1.0, 1.0]))

    assert 0 < found.weights[0] < 10
    assert found.probabilities(rows).round().tolist() == [0, 0, 1, 1]


def test_a_feature_that_never_changes_weighs_nothing():
    rows, labels = drawn(500, np.array([1.0]), 0.0)

    assert fit(("a", "same"), np.column_stack([rows, np.ones(500)]), labels).weights[1] == pytest.approx(0)


@given(
    rows=arrays(np.float64, (20, 2), elements=st.floats(-1e6, 1e6)),
    labels=arrays(np.float64, 20, elements=st.sampled_from([0.0, 1.0])),
)
def test_probabilities_stay_between_nothing_and_certainty(rows: NDArray[np.float64], labels: NDArray[np.float64]):
    assume(0 < labels.mean() < 1)
    probabilities = fit(("a", "b"), rows, labels).probabilities(rows * 1e3)

    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_errors_alone_are_refused():
    with pytest.raises(ValueError, match="others are needed"):
        fit(("a",), np.array([[0.0], [1.0]]), np.array([1.0, 1.0]))
