"""Every move of a job, by its builder.

Both stores interpret the same data: the DynamoDB store as one conditional `UpdateItem` without a read, the in-memory
twin by `apply_to`. Nothing else changes a record.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from schemas.conditions import Facts
from schemas.errors import WORKER_LOST
from schemas.job import Attempt, Job, JobError, Lease, Progress, dead_shard, open_shard, parked_shard
from schemas.move import Change, Move
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.job import After, Payload
    from schemas.usage import Usage

#: How long what follows a job's end may take before the clock does it.
AFTER_PATIENCE = timedelta(minutes=1)

#: What is of the attempt that runs, and goes with it.
_OF_THE_ATTEMPT = ("lease", "progress")


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The delivery that runs a job: what its moves rest on, and what they write into the history."""

    job_id: str
    kind: str
    epoch: int
    attempt: int
    token: str
    worker: str
    max_attempts: int

    def facts(self, now: datetime) -> Facts:
        """Return the facts of a move of the holder's."""
        return Facts(now=now, epoch=self.epoch, token=self.token, max_attempts=self.max_attempts)

    def was_cancelled(self, job: Job) -> bool:
        """Whether the record says that the holder still runs the job, and is to stop."""
        return bool(job.cancel_requested and job.lease and job.lease.token == self.token)

    def line(self, move: str, now: datetime, code: str | None = None) -> Attempt:
        """Return the history's line for the end of this attempt."""
        return Attempt(epoch=self.epoch, attempt=self.attempt, outcome=move, at=now, worker=self.worker, code=code)


@dataclass(frozen=True, kw_only=True)
class End:
    """What is written at a job's end, whichever it is."""

    expires_at: datetime
    after: Mapping[str, After] = field(default_factory=dict)
    shard: str | None = None
    """Partition of the open index in which it is found from now on, by the time of its end."""

    def puts(self, now: datetime) -> dict[str, Any]:
        """Return the fields that say that it is over; it stays in the open index while something follows."""
        # Whole seconds, as the table keeps it: what is read back must equal what was written (`Move.took_effect`).
        ended: dict[str, Any] = {"finished_at": now, "expires_at": self.expires_at.replace(microsecond=0)}
        if self.after:
            ended |= {"after": dict(self.after), "next_check_at": now + AFTER_PATIENCE}
        elif self.shard:
            ended |= {"open_shard": self.shard, "next_check_at": now}
        return ended

    def removes(self, *more: str) -> frozenset[str]:
        """Return the fields that go."""
        index = () if self.after or self.shard else ("open_shard", "next_check_at")
        return frozenset((*index, "due_at", *more))

    def of_dead(self, kind: str, job_id: str) -> End:
        """Return the end of a job that an operator will look for."""
        return replace(self, shard=dead_shard(kind, job_id))


@dataclass(frozen=True, kw_only=True)
class Amended:
    """What an operator has changed of a job that is to run again."""

    kind: str
    request: Payload
    """The digest stays that of the request as it came: an idempotency key that is repeated still leads to the job."""


def claim(job_id: str, *, epoch: int, lease: Lease, now: datetime) -> Move:
    """Begin an attempt of a job that waits."""
    change = Change(put={"lease": lease, "started_at": now}, add={"attempt": 1}, remove=frozenset({"due_at"}))
    return Move("claim", job_id, Facts(now=now, epoch=epoch), change)


def take_over(job: Job, *, lease: Lease, max_attempts: int, now: datetime) -> Move:
    """Begin the next attempt of a job whose worker has died."""
    change = Change(
        put={"lease": lease, "started_at": now},
        add={"attempt": 1},
        remove=frozenset({"progress"}),
        append=_lost(job, "take_over", now),
    )
    return Move("take_over", job.id, Facts(now=now, epoch=job.epoch, max_attempts=max_attempts), change)


def bury(job: Job, *, error: JobError, max_attempts: int, end: End, now: datetime) -> Move:
    """Dead-letter a job whose last attempt's worker has died."""
    end = end.of_dead(job.kind, job.id)
    change = Change(
        put={"error": error, **end.puts(now)}, remove=end.removes(*_OF_THE_ATTEMPT), append=_lost(job, "bury", now)
    )
    return Move("bury", job.id, Facts(now=now, epoch=job.epoch, max_attempts=max_attempts), change)


def drop(job: Job, *, end: End, now: datetime) -> Move:
    """End a job whose owner has asked for it, and whose worker has died."""
    change = Change(put=end.puts(now), remove=end.removes(*_OF_THE_ATTEMPT, "error"), append=_lost(job, "drop", now))
    return Move("drop", job.id, Facts(now=now, epoch=job.epoch), change)


def _lost(job: Job, move: str, now: datetime) -> Attempt:
    worker = job.lease.worker if job.lease else None
    return Attempt(epoch=job.epoch, attempt=job.attempt, outcome=move, at=now, worker=worker, code=WORKER_LOST)


def extend(job_id: str, lease: Lease, *, now: datetime) -> Move:
    """Keep a job that runs, under the same lease, until the lease given says.

    A lease that has run out is extended as well, as long as nobody has taken the job over: it still runs. The record
    isn't asked whether it was longer before; a holder's heartbeats follow one another.
    """
    return Move("extend", job_id, Facts(now=now, token=lease.token), Change(put={"lease": lease}))


def report(holder: Holder, progress: Progress, *, now: datetime) -> Move:
    """Say how far the attempt has come; refused where it is to stop."""
    return Move("report", holder.job_id, holder.facts(now), Change(put={"progress": progress}))


