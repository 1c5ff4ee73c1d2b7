"""100,000 dead letters in a few bytes each: what a desk needs of them is made when it is asked for.

`python -m tests.many_dead` lists, groups, runs them again and clears their queue, and prints what it has cost.
"""

from __future__ import annotations

import json
import sys
import time
from array import array
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ops.dlq.amending import Amendment
from ops.dlq.clearing import Clearing
from ops.dlq.desk import Desk
from ops.dlq.groups import group
from ops.dlq.outcome import Outcome
from ops.dlq.pace import Pace
from ops.dlq.redriving import Redriver
from ops.dlq.selection import Selection, find
from ops.memory import MemoryObjectStore
from ops.payloads import ClaimCheck
from schemas.dead_letters import DeadKey, DeadLetter, Period
from schemas.envelope import Envelope
from schemas.errors import RefusedError
from schemas.job import Attempt, Job, JobError, Payload, dead_shard
from schemas.status import Status
from tests.memory import status_mb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemas.move import Move

BEGAN = datetime(2026, 11, 21, tzinfo=UTC)
NOW = BEGAN + timedelta(days=7)
CODES = ("engine_unavailable", "timed_out", "bad_voice")


class ManyDead:
    """The twin of table, queue and dead-letter queue: two bytes, and two counts, for each job."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.epochs = bytearray(count)
        self.sent = array("H", bytes(2 * count))
        self.gone = bytearray(count)
        self._hidden = 0

    def job(self, number: int) -> Job:
        died = BEGAN + timedelta(milliseconds=number)
        epoch, job_id = self.epochs[number], id_of(number)
        code = CODES[number % len(CODES)]
        ended: dict[str, Any] = {"status": Status.QUEUED, "epoch": epoch}
        if not epoch:
            error = JobError(code=code, message="It did not go well." * 3, retryable=True, engine="polly")
            ended = {"status": Status.DEAD_LETTERED, "error": error, "attempt": 3, "finished_at": died}
            ended |= {"open_shard": dead_shard("tts", job_id), "next_check_at": died}
        history = tuple(
            Attempt(
                epoch=0, attempt=n, outcome="dead_letter" if n == 3 else "retry", at=died, worker="host:1", code=code
            )
            for n in (1, 2, 3)
        )
        return Job(
            id=job_id,
            kind="tts",
            owner=f"owner-{number % 100}",
            request=Payload(inline={"text": "Good morning! " * 20}),
            request_digest="0" * 64,
            created_at=BEGAN,
            updated_at=died,
            history=history,
            **ended,
        )

    def dead_keys(self, kind: str, period: Period = Period()) -> Iterator[DeadKey]:  # noqa: B008 - a frozen value
        for number in range(self.count):
            key = DeadKey(BEGAN + timedelta(milliseconds=number), id_of(number))
            if not self.epochs[number] and kind == "tts" and period.since <= key.died_at <= period.until:
                yield key

    def count_dead(self, kind: str) -> int:
        return self.epochs.count(0) if kind == "tts" else 0

    def get_many(self, job_ids: Sequence[str]) -> list[Job]:
        return [self.job(number_of(job_id)) for job_id in job_ids]

    def apply(self, move: Move) -> Job:
        number = number_of(move.job_id)
        job = self.job(number)
        if unmet := move.unmet(job):
            raise RefusedError(move.name, job, unmet)
        self.epochs[number] += 1
        return move.apply_to(job)

    def send_batch(self, messages: Sequence[tuple[Envelope, str]]) -> None:
        for envelope, _ in messages:
            self.sent[number_of(envelope.job_id)] += 1

    def send(self, envelope: Envelope, *, owner: str, delay_s: int = 0) -> None:
        self.send_batch([(envelope, owner)])

    def receive(self, kind: str, *, hide_s: int) -> list[DeadLetter]:
        first, self._hidden = self._hidden, min(self.count, self._hidden + 10)
        return [
            DeadLetter(
                id=f"message-{n}",
                receipt=f"{n}".ljust(400, "r"),
                body="",
                envelope=Envelope(job_id=id_of(n), kind=kind),
                reason={},
            )
            for n in range(first, self._hidden)
        ]

    def delete(self, kind: str, letters: Sequence[DeadLetter]) -> None:
        for letter in letters:
            self.gone[int(letter.receipt.rstrip("r"))] = 1

    def put_back(self, kind: str, receipts: Sequence[str]) -> None:
        self._hidden = 0

    def held(self, kind: str) -> Mapping[str, int]:
        return {"visible": self.gone.count(0)}


def id_of(number: int) -> str:
    return f"019ab000-0000-7000-8000-{number:012}"


def number_of(job_id: str) -> int:
    return int(job_id[-12:])


def desk(many: Any) -> Desk:
    """A desk with nothing behind it but these."""
    objects = MemoryObjectStore()
    return Desk(
        jobs=many,
        queues=many,
        box=many,
        objects=objects,
        payloads=ClaimCheck(objects, inline_max_bytes=1024),
        now=lambda: NOW,
        check_after=timedelta(minutes=10),
    )


def measure(count: int) -> dict[str, Any]:
    """Do all that an operator does, and return what came of it, and what it took."""
    many, began = ManyDead(count), time.monotonic()
    at = desk(many)
    everything = Selection(kinds=("tts",))
    listed = sum(1 for _ in find(at.jobs, everything))
    groups = {each.code: each.count for each in group(find(at.jobs, everything))}
    kept = Clearing(desk=at, kind="tts")
    kept.run()
    again = Redriver(desk=at, amendment=Amendment(desk=at), pace=Pace(None))
    again.run(find(at.jobs, everything))
    clearing = Clearing(desk=at, kind="tts", sent=again.tally.runs)
    clearing.run()
    outcome = Outcome(dict(again.tally.runs))
    outcome.look(at.jobs)
    return {
        "listed": listed,
        "groups": groups,
        "kept": kept.met - kept.deleted,
        "redriven": many.epochs.count(1),
        "sent_once": sum(sent == 1 for sent in many.sent),
        "deleted": many.gone.count(1),
        "open": len(outcome.open),
        "seconds": round(time.monotonic() - began, 1),
        "most_mb": status_mb("VmHWM"),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))  # noqa: T201 - its result
