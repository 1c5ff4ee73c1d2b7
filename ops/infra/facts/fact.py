"""A property of a resource that can be read back from AWS, and set by API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One property of one resource: what it should be, and how it is read and set."""

    name: str
    wanted: object
    read: Callable[[], object]
    write: Callable[[], object] | None = None
    """Sets it by API; None where every CloudFormation does it right."""

    def holds(self) -> bool:
        """Whether it is as it should be."""
        return self.read() == self.wanted
