"""Vectors on their way from a vendor's model, and to a vendor's store."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from schemas.errors import PermanentError, TransientError
from workers.engines.retrieval.vectors import Near

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

#: A number in JSON at its longest, with sign, exponent, comma and space: a float32 is sent as the float64 of the same
#: value. And what stands around a vector: its key, its collection, its model.
_NUMBER_BYTES, _AROUND_BYTES = 26, 500


def unit_rows(
    vectors: Sequence[Sequence[float]], *, count: int, dimensions: int, engine: str, title: str
) -> NDArray[np.float32]:
    """Check a model's vectors, and make each one's length 1.

    Args:
        vectors: as they were answered.
        count: how many were asked for.
        dimensions: how many numbers each has, by the settings.
        engine: the vendor, as errors have it.
        title: the vendor, as sentences have it.

    Raises:
        PermanentError: `wrong_dimensions`: the settings are of another model.
        TransientError: `unreadable_answer`: these are no vectors, or not as many as were asked for.
    """
    lengths = {len(vector) for vector in vectors}
    if len(vectors) != count or len(lengths) != 1:
        raise unreadable(engine, title)
    if lengths != {dimensions}:
        sentence = f"{title} makes vectors of {lengths.pop():,} numbers, and the settings say {dimensions:,}."
        raise PermanentError("wrong_dimensions", sentence, engine=engine)
    rows = np.asarray(vectors, np.float64)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    if not (np.isfinite(norms) & (norms > 0)).all():
        raise unreadable(engine, title)
    unit: NDArray[np.float32] = (rows / norms).astype(np.float32)
    return unit


def unreadable(engine: str, title: str) -> TransientError:
    """Return the error of an answer that is none of the protocol's."""
    return TransientError("unreadable_answer", f"{title} answered, but not as it should.", engine=engine)


def batches(
    keys: Sequence[str], vectors: NDArray[np.float32], *, at_most: int, request_bytes: int
) -> Iterator[list[tuple[str, list[float]]]]:
    """Return vectors by their keys, in as few requests as a store takes.

    Args:
        keys: of the vectors, in their order.
        vectors: a row for each key.
        at_most: vectors of a request.
        request_bytes: of a request.
    """
    named = list(zip(keys, vectors.tolist(), strict=True))
    size = min(at_most, max(1, request_bytes // (_NUMBER_BYTES * vectors.shape[1] + _AROUND_BYTES)))
    for at in range(0, len(named), size):
        yield named[at : at + size]


def nearest(found: Iterable[tuple[str, float]], *, limit: int, engine: str, title: str) -> list[Near]:
    """Return what a store has found, best first, without what is not alike at all.

    Args:
        found: keys and cosines.
        limit: how many.
        engine: the store, as errors have it.
        title: the store, as sentences have it.

    Raises:
        TransientError: `unreadable_answer`: these are no cosines.
    """
    hits = [Near(key=key, similarity=similarity) for key, similarity in found]
    if not all(math.isfinite(hit.similarity) for hit in hits):
        raise unreadable(engine, title)
    alike = [hit for hit in hits if hit.similarity > 0]
    return sorted(alike, key=lambda hit: (-hit.similarity, hit.key))[:limit]
