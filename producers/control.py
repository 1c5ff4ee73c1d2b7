"""What an owner may do with a job that was taken in: cancel it, or run it again once it has failed.

Between the look at a job and the move, its worker may have made another: a waiting job runs, a running one waits again.

    owner   --look: queued-----------------cancel --X refused: it runs-- request_cancel--
    worker  ----------------claim--[ runs ]----------------------------------------checkpoint: stop
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from schemas import moves
from schemas.errors import RefusedError, UnavailableError
from schemas.redriving import REDRIVABLE, begin_again, is_unclaimed
from schemas.status import Status

if TYPE_CHECKING:
    from datetime import timedelta

    from producers.sending import Sender
    from schemas.ending import Ending
    from schemas.job import Job
    from schemas.move import Move
    from schemas.ports import Clock, JobStore

#: Moves of a job's worker that a cancel may lose against, one after the other.
_ROUNDS = 5

log = structlog.get_logger(__name__)


class StateError(Exception):
    """The job is in a state in which this can't be done to it."""

    def __init__(self, job: Job | None) -> None:
        super().__init__(job.id if job else None)
        self.job = job
        """As it stands; None where the record is gone."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """Makes the moves of a job's owner."""

    jobs: JobStore
    sender: Sender
    ending: Ending
    now: Clock
    check_after: timedelta

    def cancel(self, job: Job) -> Job:
        """End a job that waits, or have the worker of one that runs stop; return it as it is then.

        Once more for a job that is cancelled, or is to be, changes nothing.

        Raises:
            StateError: it has ended otherwise.
            UnavailableError: the table is out of reach, or the job moved faster than it could be stopped.
        """
        found: Job | None = job
        for _ in range(_ROUNDS):
            if found is None or (found.status.is_final and found.status is not Status.CANCELLED):
                raise StateError(found)
            if found.status is Status.CANCELLED or found.cancel_requested:
                return found
            try:
                done = self.jobs.apply(self._cancelling(found))
            except RefusedError as refusal:
                found = refusal.existing
            else:
                log.info("job_cancelled", status=done.status, **done.log_context())
                return done
        raise UnavailableError("API", "the job moved on in each round")

    def _cancelling(self, job: Job) -> Move:
        now = self.now()
        if job.status is Status.RUNNING:
            return moves.request_cancel(job.id, now=now)
        return moves.cancel(job.id, end=self.ending.badly(now), now=now)

    def redrive(self, job: Job) -> Job:
        """Run a job again that has failed or is dead-lettered, and return it; the clock sends what can't be sent now.

        Raises:
            StateError: it has ended otherwise, or has not ended.
            UnavailableError: nothing has changed.
        """
        if job.status not in REDRIVABLE:
            raise StateError(job)
        now = self.now()
        try:
            again = begin_again(self.jobs, job, next_check_at=now + self.check_after, now=now)
        except RefusedError as refusal:
            raise StateError(refusal.existing) from None
        if is_unclaimed(again):
            self.sender.send_or_hasten(again)
        log.info("job_redriven", by="owner", to_epoch=again.epoch, **job.log_context())
        return again
