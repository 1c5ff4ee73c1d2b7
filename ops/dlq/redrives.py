"""Redrives after the fact: the records say which of them has run a job again, and how that has gone."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ops.dlq.outcome import Fate, fate_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from schemas.job import Job, JsonObject

_TIME = "%Y%m%dT%H%M%SZ"
#: Letters and digits alone: it is the name of an attribute, and of its placeholder.
_DIGITS = 6
_ID = re.compile(rf"\d{{8}}T\d{{6}}Z[0-9a-f]{{{_DIGITS}}}")


def new_id(now: datetime) -> str:
    """Return an id for a redrive that begins now: its second, and six digits that tell it from others'."""
    return f"{now.astimezone(UTC):{_TIME}}{secrets.token_hex(_DIGITS // 2)}"


def began_at(redrive_id: str) -> datetime:
    """Return the second in which a redrive began.

    Raises:
        ValueError: this is no redrive's id.
    """
    if not _ID.fullmatch(redrive_id):
        raise ValueError(f"{redrive_id!r} is no redrive's id")
    return datetime.strptime(redrive_id[:-_DIGITS], _TIME).replace(tzinfo=UTC)


@dataclass
class Redrive:
    """What has become of the jobs of a redrive; one whose record is gone is not counted."""

    id: str
    fates: Counter[Fate] = field(default_factory=Counter)

    @property
    def jobs(self) -> int:
        """How many there are."""
        return self.fates.total()

    def as_dict(self) -> JsonObject:
        """Return the redrive for JSON."""
        counts = {fate.value: self.fates[fate] for fate in Fate if fate is not Fate.GONE}
        return {"redrive": self.id, "began_at": began_at(self.id).isoformat(), "jobs": self.jobs, **counts}


def report(jobs: Iterable[Job], wanted: Callable[[str], bool]) -> list[Redrive]:
    """Count how the jobs of redrives have gone, the latest redrive first; in the memory of one line for each.

    A job counts in every redrive that it was in, by the epoch that each has begun.

    Args:
        jobs: those that were redriven, each once.
        wanted: whether a redrive is asked for, by its id.
    """
    found: dict[str, Redrive] = {}
    for job in jobs:
        for redrive_id, epoch in (job.redrives or {}).items():
            if wanted(redrive_id):
                found.setdefault(redrive_id, Redrive(redrive_id)).fates[fate_of(job, epoch)] += 1
    return sorted(found.values(), key=lambda each: each.id, reverse=True)
