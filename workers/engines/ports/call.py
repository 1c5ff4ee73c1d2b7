"""What every engine is given: the attempt that it works for, and the files of its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Call(Protocol):
    """The attempt that an engine works for; `workers.work.Work` is one."""

    @property
    def token(self) -> str:
        """Names job and epoch, the same for each attempt: by it a vendor recognises what was asked before."""

    @property
    def remaining_s(self) -> float:
        """How much of the attempt's time is left."""

    def output(self, name: str) -> SourceFile:
        """Return the place of a file that the vendor is to write, the same for each attempt; it goes with the job."""

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        """Say how far it is; raises where the attempt is to end here. Call it as often as you like.

        `partial` is the answer as far as it is there; its first sentence is shown at once.
        """


class SourceFile(Protocol):
    """A file that a request names, as it lies in the bucket."""

    @property
    def uri(self) -> str:
        """Where it lies, as `s3://bucket/key`."""

    def read(self) -> bytes:
        """Return its bytes.

        Raises:
            PermanentError: `unknown_file`: there is none any more, or it is another's.
        """


class OutputFile(SourceFile, Protocol):
    """A file that belongs to a job until its end: a vendor writes it, or the engine for the next attempt."""

    def write(self, data: bytes, *, mime: str) -> None:
        """Write it as a whole."""


class Folder(Protocol):
    """The place of one collection of one owner's, in the bucket; names are single path segments."""

    @property
    def id(self) -> str:
        """Names owner and collection, in letters, digits and hyphens: what a vendor's store keeps them apart by."""

    def names(self) -> Sequence[str]:
        """Return the names of all files in it, sorted."""

    def read(self, name: str) -> bytes:
        """Read a file.

        Raises:
            MissingObjectError: there is none.
        """

    def write(self, name: str, data: bytes, *, mime: str) -> None:
        """Write a file as a whole; one of the same name is replaced."""

    def delete(self, names: Sequence[str]) -> None:
        """Delete files; one that isn't there is no error."""
