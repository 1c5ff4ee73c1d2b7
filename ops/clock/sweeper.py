"""The sweeper: no accepted job is forgotten, whatever died between its record and its message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from ops.clock.outbox import Outbox
from schemas import moves
from schemas.after import complete
from schemas.errors import RefusedError
from schemas.status import Status

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from schemas.job import Job
    from schemas.ports import Clock, Enqueuer, JobStore, QueueDepth

log = structlog.get_logger(__name__)

#: Checks double their distance up to this many times.
_DOUBLINGS = 6
#: So many late jobs are sent again for each message that is missing, as nobody knows whose it is; the oldest first.
_FOR_EACH = 10
#: A job that is late by so many times `check_after` has its message sent again, one a round, whatever its queue holds:
#: some of that may be of jobs that were cancelled, and would hide for ever that another's is missing.
_OVERDUE = 6
#: A round counts no more missing messages than these.
_MOST_MISSING = 1_000


@dataclass(frozen=True, kw_only=True)
class Sweeper:
    """Looks after the open jobs whose next check is due; any number of sweepers is harmless."""

    store: JobStore
    enqueuer: Enqueuer
    queues: QueueDepth
    clock: Clock
    check_after: timedelta

    def sweep(self, kind: str) -> int:
        """Do what is due for a kind; return how many messages were sent.

        Raises:
            UnavailableError: AWS is out of reach, or the kind has no queue; what was not done is for the next round.
        """
        resend: int | None = None
        with Outbox(self.enqueuer) as outbox:
            for job in self.store.due_for_check(kind, now=self.clock()):
                if job.status is Status.SCHEDULED:
                    self._release(job, outbox)
                elif job.status.is_final:
                    self._complete(job)
                else:
                    if resend is None:
                        resend = self._missing(kind) * _FOR_EACH or self._overdue(job)
                    if resend:
                        resend -= self._resend(job, outbox)
        return outbox.sent

    def _missing(self, kind: str) -> int:
        """Count how many more jobs are open than there are messages.

        A full queue explains a late job, and more messages wouldn't help it. One that is submitted at this moment has
        a record and no message yet, and SQS counts late: hence few are sent again for few that seem to be missing.
        """
        depth = self.queues.depth(kind)
        return max(0, self.store.count_open(kind, at_most=depth + _MOST_MISSING) - depth)

    def _overdue(self, job: Job) -> int:
        """Count the kind's longest late job, where it is very late."""
        return int(job.next_check_at is not None and self.clock() - job.next_check_at > _OVERDUE * self.check_after)

    def _release(self, job: Job, outbox: Outbox) -> bool:
        now = self.clock()
        move = moves.release(job, next_check_at=now + self.check_after, now=now)
        try:
            released = self.store.apply(move)
        except RefusedError:
            return False  # another clock was faster, or the job was cancelled
        outbox.put(released)
        log.info("job_released", **released.log_context())
        return True

    def _complete(self, job: Job) -> None:
        if self.store.postpone_check(job, self._next_check(job)):
            complete(self.store, job)
            log.info("job_completed", **job.log_context())

    def _resend(self, job: Job, outbox: Outbox) -> bool:
        """Send a job's message again, once among any number of clocks: postponing its check is conditional."""
        if not self.store.postpone_check(job, self._next_check(job)):
            return False
        now = self.clock()
        if not job.lease_expired(now):
            return False  # it runs
        if job.status is Status.RETRYING and now < job.updated_at + self.check_after:
            return False  # it waits for its next attempt, and another message would begin that too soon
        outbox.put(job)
        log.warning("job_resent", status=job.status, checks=job.checks + 1, **job.log_context())
        return True

    def _next_check(self, job: Job) -> datetime:
        doublings = min(job.checks + 1, _DOUBLINGS)
        return self.clock() + self.check_after * (1 << doublings)
