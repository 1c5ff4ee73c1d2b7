"""What a handler is given beside the request: its engine, and a place for files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from schemas.media import StoredFile
    from schemas.usage import Usage

E_co = TypeVar("E_co", covariant=True)


class Work(Protocol[E_co]):
    """One attempt of a job, as its handler sees it."""

    @property
    def engine(self) -> E_co:
        """The engine that the settings name for the kind; None where the kind has none."""

    @property
    def remaining_s(self) -> float:
        """How much of the attempt's time is left."""

    def record_usage(self, usage: Usage) -> None:
        """Say what the attempt took, for the record."""

    def store(self, name: str, data: bytes, *, mime: str) -> StoredFile:
        """Write a file of the result; `name` is its last path segment, for example `speech.mp3`."""
