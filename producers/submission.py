"""Taking a job in: files and request saved, record created, message sent; 202 stands on what is durable by then.

    save files, request ---- create record ---- send message ---- 202
            |                      |                 |
        no answer              no answer         no answer: withdraw --- taken back ------> 503
            |                      |                            |------- a worker has it -> 202, the answer was lost
           503              withdraw, 503                       `------- no answer: look -> 202 if it stands, else 503

A file lies under a key made from its content: what a submission leaves that came to nothing, the next one overwrites.

With an idempotency key the id is derived from owner and key, so creating the record is the lock. A request that finds
the record there vouches for it, by a conditional write, before it answers: what is vouched for can't be withdrawn.

    request A  --create---send fails----------------withdraw --X vouched for: 202, the clock sends it
    request B  --------------------create: exists, vouch, send, 202--

    request A  --create---send fails---withdraw, 503--
    request B  ---------create: exists-------------vouch --X gone: create, send, 202--
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from producers.files import Files, UnusableFilesError
from producers.ids import derived_id
from schemas.errors import ExistsError, UnavailableError
from schemas.files import upload_key
from schemas.job import Job, open_shard, parked_shard
from schemas.ports import LONGEST_DELAY_S
from schemas.retention import REQUESTS_PREFIX
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from producers.files import Upload
    from producers.sending import Sender
    from schemas.kind import Request
    from schemas.kinds import AnyKind
    from schemas.ports import Clock, JobStore, Payloads

#: Rounds of finding a record that is gone a moment later.
_ROUNDS = 3
#: A job is taken in no longer before its time than this.
LONGEST_AHEAD = timedelta(days=365)


class KeyReusedError(Exception):
    """The idempotency key belongs to another request."""


class NotInTimeError(ValueError):
    """A job is asked for at a time that is over, or too far away; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a caller asks for."""

    owner: str
    kind: AnyKind
    request: Request
    idempotency_key: str | None = None
    trace: str | None = None
    run_at: datetime | None = None
    """When the job is to start; None for now."""
    uploads: tuple[Upload, ...] = ()
    """Files that have come with it; all others that the request names are there, or it is refused."""

    @property
    def due_at(self) -> datetime | None:
        """The time as a record keeps it: UTC, whole milliseconds."""
        if self.run_at is None:
            return None
        return self.run_at.astimezone(UTC).replace(microsecond=self.run_at.microsecond // 1000 * 1000)

    @property
    def digest(self) -> str:
        """SHA-256 of kind, request and time in canonical JSON; a default that is spelled out makes no difference."""
        asked = {"kind": self.kind.name, "request": self.request.model_dump(mode="json", exclude_defaults=True)}
        if self.due_at:
            asked["run_at"] = self.due_at.isoformat()
        text = json.dumps(asked, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Accepted:
    """A job that will be done; replayed where the idempotency key had led to it before."""

    job: Job
    replayed: bool = False


#: What became of one submission of many: a job, or why there is none.
Answer = Accepted | KeyReusedError | NotInTimeError | UnusableFilesError | UnavailableError


@dataclass(frozen=True, kw_only=True)
class Submissions:
    """Takes jobs in."""

    jobs: JobStore
    payloads: Payloads
    sender: Sender
    now: Clock
    new_id: Callable[[], str]
    check_after: timedelta

    def accept(self, submission: Submission) -> Accepted:
        """Make the job durable and send its message.

        Raises:
            KeyReusedError: the idempotency key belongs to another request.
            NotInTimeError: the job is asked for at a time that can't be kept.
            UnusableFilesError: a file that the request names is not there, or not to be used.
            UnavailableError: nothing was promised; the same again is safe with an idempotency key.
        """
        accepted = self._recorded(submission)
        if not accepted.replayed and accepted.job.status is Status.QUEUED:
            self.sender.send_or_withdraw(accepted.job)
        return accepted

    def submit_many(self, submissions: Sequence[Submission]) -> list[Answer]:
        """Take many jobs in, each by itself as `accept` does, but with one request to the queue for ten of them."""
        answers = [self._tried(submission) for submission in submissions]
        new = [a.job for a in answers if isinstance(a, Accepted) and not a.replayed and a.job.status is Status.QUEUED]
        refused = self.sender.send_all(new)
        return [refused.get(a.job.id, a) if isinstance(a, Accepted) and not a.replayed else a for a in answers]

    def _tried(self, submission: Submission) -> Answer:
        try:
            return self._recorded(submission)
        except (KeyReusedError, NotInTimeError, UnusableFilesError, UnavailableError) as error:
            return error

    def _recorded(self, submission: Submission) -> Accepted:
        """Make the record, or find the one that was made under the key before."""
        self._refuse_other_times(submission)
        self._refuse_unusable_files(submission)
        self._save_files(submission)
        for _ in range(_ROUNDS):
            job = self._record(submission)
            try:
                self.jobs.create(job)
            except ExistsError as error:
                existing = self._vouched(job, error.existing)
                if existing:
                    return Accepted(existing, replayed=True)
                continue
            except UnavailableError:
                if submission.idempotency_key is None:  # else what stands may be another request's
                    self.sender.give_up(job)
                raise
            return Accepted(job)
        raise UnavailableError("API", "requests with the same key outran each other")

    def _refuse_other_times(self, submission: Submission) -> None:
        now, run_at = self.now(), submission.run_at
        if run_at is None or now <= run_at <= now + LONGEST_AHEAD:
            return
        if not self._was_accepted(submission):
            raise NotInTimeError("in_the_past" if run_at < now else "too_far_ahead")

    def _refuse_unusable_files(self, submission: Submission) -> None:
        files = Files(owner=submission.owner, jobs=self.jobs, objects=self.sender.objects)
        brought = {upload.ref for upload in submission.uploads}
        errors = tuple(files.unusable(submission.kind, submission.request, brought=brought))
        if errors and not self._was_accepted(submission):
            raise UnusableFilesError(errors)

    def _save_files(self, submission: Submission) -> None:
        for upload in submission.uploads:
            self.sender.objects.put(upload_key(upload.ref, submission.owner), upload.file, mime=upload.mime)

    def _was_accepted(self, submission: Submission) -> bool:
        """Whether it comes again: what was in time, or there, at first need not be any more."""
        if submission.idempotency_key is None:
            return False
        existing = self.jobs.get(derived_id(submission.owner, submission.idempotency_key))
        return existing is not None and existing.request_digest == submission.digest

    def _record(self, submission: Submission) -> Job:
        # The object's key is new even where the job's id is not: a refused request overwrites and deletes no other's.
        fresh, kind, now = self.new_id(), submission.kind.name, self.now()
        key, due_at = submission.idempotency_key, submission.due_at
        job_id = fresh if key is None else derived_id(submission.owner, key)
        # Longer than a message can be delayed, the record alone waits, and the clock sends the message.
        parked = due_at is not None and due_at - now > timedelta(seconds=LONGEST_DELAY_S)
        return Job(
            id=job_id,
            kind=kind,
            owner=submission.owner,
            status=Status.SCHEDULED if parked else Status.QUEUED,
            request=self.payloads.save(f"{REQUESTS_PREFIX}/{fresh}.json", submission.request),
            submission=None if key is None else fresh,
            request_digest=submission.digest,
            created_at=now,
            updated_at=now,
            due_at=due_at,
            trace=submission.trace,
            open_shard=parked_shard(kind) if parked else open_shard(kind, job_id),
            next_check_at=due_at if parked else (due_at or now) + self.check_after,
        )

    def _vouched(self, job: Job, existing: Job) -> Job | None:
        """Return the job that was accepted under the key before; None where it was withdrawn or begun meanwhile."""
        self.sender.discard(job.request)
        if (existing.owner, existing.request_digest) != (job.owner, job.request_digest):
            raise KeyReusedError
        if existing.status is not Status.QUEUED or existing.version:
            return existing
        now = self.now()
        next_check_at = max(now, existing.due_at or now) + self.check_after
        if not existing.checks and not self.jobs.postpone_check(existing, next_check_at):
            return None
        # Whoever created it may have died before sending; a second message finds the job taken or done.
        vouched = existing if existing.checks else existing.model_copy(update={"next_check_at": next_check_at})
        self.sender.send_or_hasten(vouched)
        return existing
