"""Deleting the messages of dead-letter queues that no record needs any more.

What the record says decides, whoever meets the message:

    letter's epoch   record                   message
    older            queued, unclaimed        sent again for the record's epoch, then deleted
    older            anything else            deleted
    the same         dead-lettered            kept
    the same         ended otherwise          deleted: it was given up, or a copy of it succeeded
    the same         open                     kept: SQS itself moved it, the clock sends another
    -                no record, no envelope   kept, unless strays are asked for

No record is read for a letter whose job this process itself has just begun again: its epoch is older for good.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops.dlq.selection import PAGE
from schemas.redriving import send_again
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ops.desk import Desk
    from schemas.dead_letters import DeadLetter
    from schemas.job import Job

#: How long messages are hidden: a pass puts them back at its end, and they come back by themselves where it dies.
_HIDE_S = 60
#: SQS hides none for longer.
_MOST_HIDE_S = 43_200
#: So many messages make a pass a second longer, at the least.
_PER_S = 100
#: SQS shows some messages late: this many receives with nothing new in them end a pass.
_EMPTY = 2
#: Receipts of messages that are kept; of more than these the first ones come back by themselves.
_HELD = 50_000
_BATCH = 10


@dataclass(kw_only=True)
class Clearing:
    """One pass over a dead-letter queue."""

    desk: Desk
    kind: str
    sent: Mapping[str, int] = field(default_factory=dict)
    """Epochs, by job, whose message was sent just now and need not be sent again; of those that were of the kind."""
    only_sent: bool = False
    """Whether the pass ends once it has met all of these."""
    stray: Callable[[DeadLetter], None] | None = None
    """Has a message of no job written down, so that it may be deleted; None: such are kept."""
    met: int = 0
    deleted: int = 0
    _hand: list[DeadLetter] = field(default_factory=list)
    """Those that wait to be judged, a page at once: one read for a hundred, and requests of ten to delete."""
    _unmet: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _kept: deque[str] = field(default_factory=lambda: deque(maxlen=_HELD))

    @property
    def unmet(self) -> int:
        """How many of the jobs that were sent just now had no message here, after the pass.

        It has expired, or it is hidden: another receives it, or SQS gives none, as 120,000 of the queue are in flight.
        Whoever meets it later deletes it.
        """
        return len(self._unmet)

    def held(self) -> int:
        """Return about how many messages the queue holds."""
        return sum(self.desk.box.held(self.kind).values())

    def run(self, *, said: Callable[[int], None] = lambda _: None) -> None:
        """Go over the queue once; `said` hears how many messages were met."""
        empty, hide_s = 0, min(_MOST_HIDE_S, _HIDE_S + self.held() // _PER_S)
        self._unmet = set(self.sent)
        try:
            while empty < _EMPTY and (self._unmet or not self.only_sent):
                letters = self.desk.box.receive(self.kind, hide_s=hide_s)
                new = [letter for letter in letters if letter.id not in self._seen]
                empty = 0 if new else empty + 1
                self._kept.extend(letter.receipt for letter in letters if letter.id in self._seen)
                self._seen.update(letter.id for letter in new)
                self._hand += new
                if len(self._hand) >= PAGE:
                    self._judge()
                self._unmet -= {letter.envelope.job_id for letter in new if letter.envelope}
                said(len(new))
            self._judge()
        finally:
            self._put_back()

    def _judge(self) -> None:
        """Delete what is spent of those in hand, and keep the others to be put back; where it can't be told, all."""
        letters, self._hand = self._hand, []
        kept = {letter.receipt for letter in letters}
        self.met += len(letters)
        try:
            ours = [letter for letter in letters if self._is_outrun(letter)]
            others = [letter for letter in letters if not self._is_outrun(letter)]
            ids = {letter.envelope.job_id for letter in others if letter.envelope}
            records = {job.id: job for job in self.desk.jobs.get_many(sorted(ids))}
            spent = ours + [letter for letter in others if self._is_spent(letter, _record(letter, records))]
            self.desk.box.delete(self.kind, spent)
            kept -= {letter.receipt for letter in spent}
            self.deleted += len(spent)
        finally:
            self._kept.extend(kept)

    def _is_outrun(self, letter: DeadLetter) -> bool:
        envelope = letter.envelope
        return envelope is not None and envelope.epoch < self.sent.get(envelope.job_id, 0)

    def _is_spent(self, letter: DeadLetter, job: Job | None) -> bool:
        if letter.envelope is None or job is None:
            if self.stray:
                self.stray(letter)
            return self.stray is not None
        if letter.envelope.epoch < job.epoch:
            send_again(self.desk.queues, job)  # who redrove it may have died before sending
            return True
        return letter.envelope.epoch == job.epoch and job.status.is_final and job.status is not Status.DEAD_LETTERED

    def _put_back(self) -> None:
        self._kept.extend(letter.receipt for letter in self._hand)
        while self._kept:
            self.desk.box.put_back(self.kind, [self._kept.popleft() for _ in range(min(_BATCH, len(self._kept)))])


def _record(letter: DeadLetter, records: dict[str, Job]) -> Job | None:
    return records.get(letter.envelope.job_id) if letter.envelope else None
