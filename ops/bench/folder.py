"""A collection's folder in memory, for trying retrieval without a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.errors import MissingObjectError

if TYPE_CHECKING:
    from collections.abc import Sequence


class MemoryFolder:
    """Implements Folder."""

    def __init__(self, name: str = "memory") -> None:
        self.id = name
        self.files: dict[str, bytes] = {}

    def names(self) -> Sequence[str]:
        """Return all names, sorted."""
        return sorted(self.files)

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""
        try:
            return self.files[name]
        except KeyError:
            raise MissingObjectError(name) from None

    def write(self, name: str, data: bytes, *, mime: str) -> None:  # noqa: ARG002 - nobody asks for it here
        """Write a file."""
        self.files[name] = data

    def delete(self, names: Sequence[str]) -> None:
        """Delete files."""
        for name in names:
            self.files.pop(name, None)
