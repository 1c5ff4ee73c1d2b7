"""Running dead letters again, many at once; safe to kill at any point, any number of operators at a time.

    record     dead_lettered@e --redrive--> queued@e+1 ------------------------------------------
    queue                                        `--- message of e+1, ten at a time
    dead-letter queue   letter of e ------------------------------------ deleted by who meets it

Killed after the record's move, up to ten jobs have no message yet: the clock sends it, or who meets their letter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ops.clock.outbox import Outbox
from ops.dlq.amending import UnfitError
from ops.dlq.redrives import new_id
from schemas.errors import RefusedError
from schemas.redriving import begin_again, is_unclaimed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ops.desk import Desk
    from ops.dlq.amending import Amendment
    from ops.dlq.pace import Pace
    from schemas.job import Job
    from schemas.moves import Amended


class Done(StrEnum):
    """What became of one that was chosen."""

    REDRIVEN = "redriven"
    BY_ANOTHER = "by_another"
    """Another operator was faster, be it with a request of theirs."""
    MOVED_ON = "moved_on"
    """It is not dead-lettered any more."""
    UNFIT = "unfit"
    """Its request does not fit its kind."""


@dataclass
class Tally:
    """What became of all that were chosen; holds an id of those that run again, and some of those that are unfit."""

    done: Counter[Done] = field(default_factory=Counter)
    begun: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """The epochs that were begun, by the kind whose dead-letter queue has the message before, and by job."""
    unfit: list[UnfitError] = field(default_factory=list)
    """The first ones."""

    @property
    def runs(self) -> dict[str, int]:
        """The epochs that were begun, by job."""
        return {job_id: epoch for epochs in self.begun.values() for job_id, epoch in epochs.items()}


#: Of those that are unfit, so many are held.
UNFIT_SHOWN = 10


@dataclass(kw_only=True)
class Redriver:
    """Begins epochs, and sends their messages."""

    desk: Desk
    amendment: Amendment
    pace: Pace
    id: str = ""
    """What the records name it by; a new one where none is given."""
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        """Begin now."""
        self.id = self.id or new_id(self.desk.now())

    def run(self, jobs: Iterable[Job], *, said: Callable[[Done], None] = lambda _: None) -> None:
        """Run the jobs again, each once; what was begun is sent, whatever ends this."""
        with Outbox(self.desk.queues) as outbox:
            for job in jobs:
                if self._is_ours(job):
                    continue  # it has died again, before the time at which this began by the clock of its worker
                self.pace.wait()
                done = self._again(job, outbox)
                self.tally.done[done] += 1
                said(done)

    def _again(self, job: Job, outbox: Outbox) -> Done:
        try:
            amended = self.amendment.amend(job)
        except UnfitError as unfit:
            return self._unfit(job, unfit, outbox)
        try:
            again = self._begin(job, amended)
        except RefusedError as refusal:
            self._tidy(amended, refusal.existing)
            return Done.MOVED_ON
        self._tidy(amended, again, old=job)
        return self._begun(job, again, outbox)

    def _begin(self, job: Job, amended: Amended | None) -> Job:
        now = self.desk.now()
        return begin_again(
            self.desk.jobs,
            job,
            next_check_at=now + self.desk.check_after,
            now=now,
            amended=amended,
            redrive_id=self.id,
        )

    def _begun(self, job: Job, again: Job, outbox: Outbox) -> Done:
        self.tally.begun[job.kind][again.id] = again.epoch  # first: it is, whether or not a message can be sent
        if is_unclaimed(again):
            outbox.put(again)
        return Done.REDRIVEN if self._is_ours(again) else Done.BY_ANOTHER

    def _unfit(self, job: Job, unfit: UnfitError, outbox: Outbox) -> Done:
        """Tell what can't be sent from what another operator has sent meanwhile, and deleted the request before it."""
        existing = self.desk.jobs.get(job.id)
        if existing and existing.epoch == job.epoch + 1:
            return self._begun(job, existing, outbox)
        if existing is None or (existing.epoch, existing.status) != (job.epoch, job.status):
            return Done.MOVED_ON
        if len(self.tally.unfit) < UNFIT_SHOWN:
            self.tally.unfit.append(unfit)
        return Done.UNFIT

    def _is_ours(self, job: Job) -> bool:
        """Whether this redrive has run the job again."""
        return self.id in (job.redrives or {})

    def _tidy(self, amended: Amended | None, now: Job | None, old: Job | None = None) -> None:
        """Delete what no record names any more: the request before ours, or ours where another was faster."""
        named = now.request.key if now else None
        if amended is None:
            return
        written = {amended.request.key, old.request.key if old else None} - {None, named}
        self.desk.objects.delete([key for key in written if key])
