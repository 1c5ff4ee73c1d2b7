"""From a delivery to a job that is ours to run, or to what is to become of the message.

The common case is one conditional write. Where it is refused, the record that comes with the refusal says why.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import structlog

from schemas import moves
from schemas.after import complete
from schemas.errors import WORKER_LOST, RefusedError
from schemas.job import Job, JobError
from schemas.move import Move
from schemas.outcome import Hidden, Outcome, Settled
from schemas.redriving import REDRIVABLE, begin_again, send_again
from schemas.status import Status
from workers.leftovers import delete_leftovers

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from schemas.ending import Ending
    from schemas.kinds import AnyKind
    from schemas.ports import Clock, DeadLetters, Enqueuer, JobStore, ObjectStore
    from workers.delivery import Delivery

log = structlog.get_logger(__name__)

#: Rounds of losing a race to another receiver before the message is put back.
_ROUNDS = 3
#: A copy of the message of a job that runs looks again this often: most jobs end long before their lease.
_LONGEST_LEASED_HIDE_S = 20
_LOST = JobError(
    code=WORKER_LOST,
    message="The worker died or stalled in the last attempt.",
    retryable=True,
)


class Claims:
    """Takes jobs for a worker."""

    def __init__(  # noqa: PLR0913 - its ports
        self,
        *,
        store: JobStore,
        objects: ObjectStore,
        queue: Enqueuer,
        dead_letters: DeadLetters,
        ending: Ending,
        lease_s: float,
        check_after: timedelta,
        clock: Clock,
    ) -> None:
        self._store = store
        self._objects = objects
        self._queue = queue
        self._check_after = check_after
        self._dead_letters = dead_letters
        self._ending = ending
        self._lease_s = lease_s
        self._clock = clock

    def take(self, delivery: Delivery, kind: AnyKind) -> Job | Outcome:
        """Claim the job of a delivery, take it over from a dead worker, or say what becomes of the message."""
        envelope = delivery.envelope
        now = self._clock()
        lease = delivery.lease(self._lease_s, now)
        move = moves.claim(envelope.job_id, epoch=envelope.epoch, lease=lease, now=now)
        for _ in range(_ROUNDS):
            try:
                job = self._store.apply(move)
            except RefusedError as refusal:
                found = self._refused(delivery, kind, refusal.existing)
            else:
                return self._settle_ended(job, delivery) if job.status.is_final else job
            if not isinstance(found, Move):
                return found
            move = found
        return Hidden(1, "raced")

    def _refused(self, delivery: Delivery, kind: AnyKind, job: Job | None) -> Move | Outcome:
        if job is None or job.epoch != delivery.envelope.epoch:
            return self._of_no_epoch(delivery, job)
        if job.status.is_final:
            complete(self._store, job)
            if delivery.redriven and job.status in REDRIVABLE:
                return self._redrive(job)
            return self._settle_ended(job, delivery)
        if job.status is Status.SCHEDULED:
            return Settled()  # the clock sends another message when it is due
        now = self._clock()
        if not job.lease_expired(now):
            return Hidden(_rest_s(job, now), "leased")
        return self._from_dead_worker(delivery, kind, job, now)

    def _from_dead_worker(self, delivery: Delivery, kind: AnyKind, job: Job, now: datetime) -> Move:
        lease = delivery.lease(self._lease_s, now)
        if job.status is not Status.RUNNING:  # somebody moved it since: claim again
            return moves.claim(job.id, epoch=job.epoch, lease=lease, now=now)
        if job.cancel_requested:
            return moves.drop(job, end=self._ending.badly(now), now=now)
        if job.attempt < kind.max_attempts:
            return moves.take_over(job, lease=lease, max_attempts=kind.max_attempts, now=now)
        return moves.bury(job, error=_LOST, max_attempts=kind.max_attempts, end=self._ending.badly(now), now=now)

    def _of_no_epoch(self, delivery: Delivery, job: Job | None) -> Outcome:
        """Drop a message of an epoch that is over, or of a record that the API withdrew and told its client so."""
        if job and delivery.redriven and job.epoch == delivery.envelope.epoch + 1:
            send_again(self._queue, job)  # who redrove it may have died before sending
        log.info("message_without_job", found_epoch=job.epoch if job else None)
        return Settled()

    def _redrive(self, job: Job) -> Outcome:
        """Run a dead job again: its message came back from the dead-letter queue, by the console of AWS or the like."""
        now = self._clock()
        try:
            again = begin_again(self._store, job, next_check_at=now + self._check_after, now=now)
        except RefusedError:
            return Hidden(1, "raced")
        send_again(self._queue, again)
        log.info("job_redriven", by="console", to_epoch=again.epoch)
        return Settled()

    def _settle_ended(self, job: Job, delivery: Delivery) -> Outcome:
        if job.status is Status.DEAD_LETTERED:
            return self.settle_dead(job, delivery)
        delete_leftovers(self._objects, job)  # whoever ended it may have died before doing so
        return Settled()

    def settle_dead(self, job: Job, delivery: Delivery) -> Outcome:
        """Send a dead-lettered job's message to the dead-letter queue; seen again, it is sent again."""
        complete(self._store, job)
        delete_leftovers(self._objects, job)
        context: dict[str, str | int] = {
            "attempts": job.attempt,
            "epoch": job.epoch,
            "worker": delivery.worker,
            "trace": job.trace or "",
        }
        self._dead_letters.bury(delivery.envelope, error=job.error or _LOST, context=context)
        log.warning("job_dead_lettered", code=(job.error or _LOST).code)
        return Settled()


def _rest_s(job: Job, now: datetime) -> int:
    rest = (job.lease.until - now).total_seconds() if job.lease else 0
    return min(ceil(max(rest, 0)) + 1, _LONGEST_LEASED_HIDE_S)