@dataclass(frozen=True, kw_only=True)
class Success:
    """What a successful attempt leaves."""

    result: Payload
    files: Mapping[str, str]
    engine: str
    model: str
    usage: Usage | None = None

    def puts(self) -> dict[str, Any]:
        """Return the fields as they are written."""
        fields: dict[str, Any] = {"result": self.result, "engine": self.engine, "model": self.model}
        if self.files:
            fields["files"] = dict(self.files)
        if self.usage:
            fields["usage"] = self.usage
        return fields


def succeed(holder: Holder, success: Success, *, end: End, now: datetime) -> Move:
    """End the job with its result, and with what follows it, in one write."""
    change = Change(
        put={**success.puts(), **end.puts(now)},
        remove=end.removes(*_OF_THE_ATTEMPT, "error"),
        append=holder.line("succeed", now),
    )
    return Move("succeed", holder.job_id, holder.facts(now), change)


def fail(holder: Holder, error: JobError, *, end: End, now: datetime) -> Move:
    """End the job: no attempt will succeed."""
    return _end_with_error("fail", holder, error, end=end, now=now)


def dead_letter(holder: Holder, error: JobError, *, end: End, now: datetime) -> Move:
    """End the job after its last attempt; the message goes to the dead-letter queue next."""
    end = end.of_dead(holder.kind, holder.job_id)
    return _end_with_error("dead_letter", holder, error, end=end, now=now)


def _end_with_error(name: str, holder: Holder, error: JobError, *, end: End, now: datetime) -> Move:
    change = Change(
        put={"error": error, **end.puts(now)},
        remove=end.removes(*_OF_THE_ATTEMPT),
        append=holder.line(name, now, error.code),
    )
    return Move(name, holder.job_id, holder.facts(now), change)


def retry(holder: Holder, error: JobError, *, now: datetime) -> Move:
    """Wait for another attempt; the same message comes back when its backoff is over."""
    line = holder.line("retry", now, error.code)
    change = Change(put={"error": error}, remove=frozenset(_OF_THE_ATTEMPT), append=line)
    return Move("retry", holder.job_id, holder.facts(now), change)


def park(holder: Holder, error: JobError, *, due_at: datetime, now: datetime) -> Move:
    """Wait longer than a message can be hidden: the clock sends another one when it is due."""
    change = Change(
        put={
            "error": error,
            "due_at": due_at,
            "next_check_at": due_at,
            "open_shard": parked_shard(holder.kind),
        },
        remove=frozenset(_OF_THE_ATTEMPT),
        append=holder.line("park", now, error.code),
    )
    return Move("park", holder.job_id, holder.facts(now), change)


def hand_back(holder: Holder, *, now: datetime) -> Move:
    """Give the job, and its attempt, back unfinished."""
    line = holder.line("hand_back", now)
    change = Change(add={"attempt": -1}, remove=frozenset(_OF_THE_ATTEMPT), append=line)
    return Move("hand_back", holder.job_id, holder.facts(now), change)


def wait(holder: Holder, *, since: datetime, now: datetime) -> Move:
    """Give the job, and its attempt, back until another job is over; it has had to wait since then.

    No line in the history: there may be dozens of these.
    """
    change = Change(put={"waiting_since": since}, add={"attempt": -1}, remove=frozenset(_OF_THE_ATTEMPT))
    return Move("wait", holder.job_id, holder.facts(now), change)


def stop(holder: Holder, *, end: End, now: datetime) -> Move:
    """End a running job whose owner has asked for it."""
    removed = end.removes(*_OF_THE_ATTEMPT, "error")
    change = Change(put=end.puts(now), remove=removed, append=holder.line("stop", now))
    return Move("stop", holder.job_id, holder.facts(now), change)


def cancel(job_id: str, *, end: End, now: datetime) -> Move:
    """End a job that waits."""
    return Move("cancel", job_id, Facts(now=now), Change(put=end.puts(now), remove=end.removes("error")))


def request_cancel(job_id: str, *, now: datetime) -> Move:
    """Ask the worker that runs the job to stop."""
    return Move("request_cancel", job_id, Facts(now=now), Change(put={"cancel_requested": True}))


def release(job: Job, *, next_check_at: datetime, now: datetime) -> Move:
    """Queue a scheduled job whose time has come; the message is sent next."""
    index = {"next_check_at": next_check_at, "open_shard": open_shard(job.kind, job.id)}
    change = Change(put={**index, "queued_at": now, "checks": 0}, remove=frozenset({"due_at"}))
    return Move("release", job.id, Facts(now=now), change)


def redrive(
    job: Job,
    *,
    next_check_at: datetime,
    now: datetime,
    amended: Amended | None = None,
    redrive_id: str | None = None,
) -> Move:
    """Begin the next epoch of a job that has ended badly, be it with another request; the message is sent next.

    An operator's redrive is written down by its id: what has become of it can be told from the records alone. It is of
    dead letters alone: one that another operator has given up since it was read stays so.
    """
    change = Change(
        put={
            **(vars(amended) if amended else {}),
            **({"redrives": {**(job.redrives or {}), redrive_id: job.epoch + 1}} if redrive_id else {}),
            "next_check_at": next_check_at,
            "open_shard": open_shard(amended.kind if amended else job.kind, job.id),
            "queued_at": now,
            "attempt": 0,
            "checks": 0,
            "cancel_requested": False,
        },
        add={"epoch": 1},
        remove=frozenset({"error", "finished_at", "started_at", "expires_at", "waiting_since"}),
    )
    facts = Facts(now=now, epoch=job.epoch, status=Status.DEAD_LETTERED if redrive_id else None)
    return Move("redrive", job.id, facts, change)


def forget(job_id: str, *, now: datetime) -> Move:
    """Have a job that has succeeded know no more of what it has made; the files are deleted next. Again is safe."""
    change = Change(put={"forgotten_at": now}, remove=frozenset({"result", "files"}))
    return Move("forget", job_id, Facts(now=now), change)
