"""The table, and a second opinion on every write that takes effect.

What must not happen is worked out here from tokens and counts, apart from the conditions that the store itself uses.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ops.memory import MemoryJobStore
from schemas.job import parked_shard
from schemas.redriving import REDRIVABLE
from schemas.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.job import Job
    from schemas.move import Move
    from tests.conftest import ManualClock

BEGINNINGS = frozenset({"claim", "take_over"})
BY_NEXT_RECEIVER = frozenset({"take_over", "bury", "drop"})
OF_AN_EPOCH = frozenset({*BEGINNINGS, *BY_NEXT_RECEIVER, "redrive"})
BY_HOLDER = frozenset(
    {"extend", "report", "succeed", "fail", "retry", "park", "hand_back", "wait", "dead_letter", "stop"}
)
CANCELLATIONS = frozenset({"cancel", "stop", "drop"})


class Ledger(MemoryJobStore):
    """Keeps the records, and a list of what was wrong."""

    def __init__(self, clock: ManualClock, *, max_attempts: int) -> None:
        super().__init__()
        self.findings: list[str] = []
        self.winners: dict[str, str] = {}
        """By job: the token of the attempt whose result was recorded."""
        self.begun: dict[str, tuple[str, int]] = {}
        """By token: the job and epoch whose attempt it began."""
        self._clock = clock
        self._max_attempts = max_attempts
        self._holders: dict[str, str | None] = {}
        self._attempts: Counter[tuple[str, int]] = Counter()
        self._asked: set[tuple[str, int]] = set()
        self.ends: Counter[tuple[str, int]] = Counter()

    @property
    def jobs(self) -> list[Job]:
        return list(self._jobs.values())

    def counted(self, owner: str, name: str) -> int:
        """The owner's counter, of all days."""
        return sum(count for key, count in self._counters.items() if (key[0], key[2]) == (owner, name))

    def apply(self, move: Move) -> Job:
        before = self._jobs.get(move.job_id)
        after = super().apply(move)
        if before is not None and after is not before:
            self._made(move, before, after)
        return after

    def postpone_check(self, job: Job, until: datetime) -> bool:
        before = self._jobs.get(job.id)
        is_done = super().postpone_check(job, until)
        if is_done and before:
            self.check(before.next_check_at == job.next_check_at, "one check, counted by two", before)
        return is_done

    def check(self, holds: bool, what: str, job: Job) -> None:  # noqa: FBT001
        if not holds:
            self.findings.append(f"{what}: {job.id[-4:]} {job.status} {job.epoch}.{job.attempt}")

    def _made(self, move: Move, before: Job, after: Job) -> None:
        name, epoch = move.name, (before.id, before.epoch)
        if before.status.is_final:
            self.check(name == "redrive" and before.status in REDRIVABLE, f"{name} after the end", before)
            self.check(not before.after, f"{name} before all that followed was done", before)
        if name in BY_NEXT_RECEIVER:
            self.check(before.lease is not None and before.lease.until < self._clock(), f"{name}, lease alive", before)
        if name in OF_AN_EPOCH:
            self.check(move.facts.epoch == before.epoch, f"{name} meant for epoch {move.facts.epoch}", before)
        if name in BY_HOLDER:
            self.check(move.facts.token == self._holders.get(before.id), f"{name} by another than the holder", before)
        if name in BEGINNINGS:
            self._begin(move, before)
        elif after.status is not Status.RUNNING:
            self._holders[before.id] = None
        if name in ("hand_back", "wait"):
            self._attempts[epoch] -= 1
        if name == "request_cancel":
            self._asked.add(epoch)
        if after.status.is_final:
            self._end(move, before)
        self._shape(after)

    def _begin(self, move: Move, before: Job) -> None:
        token, epoch = move.change.put["lease"].token, (before.id, before.epoch)
        self.check(token not in self.begun, "two attempts of one delivery", before)
        self.begun[token] = epoch
        self._holders[before.id] = token
        self._attempts[epoch] += 1
        self.check(self._attempts[epoch] <= self._max_attempts, "more attempts than there are", before)

    def _end(self, move: Move, before: Job) -> None:
        epoch = (before.id, before.epoch)
        self.ends[epoch] += 1
        self.check(self.ends[epoch] == 1, "ended twice in an epoch", before)
        self.check(epoch not in self._asked or move.name in CANCELLATIONS, f"{move.name}, cancel asked for", before)
        if move.name == "succeed":
            self.check(before.id not in self.winners, "two results", before)
            self.winners[before.id] = move.facts.token or ""

    def _shape(self, job: Job) -> None:
        self.check((job.lease is not None) == (job.status is Status.RUNNING), "a lease is of who runs", job)
        self.check(0 <= job.attempt <= self._max_attempts, "attempts", job)
        self.check((job.open_shard is not None) == job.is_indexed == (job.next_check_at is not None), "open index", job)
        self.check((job.finished_at is not None) == job.status.is_final == (job.expires_at is not None), "times", job)
        self.check(job.progress is None or job.status is Status.RUNNING, "progress is of who runs", job)
        if not job.status.is_final:
            is_parked = job.open_shard == parked_shard(job.kind)
            self.check(is_parked == (job.status is Status.SCHEDULED), "shard of the parked", job)
