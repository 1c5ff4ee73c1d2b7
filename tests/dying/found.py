"""What an independent look finds, at any moment: every job somewhere, and nowhere twice.

It reads the records, and the queues through the emulator's own window, which receives nothing:

    dead-lettered@e    its letter of e is in the dead-letter queue, no message of e in the queue
    queued@e           its message of e is in the queue; or whoever began e has died before sending: then its letter of
                       e-1 is there still, and the clock has it on its list
    failed@e           it was given up: a file has it, on a whole line
    succeeded@e        a worker has recorded its result, once
    any@e              no letter and no message is of a later epoch
"""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx2

from schemas.envelope import UnreadableMessageError, from_message
from schemas.job import open_shard
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from schemas.job import Job

Epochs = defaultdict[str, list[int]]


@dataclass(frozen=True)
class Found:
    """How many of each."""

    dead: int
    begun: int
    """Those of a later epoch than their first."""
    unsent: int
    """Begun and unclaimed, without a message."""
    given_up: int
    succeeded: int
    letters: int
    messages: int

    @property
    def moved(self) -> int:
        """Records that were changed."""
        return self.begun + self.given_up


def messages(port: int, url: str) -> list[Any]:
    """Return all messages on a queue, hidden ones too; none is received by that."""
    answer = httpx2.get(f"http://127.0.0.1:{port}/_ministack/sqs/messages?QueueUrl={quote(url, safe='')}")
    accounts: dict[str, dict[str, dict[str, list[Any]]]] = answer.raise_for_status().json()["messages"]
    return [each for regions in accounts.values() for queues in regions.values() for q in queues.values() for each in q]


def epochs(bodies: Iterable[str]) -> Epochs:
    """Return the epochs of messages by job; those that are none of ours have none."""
    found: Epochs = defaultdict(list)
    for body in bodies:
        with suppress(UnreadableMessageError):
            envelope = from_message(body)
            found[envelope.job_id].append(envelope.epoch)
    return found


def check(
    jobs: Iterable[Job], *, letters: Epochs, waiting: Epochs, filed: Collection[str], results: Mapping[str, int]
) -> Found:
    """Check each job, and count."""
    jobs, unsent = list(jobs), 0
    for job in jobs:
        dead, sent = letters[job.id], waiting[job.id]
        assert all(epoch <= job.epoch for epoch in (*dead, *sent)), f"{job.id}: a message is ahead of its record"
        match job.status:
            case Status.DEAD_LETTERED:
                assert job.epoch in dead, f"{job.id}: dead-lettered, and its letter is lost"
                assert job.epoch not in sent, f"{job.id}: in the dead-letter queue and in the queue"
            case Status.QUEUED if job.epoch not in sent:
                unsent += 1
                assert job.epoch - 1 in dead, f"{job.id}: neither its message nor its letter is there"
                assert (job.open_shard, bool(job.next_check_at)) == (open_shard(job.kind, job.id), True)
            case Status.FAILED:
                assert job.id in filed, f"{job.id}: given up, and in no file"
            case Status.SUCCEEDED:
                assert results.get(job.id) == 1, f"{job.id}: {results.get(job.id)} results"
            case _:
                assert job.status is Status.QUEUED, f"{job.id}: {job.status}"
    of = [job.status for job in jobs]
    return Found(
        dead=of.count(Status.DEAD_LETTERED),
        begun=sum(job.epoch > 0 for job in jobs),
        unsent=unsent,
        given_up=of.count(Status.FAILED),
        succeeded=of.count(Status.SUCCEEDED),
        letters=sum(map(len, letters.values())),
        messages=sum(map(len, waiting.values())),
    )


def whole_lines(file: Path) -> set[str]:
    """Return the jobs that a file has; a line that was cut off is none."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    return {json.loads(line)["job"]["id"] for line in lines if line.endswith("\n")}
