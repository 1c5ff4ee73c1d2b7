"""Giving a dead-lettered job up, and taking that back.

The record first, then its dead letter, as in a redrive:

    operator A  --discard: failed----X (dies)
    operator B  ---------------------meets the dead letter of a job that is not dead-lettered: deletes it--
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.conditions import Facts
from schemas.job import dead_shard
from schemas.move import Change, Move
from schemas.retention import held_until
from schemas.status import TRANSITIONS, Status

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.job import Job


def discard(job: Job, *, now: datetime) -> Move:
    """Give a dead-lettered job up: it has failed, for the reason that it has; its dead letter is deleted next."""
    change = Change(remove=frozenset({"open_shard", "next_check_at"}))
    return Move("discard", job.id, Facts(now=now, epoch=job.epoch), change)


def restore(job: Job, *, now: datetime) -> Move:
    """Take back that a job was given up; its dead letter is sent next, and its record outlives that once more."""
    change = Change(
        put={
            "open_shard": dead_shard(job.kind, job.id),
            "next_check_at": job.finished_at or now,
            "expires_at": max(held_until(now), job.expires_at or now),
        }
    )
    return Move("restore", job.id, Facts(now=now, epoch=job.epoch), change)


def was_discarded(job: Job) -> bool:
    """Whether the job was dead-lettered in this epoch and given up: no other failure may be made a dead letter."""
    died = any(
        TRANSITIONS[line.outcome].target is Status.DEAD_LETTERED for line in job.history if line.epoch == job.epoch
    )
    return died and job.status is Status.FAILED
