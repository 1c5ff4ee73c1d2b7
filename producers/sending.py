"""The second half of taking a job in: its message sent, or else its record taken back or left to the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

import structlog

from schemas.envelope import envelope_of
from schemas.errors import NotSentError, UnavailableError
from schemas.ports import LONGEST_DELAY_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.job import Job, Payload
    from schemas.ports import Clock, Enqueuer, JobStore, ObjectStore

#: When the clock looks at a job whose message could not be sent.
RESEND_AFTER = timedelta(seconds=10)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Sends the messages of records that stand."""

    jobs: JobStore
    objects: ObjectStore
    queue: Enqueuer
    now: Clock

    def send(self, job: Job) -> None:
        """Send the job's message, to be delivered once the job is due.

        Raises:
            UnavailableError: it may or may not be on its queue.
        """
        try:
            self.queue.send(envelope_of(job), owner=job.owner, delay_s=self._delay_s(job))
        except UnavailableError as error:
            log.warning("message_not_sent", **job.log_context(), service=error.service, reason=error.reason)
            raise

    def send_or_hasten(self, job: Job) -> None:
        """Send the message of a job whose record stands whatever happens, or leave that to the clock."""
        try:
            self.send(job)
        except UnavailableError:
            self.hasten(job)

    def send_or_withdraw(self, job: Job) -> None:
        """Send the message of a new job, or leave that to the clock; raise only if no record stands."""
        try:
            self.send(job)
        except UnavailableError:
            self.withdraw_or_hasten(job)

    def send_all(self, jobs: Sequence[Job]) -> dict[str, UnavailableError]:
        """Send the messages of new jobs in batches; return the errors of those of which no record stands, by id."""
        later = {job.id for job in jobs if self._delay_s(job)}
        unsent = self._unsent([job for job in jobs if job.id not in later])
        refused: dict[str, UnavailableError] = {}
        for job in jobs:
            try:
                if job.id in later:
                    self.send_or_withdraw(job)
                elif job.id in unsent:
                    self.withdraw_or_hasten(job)
            except UnavailableError as error:
                refused[job.id] = error
        return refused

    def _unsent(self, jobs: Sequence[Job]) -> set[str]:
        """Send the messages in batches; return the ids of those that are not known to be on their queue."""
        try:
            self.queue.send_batch([(envelope_of(job), job.owner) for job in jobs])
        except NotSentError as error:
            log.warning("messages_not_sent", service=error.service, reason=error.reason)
            return {envelope.job_id for envelope in error.unsent}
        except UnavailableError as error:
            log.warning("messages_not_sent", service=error.service, reason=error.reason)
            return {job.id for job in jobs}
        return set()

    def withdraw_or_hasten(self, job: Job) -> None:
        """Take a record back whose message was not sent; where it stands nevertheless, the clock sends it soon.

        Raises:
            UnavailableError: nothing stands, nothing was promised.
        """
        if not self._stands(job):
            raise UnavailableError("SQS", "the message was not sent")
        self.hasten(job)

    def _stands(self, job: Job) -> bool:
        """Try to take the record back; return whether it stands nevertheless."""
        try:
            gone = self.jobs.withdraw(job)
        except UnavailableError:
            # It may have been deleted and only the answer lost, and another made since: a 202 needs to know.
            found = self.jobs.get(job.id)
            gone = found is None or found.submission != job.submission
        if gone:
            self.discard(job.request)
        return not gone

    def give_up(self, job: Job) -> None:
        """Take back a record that may have been written, its answer lost; else the clock would have it done."""
        try:
            if self.jobs.withdraw(job):
                self.discard(job.request)
        except UnavailableError as error:
            log.warning("record_may_stand", **job.log_context(), service=error.service, reason=error.reason)

    def hasten(self, job: Job) -> None:
        """Have the clock look at the job soon, though not before it is due."""
        now = self.now()
        try:
            self.jobs.postpone_check(job, max(now, job.due_at or now) + RESEND_AFTER)
        except UnavailableError as error:
            log.warning("check_not_hastened", **job.log_context(), service=error.service, reason=error.reason)

    def discard(self, request: Payload) -> None:
        """Delete the object of a request that no record refers to; its retention does it where this fails."""
        if request.key is None:
            return
        try:
            self.objects.delete([request.key])
        except UnavailableError as error:
            log.warning("request_object_left", key=request.key, service=error.service, reason=error.reason)

    def _delay_s(self, job: Job) -> int:
        """Return how long the message is to be hidden, in whole seconds; a job that runs late is none the worse."""
        left = (job.due_at - self.now()).total_seconds() if job.due_at else 0
        return min(LONGEST_DELAY_S, max(0, ceil(left)))
