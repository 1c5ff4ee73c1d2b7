"""The errors that cross a border: what an engine lets out, what a store refuses, what is out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.conditions import Condition
    from schemas.envelope import Envelope
    from schemas.job import Job


#: The code of an attempt whose process died, or stalled past its lease.
WORKER_LOST = "worker_lost"
#: The code of an attempt that took too long.
TIMED_OUT = "timed_out"


class WorkError(Exception):
    """A job's attempt did not succeed, for a reason with a stable code.

    The message goes to the job's owner: a sentence, without the owner's own text in it.
    """

    def __init__(self, code: str, message: str, *, engine: str | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.engine = engine

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class TransientError(WorkError):
    """Another attempt may succeed: the message is delivered again, after ``retry_after_s`` where that is given."""

    def __init__(
        self, code: str, message: str, *, engine: str | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(code, message, engine=engine)
        self.retry_after_s = retry_after_s


class NotYetError(TransientError):
    """The job has to wait for another one: it is handed back, and no attempt is burnt. Says nothing of the engine."""


class ThrottledError(TransientError):
    """The engine was asked for too much and did not do the work; all of its kind slow down."""

    CODE: ClassVar[str] = "throttled"

    def __init__(
        self,
        message: str = "The engine has too much to do.",
        *,
        engine: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(self.CODE, message, engine=engine, retry_after_s=retry_after_s)
        self.args = (message,)  # what it is made from again where it crosses processes


class EngineUnavailableError(TransientError):
    """The engine could not be reached, or failed for a reason of its own; enough of these and it is left alone."""

    CODE: ClassVar[str] = "engine_unavailable"

    def __init__(
        self,
        message: str = "The engine is not available.",
        *,
        engine: str | None = None,
        retry_after_s: float | None = None,
        may_have_run: bool = True,
    ) -> None:
        """Say so.

        Args:
            message: for the job's owner.
            engine: its name.
            retry_after_s: when the engine asked to be called again, in seconds.
            may_have_run: whether the engine may have done the work, and bill it. False only where that is certain: no
                connection was made, or the engine answered that it had not begun.
        """
        super().__init__(self.CODE, message, engine=engine, retry_after_s=retry_after_s)
        self.args = (message,)
        self.may_have_run = may_have_run


class PermanentError(WorkError):
    """No attempt will succeed: the job has failed."""


class UnavailableError(Exception):
    """An AWS service could not be reached, or refused for a passing reason, after the client's own retries."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(service, reason)
        self.service = service
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.service} is unavailable: {self.reason}"


class NotSetUpError(UnavailableError):
    """A service could not even be asked: this process has no credentials, or others than it was told to have.

    Who runs it must do something; all the same it may pass, as a role's credentials may come late.
    """

    def __init__(self, service: str, reason: str, remedy: str) -> None:
        super().__init__(service, reason)
        self.args = (service, reason, remedy)
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.service} cannot be asked from here: {self.reason}"


class NoQueueError(UnavailableError):
    """A queue is not there."""

    def __init__(self, service: str, queue: str) -> None:
        super().__init__(service, f"there is no queue {queue}")


class NotSentError(UnavailableError):
    """Some messages of a batch are not known to be on their queue; all others are."""

    def __init__(self, service: str, unsent: Sequence[Envelope], of: int) -> None:
        super().__init__(service, f"{len(unsent)} of {of} messages were not sent")
        self.unsent = tuple(unsent)


class RefusedError(Exception):
    """The store refused a move, and why: the record as it stands, and the conditions that it did not meet."""

    def __init__(self, move: str, existing: Job | None, unmet: Sequence[Condition]) -> None:
        super().__init__(move, existing, unmet)
        self.move = move
        self.existing = existing
        self.unmet = tuple(unmet)

    def __str__(self) -> str:
        if self.existing is None:
            return f"{self.move} refused: there is no such job"
        reasons = ", ".join(condition.name for condition in self.unmet)
        return f"{self.move} refused for a job that is {self.existing.status}: not {reasons}"


class ExistsError(Exception):
    """A record with this id is there already."""

    def __init__(self, existing: Job) -> None:
        super().__init__(existing.id)
        self.existing = existing


class MissingObjectError(Exception):
    """No object lies under this key; its retention may be over."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
