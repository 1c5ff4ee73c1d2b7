"""What has become of those that were run again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ops.batching import batched
from ops.dlq.selection import PAGE
from schemas.status import TRANSITIONS, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.dead_letters import DeadJobs
    from schemas.job import Job, JsonObject


class Fate(StrEnum):
    """How a run has gone."""

    SUCCEEDED = "succeeded"
    FAILED_AGAIN = "failed_again"
    CANCELLED = "cancelled"
    OPEN = "open"
    GONE = "gone"
    """Its record is: somebody has erased its owner, or its retention is over."""


_FINAL = {
    Status.SUCCEEDED: Fate.SUCCEEDED,
    Status.FAILED: Fate.FAILED_AGAIN,
    Status.DEAD_LETTERED: Fate.FAILED_AGAIN,
    Status.CANCELLED: Fate.CANCELLED,
}


@dataclass
class Outcome:
    """Counts the fates of runs; those that have one are not looked at again."""

    open: dict[str, int]
    """The epochs of those that are still open, by job."""
    fates: Counter[Fate] = field(default_factory=Counter)

    def look(self, jobs: DeadJobs) -> None:
        """Look at all that are still open."""
        for ids in batched(tuple(self.open), PAGE):
            found = {job.id: job for job in jobs.get_many(ids)}
            for job_id in ids:
                fate = fate_of(found.get(job_id), self.open[job_id])
                if fate is not Fate.OPEN:
                    self.fates[fate] += 1
                    del self.open[job_id]

    def as_dict(self) -> JsonObject:
        """Return the counts for JSON."""
        counts: Mapping[Fate, int] = {**self.fates, Fate.OPEN: len(self.open)}
        return {fate.value: counts.get(fate, 0) for fate in Fate}


def fate_of(job: Job | None, epoch: int) -> Fate:
    """Return how an epoch has gone; one that was followed by another is told by its line in the history."""
    if job is None:
        return Fate.GONE
    if job.epoch == epoch:
        return _FINAL.get(job.status, Fate.OPEN)
    ends = [TRANSITIONS[line.outcome].target for line in job.history if line.epoch == epoch]
    return _FINAL.get(ends[-1], Fate.FAILED_AGAIN) if ends else Fate.FAILED_AGAIN
