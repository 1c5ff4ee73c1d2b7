"""What follows a job's end, done by whoever comes next: its worker, a redelivery's, or the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.job import CountAfter

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.job import After, Job
    from schemas.kinds import AnyKind
    from schemas.ports import JobStore


def counts(kind: AnyKind, now: datetime) -> dict[str, After]:
    """Return the entries that count a success of the kind for its owner."""
    day = now.date().isoformat()
    return {name: CountAfter(name=name, by=by, day=day) for name, by in kind.counters.items()}


def complete(store: JobStore, job: Job) -> None:
    """Do all that follows the job; each entry is done and removed in one transaction, so it is done once.

    Raises:
        UnavailableError: the rest is left for whoever comes next.
    """
    current: Job | None = job
    while current and current.after:
        current = store.complete_after(current, next(iter(current.after)))
