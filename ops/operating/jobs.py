"""Jobs as operators look for them: everybody's, by state, kind, owner and age."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.dlq.selection import Selection, dead_letters
from ops.operating.stuck import why_stuck
from schemas.kinds import registry
from schemas.status import FINAL, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ops.desk import Records
    from schemas.job import Job

_OPEN = frozenset(Status) - FINAL
#: How often one may be met that moves while the lists are read: scheduled, released, and late.
_MET = 3


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which jobs are asked for; what is not given matches all."""

    kinds: frozenset[str] = frozenset()
    statuses: frozenset[Status] = frozenset()
    owner: str | None = None
    since: datetime | None = None
    """Created then or later."""
    until: datetime | None = None
    """Created then or earlier."""
    stuck: bool = False

    def matches(self, job: Job, *, now: datetime) -> bool:
        """Whether a job is asked for."""
        return (
            (not self.kinds or job.kind in self.kinds)
            and (not self.statuses or job.status in self.statuses)
            and self.owner in {None, job.owner}
            and (self.since is None or job.created_at >= self.since)
            and (self.until is None or job.created_at <= self.until)
            and (not self.stuck or why_stuck(job, registry().get(job.kind), now=now) is not None)
        )


def find(jobs: Iterable[Job], wanted: Wanted, *, limit: int, now: datetime, oldest_first: bool = False) -> list[Job]:
    """Return the newest, or the oldest, of those that are asked for; all others are forgotten at once."""
    choose = heapq.nsmallest if oldest_first else heapq.nlargest
    matching = (job for job in jobs if wanted.matches(job, now=now))
    # One that moved while the lists were read may be there more than once, as it was and as it is.
    found = choose(_MET * limit, matching, key=lambda job: (job.created_at, job.id, job.version))
    latest = {job.id: job for job in sorted(found, key=lambda job: job.version)}
    return [latest[job_id] for job_id in dict.fromkeys(job.id for job in found)][:limit]


def candidates(records: Records, wanted: Wanted) -> Iterator[Job]:
    """Iterate over what an index has, of which some may be asked for; or over what the table has."""
    kinds = sorted(wanted.kinds or registry())
    if wanted.owner is not None:
        yield from records.owned(wanted.owner)
    elif wanted.stuck or (wanted.statuses and wanted.statuses <= _OPEN):
        for kind in kinds:
            yield from records.open_jobs(kind)
    elif wanted.statuses == {Status.DEAD_LETTERED}:
        yield from dead_letters(records, Selection(kinds=kinds))
    else:
        yield from records.select(kinds=wanted.kinds, statuses=wanted.statuses, since=wanted.since, until=wanted.until)
