"""An order that looks random, and is the same in every process and release of Python."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_T = TypeVar("_T")


def shuffled(items: Iterable[_T], key: str, name: Callable[[_T], str]) -> list[_T]:
    """Order items by a hash of the key and their names; one more item leaves the order of the others as it is."""
    return sorted(items, key=lambda item: sha256(f"{key}\0{name(item)}".encode()).digest())
