"""The in-memory twin of the lists of jobs: each is what a look at every record finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.dead_letters import DeadKey, Period
from schemas.job import dead_shards, open_shards, parked_shard

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from schemas.job import Job
    from schemas.status import Status

#: Keys of dead letters that are read at once: few, so that tests meet what happens between two pages.
_DEAD_PAGE = 10


class MemoryLists:
    """The part of the job store in memory that lists."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def get_many(self, job_ids: Sequence[str]) -> Sequence[Job]:
        """Read records in the order of their ids, those that there are, each once."""
        return [self._jobs[job_id] for job_id in dict.fromkeys(job_ids) if job_id in self._jobs]

    def list_by_owner(self, owner: str, *, limit: int) -> Sequence[Job]:
        """Return the owner's latest jobs, newest first."""
        own = [job for job in self.scan() if job.owner == owner]
        return sorted(own, key=lambda job: job.created_at, reverse=True)[:limit]

    def owned(self, owner: str) -> Iterator[Job]:
        """Iterate over an owner's jobs, newest first."""
        return iter(self.list_by_owner(owner, limit=len(self._jobs)))

    def open_jobs(self, kind: str) -> Iterator[Job]:
        """Iterate over a kind's jobs with something left to do."""
        return iter(self._in((parked_shard(kind), *open_shards(kind))))

    def oldest_open(self, kind: str) -> datetime | None:
        """Return when the oldest of a kind's jobs that wait or run was to begin."""
        waiting = (job for job in self._in(open_shards(kind)) if not job.status.is_final)
        return min((job.begins_at for job in waiting), default=None)

    def count_open(self, kind: str, *, at_most: int) -> int:
        """Count the open jobs of a kind but for scheduled ones, no further than `at_most`."""
        return min(at_most, len(self._in(open_shards(kind))))

    def due_for_check(self, kind: str, *, now: datetime) -> Iterator[Job]:
        """Iterate over the open jobs of a kind whose next check is due, the earliest first."""
        open_ = self._in((*open_shards(kind), parked_shard(kind)))
        due = [job for job in open_ if job.next_check_at and job.next_check_at <= now]
        yield from sorted(due, key=lambda job: job.next_check_at or now)

    def first_check(self, shards: Iterable[str], *, by: datetime) -> datetime | None:
        """Return the earliest check in these partitions of the open index, where one was due by then."""
        checks = (job.next_check_at for job in self._in(frozenset(shards)) if job.next_check_at)
        return min((at for at in checks if at <= by), default=None)

    def dead_keys(self, kind: str, period: Period = Period()) -> Iterator[DeadKey]:  # noqa: B008 - a frozen value
        """Iterate over the dead letters of a kind, the oldest first: page by page, each as it is asked for."""
        last: DeadKey | None = None
        while page := self._dead_page(kind, period, last):
            yield from page
            last = page[-1]

    def _dead_page(self, kind: str, period: Period, last: DeadKey | None) -> list[DeadKey]:
        dead = [DeadKey(job.next_check_at, job.id) for job in self._in(dead_shards(kind)) if job.next_check_at]
        behind = [key for key in dead if period.since <= key.died_at <= period.until and (last is None or key > last)]
        return sorted(behind)[:_DEAD_PAGE]

    def count_dead(self, kind: str) -> int:
        """Count the dead letters of a kind."""
        return len(self._in(dead_shards(kind)))

    def redriven(self, redrive_id: str | None = None) -> Iterator[Job]:
        """Iterate over the jobs that operators have run again, in no order."""
        return (job for job in self.scan() if job.redrives and redrive_id in {None, *job.redrives})

    def scan(self) -> Iterator[Job]:
        """Iterate over all jobs, in no order."""
        return iter(tuple(self._jobs.values()))

    def select(
        self, *, kinds: frozenset[str], statuses: frozenset[Status], since: datetime | None, until: datetime | None
    ) -> Iterator[Job]:
        """Iterate over jobs of these kinds and states, created in this time."""
        for job in self.scan():
            is_asked_for = (not kinds or job.kind in kinds) and (not statuses or job.status in statuses)
            in_time = (since is None or job.created_at >= since) and (until is None or job.created_at <= until)
            if is_asked_for and in_time:
                yield job

    def _in(self, shards: Collection[str]) -> list[Job]:
        """Return the jobs in these partitions of the open index."""
        return [job for job in self.scan() if job.open_shard in shards]
