"""Bringing exported dead letters back: as they were, never a job that has got further.

The message goes out first, then the record says that it is dead-lettered. Killed in between, there is a message of a
job that is not dead-lettered, which whoever meets it deletes; the import that is begun again sends another.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from ops.dlq.amending import UnfitError
from ops.dlq.lines import JobLine, Line, StrayLine
from schemas.envelope import envelope_of
from schemas.errors import ExistsError, RefusedError
from schemas.job import JobError, Payload
from schemas.kinds import registry
from schemas.purging import restore, was_discarded
from schemas.retention import HELD_DAYS
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ops.dlq.desk import Desk
    from schemas.job import Job

_UNKNOWN = JobError(code="unknown", message="It is not known why.", retryable=True)


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
    """Of no kind that there is here, no dead letter, or exported after its request was gone."""


@dataclass(frozen=True, kw_only=True)
class Importer:
    """Reads lines in."""

    desk: Desk

    def run(self, lines: Iterable[Line], *, said: Callable[[Brought], None] = lambda _: None) -> Counter[Brought]:
        """Bring back what may be, line by line."""
        tally: Counter[Brought] = Counter()
        for line in lines:
            brought = self.bring(line)
            tally[brought] += 1
            said(brought)
        return tally

    def bring(self, line: Line) -> Brought:
        """Bring one back."""
        if isinstance(line, StrayLine):
            return Brought.STRAY
        existing = self.desk.jobs.get(line.job.id)
        try:
            return self._again(line.job, existing) if existing else self._anew(line)
        except UnfitError:
            return Brought.UNFIT

    def _again(self, job: Job, existing: Job) -> Brought:
        if (existing.epoch, existing.owner) != (job.epoch, job.owner):
            return Brought.MOVED_ON
        if existing.status is Status.DEAD_LETTERED:
            return Brought.THERE
        if not was_discarded(existing):
            return Brought.MOVED_ON
        self._bury(existing)
        try:
            self.desk.jobs.apply(restore(existing, now=self.desk.now()))
        except RefusedError as refusal:
            is_there = refusal.existing and refusal.existing.status is Status.DEAD_LETTERED
            return Brought.THERE if is_there else Brought.MOVED_ON
        return Brought.BACK

    def _anew(self, line: JobLine) -> Brought:
        job = line.job
        if job.status is not Status.DEAD_LETTERED or job.kind not in registry():
            return Brought.UNFIT
        now = self.desk.now()
        expires_at = (now + timedelta(days=HELD_DAYS)).replace(microsecond=0)
        record = job.model_copy(update={"request": self._saved(line), "expires_at": expires_at})
        self._bury(record)
        try:
            self.desk.jobs.create(record)
        except ExistsError:
            return Brought.MOVED_ON  # another operator reads the same file, or the job was asked for again
        return Brought.NEW

    def _saved(self, line: JobLine) -> Payload:
        """Return the request as it was, fit or not: an operator may amend it when it is sent again."""
        if line.job.request.key is None:
            return line.job.request
        if line.request is None:
            raise UnfitError(line.job.id, {"request": "it is no longer kept"})
        data = json.dumps(line.request, ensure_ascii=False, separators=(",", ":")).encode()
        self.desk.objects.put(line.job.request.key, data, mime="application/json")
        return line.job.request

    def _bury(self, job: Job) -> None:
        context: dict[str, str | int] = {"attempts": job.attempt, "epoch": job.epoch, "trace": job.trace or ""}
        self.desk.queues.bury(envelope_of(job), error=job.error or _UNKNOWN, context=context)
