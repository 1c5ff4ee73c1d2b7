"""What a handler is given beside the request: its engine, a place for files, and the way to say how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.conversation import History
    from schemas.job import JsonObject
    from schemas.media import StoredFile
    from schemas.reply.tasks import Conversation
    from schemas.usage import Usage
    from workers.engines.ports import Folder, OutputFile, SourceFile

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


class Dialogue(Protocol):
    """A conversation, as the job sees it that answers its next turn."""

    @property
    def history(self) -> History:
        """What was said before, empty at the first turn; level, role and topic are those of this one."""

    @property
    def turn(self) -> int:
        """The number of the turn to be answered, from 1."""

    def end(
        self,
        *,
        reply: str,
        recast: str | None,
        memory: Mapping[str, object],
        summary: str | None,
        summarised_turns: int,
    ) -> None:
        """Write the turn down; it counts with the job's success, and not without it.

        Args:
            reply: what was answered.
            recast: the message as one would say it, where it was corrected.
            memory: what the history's `memory` is to be; all of it.
            summary: what its `summary` is to be.
            summarised_turns: how many of the oldest turns that stands for.

        Raises:
            PermanentError: `conversation_deleted`.
        """


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

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        """Say how far the attempt is, and look whether it is to go on; call it as often as you like.

        At most one write every few seconds comes of it, and none in an attempt's first ones, but for the first whole
        sentence of a partial answer, which is shown at once.

        Args:
            fraction: 0 to 1; None where nobody can tell.
            note: a short code or sentence for the job's owner, without any of the owner's text.
            partial: the answer as far as it is there.

        Raises:
            CancelledError: its owner has asked for the job to be cancelled.
            LeaseLostError: the job is another's by now.
        """

    def checkpoint(self) -> None:
        """Look whether the attempt is to go on, as `progress` does."""

    def record_usage(self, usage: Usage) -> None:
        """Say what the attempt took, for the record; what is said again is added."""

    def input(self, ref: str) -> SourceFile:
        """Return a file that the request names, to be read when it is needed.

        Raises:
            PermanentError: `unknown_file`: the owner has none of this name; another's is as good as none.
        """

    def output(self, name: str) -> OutputFile:
        """Return the place of a file that a vendor is to write for this job, the same for each attempt of an epoch.

        Or the engine, to tell the next attempt of what is paid for.

        It is there until the job is over, whatever becomes of an attempt.
        """

    def store(self, name: str, data: bytes, *, mime: str) -> StoredFile:
        """Write a file of the result; `name` is its last path segment, for example `speech.mp3`."""


class OwnerWork(Work[E_co], Protocol[E_co]):
    """An attempt whose handler also needs what the owner has, and engines beside the kind's own."""

    def engine_of(self, role: str) -> Any:  # noqa: ANN401 - each role has a port of its own
        """Return an engine that the kind needs beside its own: one of its `roles`."""

    def conversation(self, task: Conversation) -> Dialogue:
        """Take the next turn of a conversation: no other job may answer it until this one is over.

        Raises:
            NotYetError: another job has that turn, or turns before this one are still to come.
            PermanentError: `turn_taken`, `conversation_deleted` or `conversation_full`.
        """

    def collection(self, name: str) -> Folder:
        """Return the place of one of the owner's collections of documents."""

    def result_of(self, job_id: str, kind: str) -> JsonObject:
        """Return the result of another job of the owner's.

        Raises:
            PermanentError: `unknown_job`: the owner has none of this kind that has succeeded; another's is as good as
                none.
        """
