"""The errors that cross a border: what an engine lets out, what a store refuses, what is out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.conditions import Condition
    from schemas.job import Job


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
