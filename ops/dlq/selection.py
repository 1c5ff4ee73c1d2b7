"""Which dead letters are meant, and those that are, page by page: any number of them in the memory of one page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ops.batching import batched
from schemas.dead_letters import Period
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ops.desk import Desk
    from schemas.dead_letters import DeadJobs
    from schemas.job import Job

#: Records that are read with one request.
PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What must be so of a dead letter; what is not given is not asked for."""

    kinds: Sequence[str]
    ids: Sequence[str] = ()
    code: str | None = None
    engine: str | None = None
    owner: str | None = None
    flow: str | None = None
    text: str | None = None
    """Part of the reason, in any case."""
    period: Period = field(default_factory=Period)
    """When it died."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is asked for but kinds."""
        return self == Selection(kinds=self.kinds)

    def has(self, job: Job) -> bool:
        """Whether the job is one of these, as its record stands."""
        return (
            job.status is Status.DEAD_LETTERED
            and job.kind in self.kinds
            and self._is_of(job)
            and self._died_for(job)
            and (job.finished_at is None or self.period.since <= job.finished_at <= self.period.until)
        )

    def _is_of(self, job: Job) -> bool:
        return self.owner in {None, job.owner} and self.flow in {None, job.flow}

    def _died_for(self, job: Job) -> bool:
        error = job.error
        if error is None:
            return (self.code, self.engine, self.text) == (None, None, None)
        found = self.text is None or self.text.casefold() in error.message.casefold()
        return found and self.code in {None, error.code} and self.engine in {None, error.engine}


def find(desk: Desk, selection: Selection, *, looked: Callable[[int], None] | None = None) -> Iterator[Job]:
    """Iterate over the dead letters that are meant, but for those that die from now on, unless they are meant by id.

    The index is read while they run again: without that end, those that die again would be met again for ever.
    """
    if not selection.ids:
        period = replace(selection.period, until=min(selection.period.until, desk.now()))
        selection = replace(selection, period=period)
    return dead_letters(desk.jobs, selection, looked=looked)


def dead_letters(jobs: DeadJobs, selection: Selection, *, looked: Callable[[int], None] | None = None) -> Iterator[Job]:
    """Iterate over the dead letters that are meant: by kind, the oldest first; those that die meanwhile, too.

    `looked` hears how many are done with: those that are not meant as they are read, the others as the next one is
    asked for.
    """
    for ids in batched(_ids(jobs, selection), PAGE):
        found = [job for job in jobs.get_many(ids) if selection.has(job)]
        if looked:
            looked(len(ids) - len(found))
        for job in found:
            yield job
            if looked:
                looked(1)


def _ids(jobs: DeadJobs, selection: Selection) -> Iterator[str]:
    if selection.ids:
        yield from dict.fromkeys(selection.ids)
        return
    for kind in selection.kinds:
        yield from (key.job_id for key in jobs.dead_keys(kind, selection.period))
