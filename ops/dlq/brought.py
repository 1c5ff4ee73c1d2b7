"""What is to become of an exported line, by the record that there is, or is not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ops.dlq.amending import UnfitError
from ops.dlq.groups import died_at
from ops.dlq.lines import StrayLine
from schemas.kinds import registry
from schemas.purging import was_discarded
from schemas.retention import REQUESTS_PREFIX, held_until
from schemas.status import Status

if TYPE_CHECKING:
    from ops.desk import Desk
    from ops.dlq.lines import JobLine, Line
    from schemas.job import Job, JsonObject


class Brought(StrEnum):
    """What became of a line."""

    BACK = "back"
    NEW = "new"
    """There was no record any more, or not here: there is one now."""
    THERE = "there"
    """It is dead-lettered as it is."""
    MOVED_ON = "moved_on"
    """The job has got further: it was run again, or is another."""
    STRAY = "stray"
    """A message of no job: such are not brought back."""
    UNFIT = "unfit"
    """Of no kind that there is here, no dead letter, its request elsewhere, or exported after that was gone."""


@dataclass(frozen=True)
class Due:
    """What is to be brought: a record that is to be taken back, or one that there is not."""

    job: Job
    is_new: bool


def decide(desk: Desk, line: Line, existing: Job | None) -> Brought | Due:
    """Return what is to be brought, its request saved, or why nothing is; `existing` is the record that there is."""
    if isinstance(line, StrayLine):
        return Brought.STRAY
    try:
        return _again(desk, line, existing) if existing else _anew(desk, line)
    except UnfitError:
        return Brought.UNFIT


def _again(desk: Desk, line: JobLine, existing: Job) -> Brought | Due:
    if (existing.epoch, existing.owner) != (line.job.epoch, line.job.owner):
        return Brought.MOVED_ON
    if existing.status is Status.DEAD_LETTERED:
        return Brought.THERE
    if not was_discarded(existing):
        return Brought.MOVED_ON
    if line.request is not None:
        _save(desk, existing, line.request)  # again: the bucket counts its days from now
    return Due(existing, is_new=False)


def _anew(desk: Desk, line: JobLine) -> Brought | Due:
    """Make a record of the line, which is listed whatever the line says of indexes."""
    job = line.job
    if job.status is not Status.DEAD_LETTERED or job.kind not in registry():
        return Brought.UNFIT
    _save(desk, job, line.request)
    fields = {"finished_at": died_at(job), "after": {}, "expires_at": held_until(desk.now())}
    job = job.model_copy(update=fields)
    return Due(job.model_copy(update=job.at_rest()), is_new=True)


def _save(desk: Desk, job: Job, request: JsonObject | None) -> None:
    """Write a request that the record only names as it was, fit or not: an operator may amend it."""
    key = job.request.key
    if key is None:
        return
    if request is None:
        raise UnfitError(job.id, {"request": "it is no longer kept"})
    if not key.startswith(f"{REQUESTS_PREFIX}/"):
        raise UnfitError(job.id, {"request": "it lies where no request does"})
    data = json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode()
    desk.objects.put(key, data, mime="application/json")
