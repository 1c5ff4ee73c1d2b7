"""Dead letters by what they died of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from schemas.job import Job, JsonObject


@dataclass
class Group:
    """Those of a kind that died of the same code, of the same engine."""

    kind: str
    code: str
    engine: str | None
    example: str
    """The id of the latest one."""
    message: str
    """Its reason."""
    first: datetime
    last: datetime
    count: int = 0

    def add(self, job: Job) -> None:
        """Count one more."""
        died = died_at(job)
        self.count += 1
        self.first = min(self.first, died)
        if died >= self.last:
            self.last, self.example, self.message = died, job.id, _message(job)

    def as_dict(self) -> JsonObject:
        """Return the group for JSON."""
        return vars(self) | {"first": self.first.isoformat(), "last": self.last.isoformat()}


def group(jobs: Iterable[Job]) -> list[Group]:
    """Return the groups, the largest first; their number is that of kinds, codes and engines, not of jobs."""
    groups: dict[tuple[str, str, str | None], Group] = {}
    for job in jobs:
        code, engine = code_of(job), job.error.engine if job.error else None
        key = job.kind, code, engine
        if key not in groups:
            died = died_at(job)
            groups[key] = Group(job.kind, code, engine, job.id, _message(job), first=died, last=died)
        groups[key].add(job)
    return sorted(groups.values(), key=lambda each: (-each.count, each.kind, each.code))


def code_of(job: Job) -> str:
    """Return what it died of."""
    return job.error.code if job.error else "unknown"


def died_at(job: Job) -> datetime:
    """Return when it died."""
    return job.finished_at or job.updated_at


def _message(job: Job) -> str:
    return job.error.message if job.error else ""
