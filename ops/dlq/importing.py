"""Bringing exported dead letters back: as they were, never a job that has got further.

The message goes out first, then the record says that it is dead-lettered. Killed in between, there are up to ten
messages of jobs that are not dead-lettered, which whoever meets them deletes; the import that is begun again sends
others.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from ops.dlq.amending import UnfitError
from ops.dlq.lines import JobLine, Line, StrayLine, UnreadableLineError
from schemas.envelope import envelope_of
from schemas.errors import ExistsError, RefusedError
from schemas.job import JobError, Payload
from schemas.kinds import registry
from schemas.purging import restore, was_discarded
from schemas.retention import HELD_DAYS
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ops.desk import Desk
    from schemas.envelope import Envelope
    from schemas.job import Job

#: Messages of a request, and so many may be ahead of their records.
_PAGE = 10
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


@dataclass(frozen=True)
class _Due:
    """What is to be brought: a record that is to be taken back, or one that there is not."""

    job: Job
    is_new: bool


@dataclass(kw_only=True)
class Importer:
    """Reads lines in, ten at a time: one read for their records, one request for their messages."""

    desk: Desk
    tally: Counter[Brought] = field(default_factory=Counter)

    def run(self, lines: Iterable[Line], *, said: Callable[[Brought], None] = lambda _: None) -> Counter[Brought]:
        """Bring back what may be, line by line.

        Raises:
            UnreadableLineError: those before it are back.
        """
        for page in _pages(lines):
            for brought in self._bring(page):
                self.tally[brought] += 1
                said(brought)
        return self.tally

    def _bring(self, page: Sequence[Line]) -> Iterator[Brought]:
        ids = [line.job.id for line in page if isinstance(line, JobLine)]
        there = {job.id: job for job in self.desk.jobs.get_many(list(dict.fromkeys(ids)))}
        decided = [self._decided(line, there) for line in page]
        self.desk.queues.bury_batch([_letter(each.job) for each in decided if isinstance(each, _Due)])
        return (self._written(each) if isinstance(each, _Due) else each for each in decided)

    def _decided(self, line: Line, there: Mapping[str, Job]) -> Brought | _Due:
        if isinstance(line, StrayLine):
            return Brought.STRAY
        if existing := there.get(line.job.id):
            return _again(line.job, existing)
        try:
            return self._anew(line)
        except UnfitError:
            return Brought.UNFIT

    def _anew(self, line: JobLine) -> Brought | _Due:
        job = line.job
        if job.status is not Status.DEAD_LETTERED or job.kind not in registry():
            return Brought.UNFIT
        expires_at = (self.desk.now() + timedelta(days=HELD_DAYS)).replace(microsecond=0)
        return _Due(job.model_copy(update={"request": self._saved(line), "expires_at": expires_at}), is_new=True)

    def _written(self, due: _Due) -> Brought:
        try:
            if due.is_new:
                self.desk.jobs.create(due.job)
                return Brought.NEW
            self.desk.jobs.apply(restore(due.job, now=self.desk.now()))
        except ExistsError:
            return Brought.MOVED_ON  # another operator reads the same file, or the job was asked for again
        except RefusedError as refusal:
            is_there = refusal.existing and refusal.existing.status is Status.DEAD_LETTERED
            return Brought.THERE if is_there else Brought.MOVED_ON
        return Brought.BACK

    def _saved(self, line: JobLine) -> Payload:
        """Return the request as it was, fit or not: an operator may amend it when it is sent again."""
        if line.job.request.key is None:
            return line.job.request
        if line.request is None:
            raise UnfitError(line.job.id, {"request": "it is no longer kept"})
        data = json.dumps(line.request, ensure_ascii=False, separators=(",", ":")).encode()
        self.desk.objects.put(line.job.request.key, data, mime="application/json")
        return line.job.request


def _again(job: Job, existing: Job) -> Brought | _Due:
    if (existing.epoch, existing.owner) != (job.epoch, job.owner):
        return Brought.MOVED_ON
    if existing.status is Status.DEAD_LETTERED:
        return Brought.THERE
    return _Due(existing, is_new=False) if was_discarded(existing) else Brought.MOVED_ON


def _letter(job: Job) -> tuple[Envelope, JobError, dict[str, str | int]]:
    return (
        envelope_of(job),
        job.error or _UNKNOWN,
        {"attempts": job.attempt, "epoch": job.epoch, "trace": job.trace or ""},
    )


def _pages(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Cut lines into tens; those before one that can't be read are a page, too."""
    page: list[Line] = []
    try:
        for line in lines:
            page.append(line)
            if len(page) == _PAGE:
                yield page
                page = []
    except UnreadableLineError:
        yield page
        raise
    yield page
