"""Bringing exported dead letters back: as they were, never a job that has got further.

The message goes out first, then the record says that it is dead-lettered. Killed in between, there are up to ten
messages of jobs that are not dead-lettered, which whoever meets them deletes; the import that is begun again sends
others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops.dlq.brought import Brought, Due, decide
from ops.dlq.lines import JobLine, Line, UnreadableLineError
from schemas.envelope import envelope_of
from schemas.errors import ExistsError, RefusedError
from schemas.job import JobError
from schemas.purging import restore
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ops.desk import Desk
    from schemas.envelope import Envelope
    from schemas.job import Job

#: Messages of a request, and so many may be ahead of their records.
_PAGE = 10
_UNKNOWN = JobError(code="unknown", message="It is not known why.", retryable=True)


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
            done = self._bring(page)
            self.tally.update(done)
            for brought in done:
                said(brought)
        return self.tally

    def _bring(self, page: Sequence[Line]) -> Sequence[Brought]:
        """Bring a page back as a whole: who interrupts this hears of it between two pages."""
        ids = [line.job.id for line in page if isinstance(line, JobLine)]
        there = {job.id: job for job in self.desk.jobs.get_many(ids)}
        decided = [decide(self.desk, line, _record(line, there)) for line in page]
        self.desk.queues.bury_batch([_letter(each.job) for each in decided if isinstance(each, Due)])
        return [self._written(each) if isinstance(each, Due) else each for each in decided]

    def _written(self, due: Due) -> Brought:
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


def _record(line: Line, there: Mapping[str, Job]) -> Job | None:
    return there.get(line.job.id) if isinstance(line, JobLine) else None


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
