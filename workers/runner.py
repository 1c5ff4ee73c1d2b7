"""The runner: claim -> run -> store -> finish, what follows -> settle the message; once for every kind.

delivery --claims--> job --handler--> result --finisher--> record --complete--> outcome
              |                 |                   |
              +-> outcome       +-> verdict --------+   (an error is a move as well)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from traceback import format_tb
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import ValidationError
from structlog.contextvars import bound_contextvars

from schemas import moves
from schemas.after import complete, mapping
from schemas.errors import NotYetError, PermanentError, UnavailableError
from schemas.job import Job
from schemas.outcome import OK, Hidden, Left, Outcome, Settled
from schemas.status import Status
from schemas.trace import traced
from workers.attempt import Around, Attempt
from workers.conclusion import Conclusion, judge
from workers.guard import Verdict, verdict_of
from workers.leftovers import delete_leftovers
from workers.retry import decide, describe
from workers.work import CancelledError, LeaseLostError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from schemas.ending import Ending
    from schemas.kind import Request, Result
    from schemas.kinds import AnyKind
    from schemas.ports import Clock, Conversations, JobStore, ObjectStore, Payloads
    from workers.claims import Claims
    from workers.delivery import Delivery
    from workers.finish import Finisher
    from workers.reuse import Answer, Reuse

log = structlog.get_logger(__name__)

#: How long a message waits, at most, when AWS could not even be asked about it; no attempt is burnt.
_UNAVAILABLE_HIDE_S = 15
#: How long a message waits whose process died before it had begun: it may die again.
_UNCOUNTED_HIDE_S = 2
#: A job that has found its engine still out of order comes back after about one cool-down of the breaker.
_PROBE_HIDE_S = 20


@dataclass(frozen=True, kw_only=True)
class Runner:
    """Runs the jobs of a worker process."""

    kinds: Mapping[str, AnyKind]
    handler: Callable[[str], Callable[[Any, Any], Result]]
    engine: Callable[[str], Any]
    claims: Claims
    finisher: Finisher
    store: JobStore
    conversations: Conversations
    objects: ObjectStore
    payloads: Payloads
    reuse: Reuse
    ending: Ending
    clock: Clock
    random: Random

    def run(self, delivery: Delivery) -> Outcome:
        """Deal with a delivery, and say what becomes of its message."""
        envelope = delivery.envelope
        trace = traced(envelope.traceparent)
        with bound_contextvars(job_id=envelope.job_id, kind=envelope.kind, epoch=envelope.epoch, **trace):
            try:
                taken = self.claims.take(delivery, self.kinds[envelope.kind])
                return self._run(taken, delivery) if isinstance(taken, Job) else taken
            except UnavailableError as error:
                log.warning("message_put_back", service=error.service, reason=error.reason)
                return Hidden(1 + int(self.random.uniform(0, _UNAVAILABLE_HIDE_S)), "unavailable")

    def abandon(self, delivery: Delivery, error: Exception) -> Outcome:
        """Record the end of an attempt that could not do so itself, and say what becomes of its message.

        Raises:
            UnavailableError: AWS is out of reach; the next receiver sees to it, once the lease has run out.
        """
        job = self.store.get(delivery.envelope.job_id)
        if job is None or job.lease is None:
            # It had not begun, or had ended: the next receiver sees which. Not at once: no attempt was counted.
            return Hidden(_UNCOUNTED_HIDE_S, "lost_before_or_after")
        if job.lease.token != delivery.token:
            return Left()
        with bound_contextvars(**job.log_context()):
            return self._conclude(
                job, self._failed(job, error, delivery), delivery, self._attempt_elsewhere(job, delivery)
            )

    def hand_back(self, delivery: Delivery) -> None:
        """Give a job back unfinished, and its attempt with it; nothing where it has not begun, or has just ended.

        Raises:
            UnavailableError: as above.
        """
        job = self.store.get(delivery.envelope.job_id)
        if job and job.lease and job.lease.token == delivery.token:
            move = moves.hand_back(self._holder(job, delivery), now=self.clock())
            with bound_contextvars(**job.log_context()):
                conclusion = Conclusion(move, Hidden(0, "handed_back"))
                self._conclude(job, conclusion, delivery, self._attempt_elsewhere(job, delivery))

    def _run(self, job: Job, delivery: Delivery) -> Outcome:
        with bound_contextvars(attempt=job.attempt, owner=job.owner):
            log.info("job_started", since_created_ms=_ms(self.clock() - job.created_at))
            attempt = self._attempt(job, delivery)
            try:
                conclusion = self._attempted(job, delivery, attempt)
            except LeaseLostError:
                log.warning("attempt_lost")
                attempt.delete_files()
                return Left()
            return self._conclude(job, conclusion, delivery, attempt)

    def _conclude(self, job: Job, conclusion: Conclusion, delivery: Delivery, attempt: Attempt) -> Outcome:
        holder = self._holder(job, delivery)
        finished = self.finisher.finish(conclusion.move, holder, attempt)
        if finished is None:
            return Left()
        log.info("job_finished", status=finished.status, run_ms=_ms(self.clock() - delivery.received_at))
        return self._follow(finished, conclusion, attempt, delivery)

    def _attempted(self, job: Job, delivery: Delivery, attempt: Attempt) -> Conclusion:
        kind = self.kinds[job.kind]
        try:
            success, answer = self._work(job, kind, attempt)
        except CancelledError:
            attempt.delete_files()
            return self._stopped(job, delivery)
        except Exception as error:  # noqa: BLE001 - an engine may raise anything; what it means is decided in one place
            conclusion = self._failed(job, error, delivery)
            if not isinstance(error, UnavailableError):  # what was paid for may be wanted: the next attempt deletes it
                attempt.delete_files()
            return conclusion
        now = self.clock()
        end = self.ending.well(kind, now, after={**attempt.after, **mapping(answer.result, kind, now)})
        code = None if answer.reused else OK
        return Conclusion(moves.succeed(self._holder(job, delivery), success, end=end, now=now), Settled(code))

    def _stopped(self, job: Job, delivery: Delivery) -> Conclusion:
        now = self.clock()
        holder = self._holder(job, delivery)
        return Conclusion(moves.stop(holder, end=self.ending.badly(now), now=now), Settled())

    def _failed(self, job: Job, error: Exception, delivery: Delivery) -> Conclusion:
        kind = self.kinds[job.kind]
        now = self.clock()
        holder = self._holder(job, delivery)
        if delivery.probing and verdict_of(error) is Verdict.UNAVAILABLE:
            log.info("probe_failed", error=type(error).__name__)
            return Conclusion(moves.hand_back(holder, now=now), Hidden(_PROBE_HIDE_S, Verdict.UNAVAILABLE))
        decision = decide(
            error,
            attempt=job.attempt,
            kind=kind,
            held_s=(now - delivery.received_at).total_seconds(),
            random=self.random,
            waited_s=(now - (job.waiting_since or now)).total_seconds(),
        )
        _log_failure(error, decision=type(decision).__name__)
        return judge(error, decision, holder=holder, ending=self.ending, now=now, waiting_since=job.waiting_since)

    def _work(self, job: Job, kind: AnyKind, attempt: Attempt) -> tuple[moves.Success, Answer]:
        attempt.engine = self.engine(kind.name)
        request = self._request(job, kind)
        answer = self.reuse.answer(job, kind, request, attempt, lambda: self.handler(kind.name)(request, attempt))
        success = moves.Success(
            result=self.payloads.save(attempt.key("result.json"), answer.result),
            files=attempt.files,
            engine=answer.result.engine,
            model=answer.result.model,
            usage=attempt.usage,
        )
        return success, answer

    def _holder(self, job: Job, delivery: Delivery) -> moves.Holder:
        return delivery.holder(job, self.kinds[job.kind])

    def _attempt(self, job: Job, delivery: Delivery) -> Attempt:
        deadline = self.clock() + timedelta(seconds=self.kinds[job.kind].timeout_s)
        return Attempt(job, holder=self._holder(job, delivery), deadline=deadline, around=self._around(job.kind))

    def _around(self, kind: str) -> Around:
        return Around(
            jobs=self.store,
            objects=self.objects,
            payloads=self.payloads,
            conversations=self.conversations,
            engines={role: partial(self.engine, role) for role in self.kinds[kind].roles},
            clock=self.clock,
        )

    def _attempt_elsewhere(self, job: Job, delivery: Delivery) -> Attempt:
        """Return an attempt that another process makes: nobody here knows what it has written."""
        attempt = self._attempt(job, delivery)
        attempt.is_first = False
        return attempt

    def _request(self, job: Job, kind: AnyKind) -> Request:
        try:
            request: Request = kind.request.model_validate(self.payloads.load(job.request))
        except ValidationError as error:
            fields = ", ".join(".".join(map(str, e["loc"])) for e in error.errors(include_input=False))
            raise PermanentError("invalid_request", f"The request is not valid any more: {fields}.") from None
        return request

    def _follow(self, job: Job, conclusion: Conclusion, attempt: Attempt, delivery: Delivery) -> Outcome:
        if job.status is Status.DEAD_LETTERED:
            self.claims.settle_dead(job, delivery)
            return conclusion.outcome
        if job.status.is_final and (attempt.has_outputs or not attempt.is_first):
            delete_leftovers(self.objects, job)
        complete(self.store, job)
        return conclusion.outcome if job.status is conclusion.move.target else Settled()


def _log_failure(error: Exception, *, decision: str) -> None:
    """Log an attempt's error; of an unknown one the frames as well, not its message: it may quote the request."""
    if isinstance(error, NotYetError):
        log.info("job_waits", code=error.code)
        return
    reason = describe(error)
    frames = format_tb(error.__traceback__) if reason.code == "unexpected_error" else []
    say = log.warning if reason.retryable else log.info
    say("attempt_failed", code=reason.code, decision=decision, error=type(error).__name__, frames=frames)


def _ms(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1000)
