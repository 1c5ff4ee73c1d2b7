"""The runner: claim -> run -> store -> finish, what follows -> settle the message; once for every kind.

delivery --claims--> job --handler--> result --finisher--> record --complete--> outcome
              |                 |                   |
              +-> outcome       +-> verdict --------+   (an error is a move as well)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from traceback import format_tb
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import ValidationError
from structlog.contextvars import bound_contextvars

from schemas import moves
from schemas.after import complete
from schemas.errors import PermanentError, UnavailableError
from schemas.job import Job
from schemas.status import Status
from workers.attempt import Attempt
from workers.delivery import SKEW
from workers.outcome import Hidden, Left, Outcome, Settled
from workers.retry import decide, describe
from workers.verdict import Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from schemas.kind import Request, Result
    from schemas.kinds import AnyKind
    from schemas.ports import Clock, JobStore, ObjectStore, Payloads
    from workers.claims import Claims
    from workers.delivery import Delivery
    from workers.ending import Ending
    from workers.finish import Finisher

log = structlog.get_logger(__name__)

#: How long a message waits, at most, when AWS could not even be asked about it; no attempt is burnt.
_UNAVAILABLE_HIDE_S = 15


@dataclass(frozen=True, kw_only=True)
class Runner:
    """Runs the jobs of a worker process."""

    kinds: Mapping[str, AnyKind]
    handler: Callable[[str], Callable[[Any, Any], Result]]
    engine: Callable[[str], Any]
    claims: Claims
    finisher: Finisher
    store: JobStore
    objects: ObjectStore
    payloads: Payloads
    ending: Ending
    clock: Clock
    random: Random

    def run(self, delivery: Delivery) -> Outcome:
        """Deal with a delivery, and say what becomes of its message."""
        envelope = delivery.envelope
        with bound_contextvars(job_id=envelope.job_id, kind=envelope.kind, epoch=envelope.epoch):
            try:
                taken = self.claims.take(delivery, self.kinds[envelope.kind])
                return self._run(taken, delivery) if isinstance(taken, Job) else taken
            except UnavailableError as error:
                log.warning("message_put_back", service=error.service, reason=error.reason)
                return Hidden(1 + int(self.random.uniform(0, _UNAVAILABLE_HIDE_S)), "unavailable")

    def _run(self, job: Job, delivery: Delivery) -> Outcome:
        with bound_contextvars(attempt=job.attempt, owner=job.owner):
            log.info("job_started", since_created_ms=_ms(self.clock() - job.created_at))
            holder = delivery.holder(job, self.kinds[job.kind])
            attempt = self._attempt(job)
            verdict = self._verdict(job, holder, delivery, attempt)
            finished = self.finisher.finish(verdict.move, holder, attempt)
            if finished is None:
                return Left()
            log.info("job_finished", status=finished.status, run_ms=_ms(self.clock() - delivery.received_at))
            return self._follow(finished, verdict, attempt, delivery)

    def _verdict(self, job: Job, holder: moves.Holder, delivery: Delivery, attempt: Attempt) -> Verdict:
        kind = self.kinds[job.kind]
        try:
            success = self._work(job, kind, attempt)
        except Exception as error:  # noqa: BLE001 - an engine may raise anything; what it means is decided in one place
            now = self.clock()
            held_s = (now - delivery.received_at).total_seconds()
            decision = decide(error, attempt=job.attempt, kind=kind, held_s=held_s, random=self.random)
            _log_failure(error, decision=type(decision).__name__)
            attempt.delete_files()
            return judge(error, decision, holder=holder, ending=self.ending, now=now)
        now = self.clock()
        return Verdict(moves.succeed(holder, success, end=self.ending.well(kind, now), now=now), Settled())

    def _work(self, job: Job, kind: AnyKind, attempt: Attempt) -> moves.Success:
        attempt.engine = self.engine(kind.name)
        result = self.handler(kind.name)(self._request(job, kind), attempt)
        return moves.Success(
            result=self.payloads.save(attempt.key("result.json"), result),
            files=attempt.files,
            engine=result.engine,
            model=result.model,
            usage=attempt.usage,
        )

    def _attempt(self, job: Job) -> Attempt:
        deadline = self.clock() + timedelta(seconds=self.kinds[job.kind].timeout_s)
        if job.lease:
            deadline = min(deadline, job.lease.until - SKEW)
        return Attempt(job, deadline=deadline, objects=self.objects, clock=self.clock)

    def _request(self, job: Job, kind: AnyKind) -> Request:
        try:
            request: Request = kind.request.model_validate(self.payloads.load(job.request))
        except ValidationError as error:
            fields = ", ".join(".".join(map(str, e["loc"])) for e in error.errors(include_input=False))
            raise PermanentError("invalid_request", f"The request is not valid any more: {fields}.") from None
        return request

    def _follow(self, job: Job, verdict: Verdict, attempt: Attempt, delivery: Delivery) -> Outcome:
        if job.status is Status.DEAD_LETTERED:
            return self.claims.settle_dead(job, delivery)
        if job.status.is_final:
            attempt.delete_leftovers()
        complete(self.store, job)
        return verdict.outcome if job.status is verdict.move.target else Settled()


def _log_failure(error: Exception, *, decision: str) -> None:
    """Log an attempt's error; of an unknown one the frames as well, not its message: it may quote the request."""
    reason = describe(error)
    frames = format_tb(error.__traceback__) if reason.code == "unexpected_error" else []
    say = log.warning if reason.retryable else log.info
    say("attempt_failed", code=reason.code, decision=decision, error=type(error).__name__, frames=frames)


def _ms(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1000)
