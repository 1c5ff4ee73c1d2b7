"""Rankings are put together by ranks alone: BM25's scores and cosines have no common scale."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

T = TypeVar("T", bound="Hashable")

#: The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009, https://doi.org/10.1145/1571941.1572114)
#: keeps the first of one ranking from deciding alone. Theirs is 60, for rankings of a thousand; these have fifty.
_K = 10


def fused(*rankings: tuple[float, Iterable[T]]) -> list[T]:
    """Put rankings together, by the sum of weight / (10 + rank); ties go by the first ranking's order.

    Args:
        rankings: each with its weight, best first.
    """
    scores: defaultdict[T, float] = defaultdict(float)
    for weight, ranking in rankings:
        for rank, item in enumerate(ranking, 1):
            scores[item] += weight / (_K + rank)
    return sorted(scores, key=lambda item: -scores[item])
