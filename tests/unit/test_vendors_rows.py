"""Vectors on their way from a vendor's model and to a vendor's store."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from schemas.errors import PermanentError, TransientError
from workers.engines.retrieval.scripts import has_letters, is_latin
from workers.engines.retrieval.vendors.rows import batches, nearest, unit_rows

NUMBERS = st.floats(-1e6, 1e6, width=32)
MATRICES = arrays.arrays(np.float32, st.tuples(st.integers(1, 40), st.integers(1, 8)), elements=NUMBERS)
VENDOR = {"engine": "v", "title": "V"}


@given(vectors=MATRICES)
def test_checked_vectors_have_length_1_or_are_refused(vectors: np.ndarray):
    count, dimensions = vectors.shape
    if not vectors.any(axis=1).all():
        with pytest.raises(TransientError):
            unit_rows(vectors.tolist(), count=count, dimensions=dimensions, **VENDOR)
        return

    rows = unit_rows(vectors.tolist(), count=count, dimensions=dimensions, **VENDOR)

    assert rows.shape == vectors.shape
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(count), abs=1e-5)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_refused(number: float):
    with pytest.raises(TransientError) as raised:
        unit_rows([[1.0, number]], count=1, dimensions=2, **VENDOR)

    assert (raised.value.code, raised.value.engine) == ("unreadable_answer", "v")


@pytest.mark.parametrize("vectors", [[], [[1.0]], [[1.0, 2.0], [1.0]], [[1.0, 1.0]] * 3])
def test_more_or_fewer_vectors_than_were_asked_for_are_refused(vectors: list[list[float]]):
    with pytest.raises(TransientError):
        unit_rows(vectors, count=2, dimensions=2, **VENDOR)


def test_vectors_of_another_length_are_the_settings_fault():
    with pytest.raises(PermanentError, match=r"1,536 numbers, and the settings say 1,024\."):
        unit_rows([[1.0] * 1_536], count=1, dimensions=1_024, **VENDOR)


@given(vectors=MATRICES, at_most=st.integers(1, 50), request_bytes=st.integers(1, 5_000))
def test_each_vector_goes_in_one_request_that_fits(vectors: np.ndarray, at_most: int, request_bytes: int):
    keys = [f"k{number}" for number in range(len(vectors))]

    sent = list(batches(keys, vectors, at_most=at_most, request_bytes=request_bytes))

    assert [key for batch in sent for key, _ in batch] == keys
    assert all(0 < len(batch) <= at_most for batch in sent)
    assert all(
        len(batch) == 1 or len(json.dumps([[row, "-" * 400] for _, row in batch])) <= request_bytes for batch in sent
    )
    assert all(np.array_equal(np.array(row, np.float32), vectors[int(key[1:])]) for batch in sent for key, row in batch)


def test_what_is_found_is_put_in_order_and_what_is_not_alike_left_out():
    found = nearest([("b", 0.5), ("c", 0.0), ("a", 0.5), ("d", -0.2), ("e", 0.9)], limit=2, **VENDOR)

    assert [near.key for near in found] == ["e", "a"]


def test_a_cosine_that_is_none_is_refused():
    with pytest.raises(TransientError):
        nearest([("a", float("nan"))], limit=2, **VENDOR)


@pytest.mark.parametrize(
    ("text", "letters", "latin"),
    [
        ("Café?", True, True),
        ("수프", True, False),
        ("The 수프 is hot", True, True),
        ("суп", True, False),
        ("1, 2!", False, False),
    ],
)
def test_letters_are_told_from_others(text: str, *, letters: bool, latin: bool):
    assert (has_letters(text), is_latin(text)) == (letters, latin)
