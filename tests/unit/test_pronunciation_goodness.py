"""Measures of phones, on senone scores that are written by hand."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.unit.tiny_phones import heard, model
from workers.engines.pronunciation.alignment.aligner import align
from workers.engines.pronunciation.goodness import best_segments

if TYPE_CHECKING:
    from numpy.typing import NDArray


def judged(scores: NDArray[np.float32], *phones: str):
    (found,) = align(model(), scores, [[[phones]]], checkpoint=lambda: None)
    return found.phones


@given(
    scores=arrays(
        np.float32, st.tuples(st.integers(3, 8), st.just(2), st.just(3)), elements=st.floats(-20, 0, width=16)
    )
)
def test_no_times_of_changing_state_are_better_than_those_found(scores: NDArray[np.float32]):
    frames = len(scores)
    tried = [
        np.stack([scores[:one, :, 0].sum(0), scores[one:two, :, 1].sum(0), scores[two:, :, 2].sum(0)]).sum(0)
        for one, two in itertools.combinations(range(1, frames), 2)
    ]

    assert best_segments(scores) == pytest.approx(np.max(tried, axis=0), abs=1e-2)


def test_a_phone_that_is_heard_fits_best_of_all():
    (phone,) = judged(heard(("B", 9)), "B")

    assert phone.fit == 0
    assert phone.ratio == pytest.approx(10)
    assert phone.rank == 0
    assert phone.posterior == pytest.approx(0, abs=1e-3)
    assert phone.log_duration == pytest.approx(np.log(9))


def test_a_phone_in_whose_place_another_is_heard_fits_badly():
    (phone,) = judged(heard(("C", 9)), "B")

    assert phone.fit == pytest.approx(-10)
    assert phone.ratio == pytest.approx(-10)
    assert phone.rank == 1
    assert phone.rivals.argmax() == 2
    assert phone.posterior < -5
