"""The in-memory twin of the operators' lists, over the records of a store in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ops.memory import MemoryJobStore
    from schemas.job import Job


class MemoryJobLists:
    """Implements `ops.operating.desk.JobLists`."""

    def __init__(self, store: MemoryJobStore) -> None:
        self._store = store

    def open_jobs(self, kind: str) -> Iterator[Job]:
        """Iterate over a kind's jobs with something left to do."""
        return (job for job in self._store.scan() if job.kind == kind and job.is_open)

    def oldest_open(self, kind: str) -> datetime | None:
        """Return when the oldest of a kind's jobs that wait or run was to begin."""
        waiting = {Status.QUEUED, Status.RUNNING, Status.RETRYING}
        begins = [job.due_at or job.created_at for job in self.open_jobs(kind) if job.status in waiting]
        return min(begins, default=None)

    def dead_jobs(self, kind: str) -> Iterator[Job]:
        """Iterate over a kind's dead-lettered jobs."""
        return (job for job in self._store.scan() if job.kind == kind and job.status is Status.DEAD_LETTERED)

    def owned(self, owner: str) -> Iterator[Job]:
        """Iterate over an owner's jobs, newest first."""
        own = (job for job in self._store.scan() if job.owner == owner)
        return iter(sorted(own, key=lambda job: job.created_at, reverse=True))

    def select(
        self, *, kinds: frozenset[str], statuses: frozenset[Status], since: datetime | None, until: datetime | None
    ) -> Iterator[Job]:
        """Iterate over jobs of these kinds and states, created in this time."""
        for job in self._store.scan():
            is_asked_for = (not kinds or job.kind in kinds) and (not statuses or job.status in statuses)
            in_time = (since is None or job.created_at >= since) and (until is None or job.created_at <= until)
            if is_asked_for and in_time:
                yield job
