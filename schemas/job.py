"""The record of a job: one DynamoDB item, the only truth about it."""

from __future__ import annotations

import hashlib
from datetime import datetime  # noqa: TC003 - pydantic reads it
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from schemas.images import Category
from schemas.model import Model
from schemas.reply.levels import Band, Level
from schemas.status import Status
from schemas.trace import traced
from schemas.usage import Usage

#: The open index is spread over this many partitions per kind, so that no partition takes every write of a busy kind.
OPEN_SHARDS = 4

#: Longest note on the progress of a job.
NOTE_MAX_CHARS = 200
#: Longest part of an answer that is shown before its end.
PARTIAL_MAX_CHARS = 2_000

JsonObject = dict[str, Any]
Count = Annotated[int, Field(ge=0)]


class Payload(Model):
    """A JSON document: in the record while it is small, else under a key of the bucket (claim check)."""

    inline: JsonObject | None = None
    key: str | None = None


class Lease(Model):
    """Who runs the job, until when nobody else may."""

    token: str
    """Hash of the receipt handle of the delivery that runs."""
    until: AwareDatetime
    worker: str


class JobError(Model):
    """Why an attempt, or the job, did not succeed."""

    code: str
    message: str
    retryable: bool
    engine: str | None = None


class Progress(Model):
    """How far the attempt that runs has come, as its handler says."""

    fraction: Annotated[float, Field(ge=0, le=1)] | None = None
    """0 to 1; null where nobody can tell."""
    note: Annotated[str, Field(max_length=NOTE_MAX_CHARS)] | None = None
    """What it is at: a short code or sentence, with nothing of the owner's text in it."""
    partial: Annotated[str, Field(max_length=PARTIAL_MAX_CHARS)] | None = None
    """The answer as far as it is there, of a kind that writes one."""
    at: AwareDatetime
    """When it was said."""


class Attempt(Model):
    """One line of the job's history."""

    epoch: Count
    attempt: Count
    outcome: str
    """The move that ended the attempt."""
    at: AwareDatetime
    worker: str | None = None
    code: str | None = None
    """The error's code, where it was one."""


class CountAfter(Model):
    """Add `by` to the owner's counter `name` of `day`."""

    type: Literal["count"] = "count"
    name: str
    by: int
    day: str
    """UTC date, ISO 8601."""


class TurnAfter(Model):
    """Have a conversation of the owner's be at this turn; nothing is done where it was deleted meanwhile."""

    type: Literal["turn"] = "turn"
    conversation: str
    turn: Annotated[int, Field(ge=1)]
    key: str
    """Where the history up to this turn lies."""
    level: Level
    role: str
    topic: str | None = None


class ImageAfter(Model):
    """Have the picture that the job has made be found by its owner: write its text mapping."""

    type: Literal["image"] = "image"
    description: str
    category: Category
    difficulty: Band
    keywords: tuple[str, ...]
    files: dict[str, str]
    """Keys in the bucket, by their sizes."""
    expires_at: AwareDatetime
    """When the files are no longer promised to be there; whole seconds."""


After = Annotated[CountAfter | TurnAfter | ImageAfter, Field(discriminator="type")]
"""Something that follows the job's end, written with it; whoever comes next does it and removes it, in one
transaction."""


