"""Running a job again: the record first, then its message; whoever dies between leaves the rest to the next.

    operator A  --redrive e -> e+1--------X (dies)
    operator B  ----------------redrive: refused, the record is at e+1 and unclaimed: send--
    clock       ----------------------------------------------------past its check: send--

Any number of messages of an epoch is harmless: one claims the job, the others find it taken or done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas import moves
from schemas.after import complete
from schemas.envelope import envelope_of
from schemas.errors import RefusedError
from schemas.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.job import Job
    from schemas.moves import Amended
    from schemas.ports import Enqueuer, JobStore

#: How a job has ended that may be run again.
REDRIVABLE = frozenset({Status.FAILED, Status.DEAD_LETTERED})


def begin_again(  # noqa: PLR0913 - all that the move says
    store: JobStore,
    job: Job,
    *,
    next_check_at: datetime,
    now: datetime,
    amended: Amended | None = None,
    redrive_id: str | None = None,
) -> Job:
    """Begin the next epoch of a job that has ended badly, and return it; its message is to be sent next.

    What follows its end is done first. Where another was faster, that is as good: the record that is returned says by
    its `redrives` and its request whose epoch it is.

    Raises:
        RefusedError: the job has not ended badly, or is further than the next epoch.
    """
    complete(store, job)
    try:
        return store.apply(
            moves.redrive(job, next_check_at=next_check_at, now=now, amended=amended, redrive_id=redrive_id)
        )
    except RefusedError as refusal:
        if refusal.existing and refusal.existing.epoch == job.epoch + 1:
            return refusal.existing
        raise


def is_unclaimed(job: Job) -> bool:
    """Whether nobody has begun the job's epoch: its message may be missing."""
    return job.status is Status.QUEUED and not job.attempt


def send_again(queue: Enqueuer, job: Job) -> None:
    """Send the message of an epoch that nobody has begun; of any other it is there, or not needed."""
    if is_unclaimed(job):
        queue.send(envelope_of(job), owner=job.owner)
