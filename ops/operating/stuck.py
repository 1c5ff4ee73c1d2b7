"""Jobs that do not get on: what is wrong with one, as far as its record tells."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from schemas.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.job import Job
    from schemas.kinds import AnyKind

#: A clock looks every few seconds; what was due so long ago has been looked at by none.
_NO_CLOCK = timedelta(minutes=3)
#: A message comes back a moment after its job's lease has ended, and waits until a worker is free.
_NO_RECEIVER = timedelta(minutes=3)
#: What the parent gives an attempt beyond its time-out, and the pool to say so.
_OVERTIME = timedelta(minutes=2)
#: Checks that have found it waiting: the second is after half an hour.
_MANY_CHECKS = 2


def why_stuck(job: Job, kind: AnyKind | None, *, now: datetime) -> str | None:
    """Return what is wrong with a job, as a sentence; None where nothing is to be seen."""
    if _is_the_clocks(job) and job.next_check_at and now - job.next_check_at > _NO_CLOCK:
        return "Its check is overdue: does a clock run?"
    match job.status:
        case Status.RUNNING:
            return _running(job, kind, now)
        case Status.QUEUED | Status.RETRYING if job.checks >= _MANY_CHECKS:
            return f"Found waiting at {job.checks} checks: does a worker serve its kind?"
    return None


def _is_the_clocks(job: Job) -> bool:
    """Whether the clock owes it something; a job whose message waits in a long queue it leaves as it is."""
    return bool(job.after) or job.status is Status.SCHEDULED


def _running(job: Job, kind: AnyKind | None, now: datetime) -> str | None:
    if job.lease and now - job.lease.until > _NO_RECEIVER:
        return "Its worker is dead, and no other has taken it over: does a worker serve its kind?"
    if kind and job.started_at and now - job.started_at > timedelta(seconds=kind.timeout_s) + _OVERTIME:
        return f"It runs for longer than its {kind.timeout_s} s: is its worker stuck?"
    return None
