"""From a delivery to a job that is ours to run, or to what is to become of the message.

The common case is one conditional write. Where it is refused, the record that comes with the refusal says why.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import structlog

from schemas import moves
from schemas.after import complete
from schemas.errors import RefusedError
from schemas.job import Job, JobError
from schemas.status import Status
from workers.outcome import Hidden, Outcome, Settled

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.kinds import AnyKind
    from schemas.moves import Move
    from schemas.ports import Clock, DeadLetters, JobStore, ObjectStore
    from workers.delivery import Delivery
    from workers.ending import Ending

log = structlog.get_logger(__name__)

#: Rounds of losing a race to another receiver before the message is put back.
_ROUNDS = 3
#: A copy of the message of a job that runs looks again this often: most jobs end long before their lease.
_LONGEST_LEASED_HIDE_S = 20
_LOST = JobError(
    code=moves.WORKER_LOST,
    message="The worker died or stalled in the last attempt.",
    retryable=True,
)


class Claims:
    """Takes jobs for a worker."""

    def __init__(
        self, *, store: JobStore, objects: ObjectStore, dead_letters: DeadLetters, ending: Ending, clock: Clock
    ) -> None:
        self._store = store
        self._objects = objects
        self._dead_letters = dead_letters
        self._ending = ending
        self._clock = clock

    def take(self, delivery: Delivery, kind: AnyKind) -> Job | Outcome:
        """Claim the job of a delivery, take it over from a dead worker, or say what becomes of the message."""
        envelope = delivery.envelope
        move = moves.claim(envelope.job_id, epoch=envelope.epoch, lease=delivery.lease(kind), now=self._clock())
        for _ in range(_ROUNDS):
            try:
                job = self._store.apply(move)
            except RefusedError as refusal:
                found = self._refused(delivery, kind, refusal.existing)
            else:
                return self.settle_dead(job, delivery) if job.status is Status.DEAD_LETTERED else job
            if not isinstance(found, moves.Move):
                return found
            move = found
        return Hidden(1, "raced")

    def _refused(self, delivery: Delivery, kind: AnyKind, job: Job | None) -> Move | Outcome:
        if job is None or job.epoch != delivery.envelope.epoch:
            # Withdrawn by the API, which told its client so; or a message of an epoch that is over.
            log.info("message_without_job", found_epoch=job.epoch if job else None)
            return Settled()
        if job.status.is_final:
            complete(self._store, job)
            return self.settle_dead(job, delivery) if job.status is Status.DEAD_LETTERED else Settled()
        if job.status is Status.SCHEDULED:
            return Settled()  # the clock sends another message when it is due
        now = self._clock()
        if not job.lease_expired(now):
            return Hidden(_rest_s(job, now), "leased")
        return self._from_dead_worker(delivery, kind, job, now)

    def _from_dead_worker(self, delivery: Delivery, kind: AnyKind, job: Job, now: datetime) -> Move:
        if job.status is not Status.RUNNING:  # somebody moved it since: claim again
            return moves.claim(job.id, epoch=job.epoch, lease=delivery.lease(kind), now=now)
        if job.attempt < kind.max_attempts:
            return moves.take_over(job, lease=delivery.lease(kind), max_attempts=kind.max_attempts, now=now)
        return moves.bury(job, error=_LOST, max_attempts=kind.max_attempts, end=self._ending.badly(now), now=now)

    def settle_dead(self, job: Job, delivery: Delivery) -> Outcome:
        """Send a dead-lettered job's message to the dead-letter queue; seen again, it is sent again."""
        complete(self._store, job)
        # What its attempts have written is no result.
        self._objects.delete(list(self._objects.keys(f"{job.kind}/{job.id}/")))
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
