"""Taking a job in: request saved, record created, message sent; 202 stands on what is durable by then.

    save request ---- create record ---- send message ---- 202
         |                  |                 |
     no answer          no answer         no answer: withdraw --- taken back ------> 503
         |                  |                            |------- a worker has it -> 202, the answer was lost
        503          withdraw, 503                       `------- no answer: look -> 202 if it stands, else 503

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
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from producers.ids import derived_id
from schemas.envelope import Envelope
from schemas.errors import ExistsError, UnavailableError
from schemas.job import Job, open_shard
from schemas.retention import REQUESTS_PREFIX
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.job import Payload
    from schemas.kind import Request
    from schemas.kinds import AnyKind
    from schemas.ports import Clock, Enqueuer, JobStore, ObjectStore, Payloads

#: Rounds of finding a record that is gone a moment later.
_ROUNDS = 3
#: When the clock looks at a job whose message could not be sent.
RESEND_AFTER = timedelta(seconds=10)

log = structlog.get_logger(__name__)


class KeyReusedError(Exception):
    """The idempotency key belongs to another request."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a caller asks for."""

    owner: str
    kind: AnyKind
    request: Request
    idempotency_key: str | None = None
    trace: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of kind and request in canonical JSON; a default that is spelled out makes no difference."""
        asked = {"kind": self.kind.name, "request": self.request.model_dump(mode="json", exclude_defaults=True)}
        text = json.dumps(asked, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Accepted:
    """A job that will be done; replayed where the idempotency key had led to it before."""

    job: Job
    replayed: bool = False


@dataclass(frozen=True, kw_only=True)
class Submissions:
    """Takes jobs in."""

    jobs: JobStore
    payloads: Payloads
    objects: ObjectStore
    queue: Enqueuer
    now: Clock
    new_id: Callable[[], str]
    check_after: timedelta

    def accept(self, submission: Submission) -> Accepted:
        """Make the job durable and send its message.

        Raises:
            KeyReusedError: the idempotency key belongs to another request.
            UnavailableError: nothing was promised; the same again is safe with an idempotency key.
        """
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
                    self._give_up(job)
                raise
            self._send_or_withdraw(job)
            return Accepted(job)
        raise UnavailableError("API", "requests with the same key outran each other")

    def _record(self, submission: Submission) -> Job:
        # The object's key is new even where the job's id is not: a refused request overwrites and deletes no other's.
        fresh, kind, now = self.new_id(), submission.kind.name, self.now()
        key = submission.idempotency_key
        job_id = fresh if key is None else derived_id(submission.owner, key)
        return Job(
            id=job_id,
            kind=kind,
            owner=submission.owner,
            status=Status.QUEUED,
            request=self.payloads.save(f"{REQUESTS_PREFIX}/{fresh}.json", submission.request),
            request_digest=submission.digest,
            created_at=now,
            updated_at=now,
            trace=submission.trace,
            open_shard=open_shard(kind, job_id),
            next_check_at=now + self.check_after,
        )

    def _vouched(self, job: Job, existing: Job) -> Job | None:
        """Return the job that was accepted under the key before; None where it was withdrawn or begun meanwhile."""
        self._discard(job.request)
        if (existing.owner, existing.request_digest) != (job.owner, job.request_digest):
            raise KeyReusedError
        if existing.status is not Status.QUEUED or existing.version:
            return existing
        next_check_at = self.now() + self.check_after
        if not existing.checks and not self.jobs.postpone_check(existing, next_check_at):
            return None
        # Whoever created it may have died before sending; a second message finds the job taken or done.
        vouched = existing if existing.checks else existing.model_copy(update={"next_check_at": next_check_at})
        try:
            self._send(vouched)
        except UnavailableError:
            self._hasten(vouched)
        return existing

    def _send(self, job: Job) -> None:
        envelope = Envelope(job_id=job.id, kind=job.kind, epoch=job.epoch, traceparent=job.trace)
        try:
            self.queue.send(envelope, owner=job.owner)
        except UnavailableError as error:
            log.warning("message_not_sent", **job.log_context(), service=error.service, reason=error.reason)
            raise

    def _send_or_withdraw(self, job: Job) -> None:
        """Send the job's message, or leave that to the clock; raise only if no record stands."""
        try:
            self._send(job)
        except UnavailableError:
            if not self._stands(job):
                raise
            self._hasten(job)

    def _stands(self, job: Job) -> bool:
        """Try to take the record back; return whether it stands nevertheless."""
        try:
            gone = self.jobs.withdraw(job.id)
        except UnavailableError:
            # It may have been deleted and only the answer lost: a 202 needs to know.
            gone = self.jobs.get(job.id) is None
        if gone:
            self._discard(job.request)
        return not gone

    def _give_up(self, job: Job) -> None:
        """Take back a record that may have been written, its answer lost; else the clock would have it done."""
        try:
            if self.jobs.withdraw(job.id):
                self._discard(job.request)
        except UnavailableError as error:
            log.warning("record_may_stand", **job.log_context(), service=error.service, reason=error.reason)

    def _hasten(self, job: Job) -> None:
        try:
            self.jobs.postpone_check(job, self.now() + RESEND_AFTER)
        except UnavailableError as error:
            log.warning("check_not_hastened", **job.log_context(), service=error.service, reason=error.reason)

    def _discard(self, request: Payload) -> None:
        """Delete the object of a request that no record refers to; its retention does it where this fails."""
        if request.key is None:
            return
        try:
            self.objects.delete([request.key])
        except UnavailableError as error:
            log.warning("request_object_left", key=request.key, service=error.service, reason=error.reason)
