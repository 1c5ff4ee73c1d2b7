"""Streams cut into batches, as `itertools.batched` of Python 3.12 does."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream into lists of up to this length, in its order; each is read when it is asked for."""
    rest = iter(items)
    while page := list(islice(rest, size)):
        yield page