class Job(Model):
    """A job, from its acceptance to its end."""

    id: str
    kind: str
    owner: str
    status: Status
    version: Count = 0
    """Grows by one with every write."""
    epoch: Count = 0
    """How many times it was redriven."""
    redrives: dict[str, Count] | None = None
    """Which of the operators' redrives have run it again, each with the epoch that it began."""
    attempt: Count = 0
    """Attempts begun in this epoch."""
    lease: Lease | None = None
    request: Payload
    result: Payload | None = None
    files: dict[str, str] = Field(default_factory=dict)
    """The result's files: name to key."""
    error: JobError | None = None
    progress: Progress | None = None
    """How far the attempt that runs has come; of no attempt that is over."""
    history: tuple[Attempt, ...] = ()
    after: dict[str, After] = Field(default_factory=dict)
    created_at: AwareDatetime
    updated_at: AwareDatetime
    started_at: AwareDatetime | None = None
    """When the latest attempt began."""
    finished_at: AwareDatetime | None = None
    forgotten_at: AwareDatetime | None = None
    """When its owner has deleted what it had made: result and files are gone."""
    waiting_since: AwareDatetime | None = None
    """When, in this epoch, it first had to wait for another job; absent where it never had to."""
    due_at: AwareDatetime | None = None
    """When a job is to start that was asked for later: a scheduled one is queued then, the message of a queued one is
    delivered then. Gone with its first attempt."""
    queued_at: AwareDatetime | None = None
    """When it was queued again: run again after its end, or its time come; absent where it has been since it came."""
    submission: str | None = None
    """Which of the submissions with the same idempotency key has made the record."""
    request_digest: str
    """SHA-256 of the canonical request: tells a repeated idempotency key from a reused one."""
    flow: str | None = None
    step: str | None = None
    trace: str | None = None
    """W3C `traceparent` of the request that made it."""
    engine: str | None = None
    model: str | None = None
    usage: Usage | None = None
    cancel_requested: bool = False
    open_shard: str | None = None
    """Partition of the open index; absent once nothing is left to do, neither by a worker nor by an operator."""
    next_check_at: AwareDatetime | None = None
    """When the clock looks at it, should nobody else have; of a dead-lettered one, when it died."""
    checks: Count = 0
    """How often the clock has found it late."""
    expires_at: AwareDatetime | None = None
    """When the record may be deleted; set at its end."""

    @property
    def is_open(self) -> bool:
        """Whether something is left to do: the work, or what follows it."""
        return not self.status.is_final or bool(self.after)

    @property
    def is_indexed(self) -> bool:
        """Whether it is found in the open index: it is open, or an operator has to decide about it."""
        return self.is_open or self.status is Status.DEAD_LETTERED

    @property
    def run(self) -> str:
        """Name job and epoch: what is the same for each of an epoch's attempts, and for no other."""
        return f"{self.id}-{self.epoch}"

    @property
    def begins_at(self) -> datetime:
        """When it was to begin: how long it waits is counted from then."""
        return self.due_at or self.queued_at or self.created_at

    def at_rest(self) -> dict[str, Any]:
        """Return where the open index has a finished job that nothing follows: among the dead letters, or nowhere."""
        if self.status is Status.DEAD_LETTERED:
            return {"open_shard": dead_shard(self.kind, self.id), "next_check_at": self.finished_at}
        return {"open_shard": None, "next_check_at": None}

    def lease_expired(self, now: datetime) -> bool:
        """Whether another may take the job over."""
        return self.lease is None or self.lease.until < now

    def log_context(self) -> dict[str, str | int]:
        """Return what every log line about the job carries; nothing of its content."""
        about = {"job_id": self.id, "kind": self.kind, "owner": self.owner, **traced(self.trace)}
        return {**about, "epoch": self.epoch, "attempt": self.attempt}


def open_shard(kind: str, job_id: str) -> str:
    """Return the partition of the open index that the job belongs to, `kind#N`."""
    return f"{kind}#{hashlib.sha256(job_id.encode()).digest()[0] % OPEN_SHARDS}"


def dead_shard(kind: str, job_id: str) -> str:
    """Return the partition of the open index in which the job is found while it is dead-lettered, `kind#dead#N`."""
    _, _, number = open_shard(kind, job_id).rpartition("#")
    return f"{kind}#dead#{number}"


def dead_shards(kind: str) -> tuple[str, ...]:
    """Return the partitions of a kind's dead-lettered jobs, sorted by when they died; the clock doesn't look there."""
    return tuple(f"{kind}#dead#{n}" for n in range(OPEN_SHARDS))


def parked_shard(kind: str) -> str:
    """Return the partition of a kind's scheduled jobs: they wait for their time, and not for a message."""
    return f"{kind}#parked"


def open_shards(kind: str) -> tuple[str, ...]:
    """Return the partitions of the open index in which a kind's jobs have a message, or should have one."""
    return tuple(f"{kind}#{n}" for n in range(OPEN_SHARDS))
