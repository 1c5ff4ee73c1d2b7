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
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from schemas.job import Job
    from schemas.ports import Clock, Enqueuer, JobStore, QueueDepth

log = structlog.get_logger(__name__)

#: Checks double their distance up to this many times.
_DOUBLINGS = 6


@dataclass(frozen=True, kw_only=True)
class Sweeper:
    """Looks after the open jobs whose next check is due; any number of sweepers is harmless."""

    store: JobStore
    enqueuer: Enqueuer
    queues: QueueDepth
    clock: Clock
    check_after: timedelta

    def sweep(self, kinds: Iterable[str]) -> int:
        """Do what is due for the kinds; return how many messages were sent."""
        return sum(self._sweep_kind(kind) for kind in kinds)

    def _sweep_kind(self, kind: str) -> int:
        may_be_missing: bool | None = None
        with Outbox(self.enqueuer) as outbox:
            for job in self.store.due_for_check(kind, now=self.clock()):
                if job.status is Status.SCHEDULED:
                    self._release(job, outbox)
                elif job.status.is_final:
                    self._complete(job)
                else:
                    if may_be_missing is None:
                        may_be_missing = self._messages_may_be_missing(kind)
                    if may_be_missing:
                        self._resend(job, outbox)
        return outbox.sent

    def _messages_may_be_missing(self, kind: str) -> bool:
        """Compare the queue with the index: a full queue explains a late job, and more messages wouldn't help it."""
        depth = self.queues.depth(kind)
        return self.store.count_open(kind, at_most=depth + 1) > depth

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
        if not job.lease_expired(self.clock()):
            return False  # it runs
        outbox.put(job)
        log.warning("job_resent", status=job.status, checks=job.checks + 1, **job.log_context())
        return True

    def _next_check(self, job: Job) -> datetime:
        doublings = min(job.checks + 1, _DOUBLINGS)
        return self.clock() + self.check_after * (1 << doublings)
