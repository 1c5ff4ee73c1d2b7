"""What a handler is given beside the request: its engine, a place for files, and the way to say how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from schemas.media import StoredFile
    from schemas.usage import Usage
    from workers.engines.ports import SourceFile

E_co = TypeVar("E_co", covariant=True)


class AttemptOverError(BaseException):
    """The attempt is to end here; the runner sees to the rest.

    No `Exception`, as it is no failure: a handler that catches those, to try another engine or to name an error, must
    not take this for one and go on. Release what you hold in `finally`.
    """


class CancelledError(AttemptOverError):
    """The job's owner has asked for it to be cancelled."""


class LeaseLostError(AttemptOverError):
    """Another has taken the job over, or ended it: what this attempt makes is nobody's."""


class Work(Protocol[E_co]):
    """One attempt of a job, as its handler sees it."""

    @property
    def engine(self) -> E_co:
        """The engine that the settings name for the kind; None where the kind has none."""

    @property
    def token(self) -> str:
        """Names job and epoch, the same for each attempt: by it a vendor recognises what was asked before."""

    @property
    def remaining_s(self) -> float:
        """How much of the attempt's time is left."""

    def progress(self, fraction: float | None, note: str | None = None) -> None:
        """Say how far the attempt is, and look whether it is to go on; call it as often as you like.

        At most one write every few seconds comes of it, and none in an attempt's first ones.

        Args:
            fraction: 0 to 1; None where nobody can tell.
            note: a short code or sentence for the job's owner, without any of the owner's text.

        Raises:
            CancelledError: its owner has asked for the job to be cancelled.
            LeaseLostError: the job is another's by now.
        """

    def checkpoint(self) -> None:
        """Look whether the attempt is to go on, as `progress` does."""

    def record_usage(self, usage: Usage) -> None:
        """Say what the attempt took, for the record."""

    def input(self, ref: str) -> SourceFile:
        """Return a file that the request names, to be read when it is needed.

        Raises:
            PermanentError: `unknown_file`: the owner has none of this name; another's is as good as none.
        """

    def output(self, name: str) -> SourceFile:
        """Return the place of a file that a vendor is to write for this job, the same for each attempt of an epoch.

        It is there until the job is over, whatever becomes of an attempt.
        """

    def store(self, name: str, data: bytes, *, mime: str) -> StoredFile:
        """Write a file of the result; `name` is its last path segment, for example `speech.mp3`."""
