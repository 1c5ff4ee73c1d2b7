"""100,000 dead letters in a few bytes each, and the real command line over them: all is made when it is asked for.

`python -m tests.many_dead COUNT VENDOR REPORT ARGUMENTS...` runs `sayline dlq ARGUMENTS...` with everything that it
imports on AWS, and writes what has come of them, and the most memory that the process has had, to the file REPORT.
Where VENDOR is `down`, each dies again as soon as it is sent.
"""

from __future__ import annotations

import json
import sys
from array import array
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.cli import main as cli
from ops.cli.operators import common
from ops.desk import open_desk
from ops.settings import Settings
from schemas.dead_letters import DeadKey, DeadLetter, Period
from schemas.envelope import Envelope
from schemas.errors import RefusedError
from schemas.job import Attempt, Job, JobError, Payload, dead_shard
from schemas.status import Status
from tests.desks import memory_desk
from tests.memory import status_mb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from schemas.move import Move

BEGAN = datetime(2026, 11, 21, tzinfo=UTC)
NOW = BEGAN + timedelta(days=7)
CODES = ("engine_unavailable", "timed_out", "bad_voice")
_ERRORS = tuple(
    JobError(code=code, message="It did not go well." * 3, retryable=True, engine="polly") for code in CODES
)
_LINES = tuple(
    Attempt(epoch=0, attempt=n, outcome="dead_letter" if n == 3 else "retry", at=BEGAN, worker="host:1")
    for n in (1, 2, 3)
)
_JOB = Job(
    id="x",
    kind="tts",
    owner="owner",
    status=Status.QUEUED,
    request=Payload(inline={"text": ""}),
    request_digest="0" * 64,
    created_at=BEGAN,
    updated_at=BEGAN,
)


class ManyDead:
    """The twin of table, queue and dead-letter queue: a few bytes for each job, and each time that it died again."""

    def __init__(self, count: int, *, vendor_is_down: bool = False) -> None:
        self.count = count
        self.vendor_is_down = vendor_is_down
        self.is_dead = bytearray(b"\1" * count)
        self.died = array("q", range(count))
        """When, in milliseconds since all began."""
        self.died_again = array("I")
        """The numbers of those that have died again, in that order."""
        self.epochs = bytearray(count)
        self.sent = array("H", bytes(2 * count))
        self.gone = bytearray(count)
        self.hidden = 0
        """Messages that were received, and not put back since."""

    def job(self, number: int) -> Job:
        """Make a record, each part of it anew, as one that was read; not validated again, which is what takes long."""
        died = self.died_at(number)
        epoch, job_id = self.epochs[number], id_of(number)
        made: dict[str, Any] = {
            "id": job_id,
            "owner": f"owner-{number % 100}",
            "request": Payload.model_construct(inline={"text": f"Good morning! {number}" * 20}, key=None),
            "updated_at": died,
            "epoch": epoch,
            "history": tuple(line.model_copy(update={"at": died}) for line in _LINES),
        }
        if self.is_dead[number]:
            made |= {"status": Status.DEAD_LETTERED, "error": _ERRORS[number % len(CODES)].model_copy(), "attempt": 3}
            made |= {"open_shard": dead_shard("tts", job_id), "next_check_at": died, "finished_at": died}
        return _JOB.model_copy(update=made)

    def died_at(self, number: int) -> datetime:
        return BEGAN + timedelta(milliseconds=self.died[number])

    def dead_keys(self, kind: str, period: Period = Period()) -> Iterator[DeadKey]:  # noqa: B008 - a frozen value
        """Iterate over those that are dead when it comes to them; those that die again are behind all others."""
        for number in chain(range(self.count), self.died_again):
            key = DeadKey(self.died_at(number), id_of(number))
            if self.is_dead[number] and kind == "tts" and period.since <= key.died_at <= period.until:
                yield key

    def count_dead(self, kind: str) -> int:
        return self.is_dead.count(1) if kind == "tts" else 0

    def get_many(self, job_ids: Sequence[str]) -> list[Job]:
        return [self.job(number_of(job_id)) for job_id in dict.fromkeys(job_ids)]

    def apply(self, move: Move) -> Job:
        number = number_of(move.job_id)
        job = self.job(number)
        if unmet := move.unmet(job):
            raise RefusedError(move.name, job, unmet)
        self.epochs[number] += 1
        self.is_dead[number] = 0
        return move.apply_to(job)

    def send_batch(self, messages: Sequence[tuple[Envelope, str]]) -> None:
        for envelope, _ in messages:
            number = number_of(envelope.job_id)
            self.sent[number] += 1
            if self.vendor_is_down:
                self.is_dead[number] = 1
                self.died_again.append(number)
                self.died[number] = (NOW - BEGAN) // timedelta(milliseconds=1) + len(self.died_again)

    def send(self, envelope: Envelope, *, owner: str, delay_s: int = 0) -> None:
        self.send_batch([(envelope, owner)])

    def receive(self, kind: str, *, hide_s: int) -> list[DeadLetter]:
        first, self.hidden = self.hidden, min(self.count, self.hidden + 10)
        return [
            DeadLetter(
                id=f"message-{n}",
                receipt=f"{n}".ljust(400, "r"),
                body="",
                envelope=Envelope(job_id=id_of(n), kind=kind),
                reason={},
            )
            for n in range(first, self.hidden)
        ]

    def delete(self, kind: str, letters: Sequence[DeadLetter]) -> None:
        for letter in letters:
            self.gone[int(letter.receipt.rstrip("r"))] = 1

    def put_back(self, kind: str, receipts: Sequence[str]) -> None:
        self.hidden = 0

    def held(self, kind: str) -> Mapping[str, int]:
        return {"visible": self.gone.count(0)}


def id_of(number: int) -> str:
    return f"019ab000-0000-7000-8000-{number:012}"


def number_of(job_id: str) -> int:
    return int(job_id[-12:])


def run(many: ManyDead, report: Path, arguments: Sequence[str]) -> None:
    """Run a command, and write down what it has done."""
    # Not used, and yet there: boto3, its clients and what they know of AWS are a good part of the process.
    real = open_desk(Settings(_env_file=None, aws="local"))
    common.desk = lambda: memory_desk(jobs=many, queues=many, box=many, now=lambda: NOW)
    sys.argv = ["sayline", "dlq", *arguments]
    try:
        cli.run()
    except SystemExit as end:
        document = {
            "exit": end.code or 0,
            "dead": many.is_dead.count(1),
            "sent_once": sum(sent == 1 for sent in many.sent),
            "deleted": many.gone.count(1),
            "hidden": many.hidden,
            "most_mb": status_mb("VmHWM"),
            "has_boto3": "boto3" in sys.modules and real is not None,
        }
        report.write_text(json.dumps(document))


if __name__ == "__main__":
    many_dead = ManyDead(int(sys.argv[1]), vendor_is_down=sys.argv[2] == "down")
    run(many_dead, Path(sys.argv[3]), sys.argv[4:])
