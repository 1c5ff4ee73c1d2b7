"""What follows a job's end, done by whoever comes next: its worker, a redelivery's, or the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from schemas.images import ImageEntry, PicturedResult
from schemas.job import CountAfter, ImageAfter
from schemas.reply.levels import band_of

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.job import After, Job
    from schemas.kind import Result
    from schemas.kinds import AnyKind
    from schemas.ports import JobStore


def counts(kind: AnyKind, now: datetime) -> dict[str, After]:
    """Return the entries that count a success of the kind for its owner."""
    day = now.date().isoformat()
    return {name: CountAfter(name=name, by=by, day=day) for name, by in kind.counters.items()}


def mapping(result: Result, kind: AnyKind, now: datetime) -> dict[str, After]:
    """Return the entry that has a picture be found; nothing for a result that is none."""
    if not isinstance(result, PicturedResult):
        return {}
    after = ImageAfter(
        description=result.description,
        category=result.category,
        difficulty=band_of(result.level),
        keywords=result.keywords,
        files=result.keys,
        expires_at=(now + timedelta(days=kind.retention_days)).replace(microsecond=0),
    )
    return {"image": after}


def entry_of(job: Job, after: ImageAfter) -> ImageEntry:
    """Return the text mapping of the picture that a job has made."""
    fields = after.model_dump(exclude={"type"})
    return ImageEntry(id=job.id, owner=job.owner, created_at=job.finished_at or job.created_at, **fields)


def complete(store: JobStore, job: Job) -> None:
    """Do all that follows the job; each entry is done and removed in one transaction, so it is done once.

    Raises:
        UnavailableError: the rest is left for whoever comes next.
    """
    current: Job | None = job
    while current and current.after:
        current = store.complete_after(current, next(iter(current.after)))
