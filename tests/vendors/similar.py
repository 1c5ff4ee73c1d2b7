"""What stores of vectors have in common: cosines, and filters of metadata as MongoDB writes them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of their angle."""
    dot = sum(left * right for left, right in zip(one, other, strict=True))
    return dot / (math.hypot(*one) * math.hypot(*other))


def admits(wanted: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    """Say whether a filter lets a vector through; it knows `$and` and `$eq`."""
    if "$and" in wanted:
        return all(admits(one, metadata) for one in wanted["$and"])
    return all(metadata.get(key) == condition["$eq"] for key, condition in wanted.items())
