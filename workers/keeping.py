"""What the transport's keeper needs of the life cycle, over the runner's own parts; lives in the worker's parent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from schemas import moves
from schemas.envelope import from_message
from schemas.errors import TIMED_OUT, WORKER_LOST, RefusedError, TransientError
from schemas.job import Lease
from schemas.status import Status
from workers.delivery import Delivery, lease_token

if TYPE_CHECKING:
    from ops.sqs_transport.held import Held
    from schemas.outcome import Outcome
    from schemas.ports import Clock, DeadLetters, JobStore
    from workers.runner import Runner

#: Before a claim a refused extension means nothing: the process has the message, and not yet the job.
_UNCLAIMED = frozenset({Status.QUEUED, Status.RETRYING})

_MESSAGES = {
    TIMED_OUT: "The attempt took too long and was stopped.",
    WORKER_LOST: "The process that ran the attempt has died.",
}


@dataclass(frozen=True, kw_only=True)
class JobAttempts:
    """Implements `ops.sqs_transport.held.Attempts`."""

    runner: Runner
    store: JobStore
    dead_letters: DeadLetters
    lease: timedelta
    """How long an extended lease lasts: less than the visibility that is extended next."""
    clock: Clock

    def extend(self, held: Held) -> bool:
        """Extend the lease; a refusal before the claim is none."""
        now = self.clock()
        lease = Lease(token=lease_token(held.receipt), until=now + self.lease, worker=held.worker)
        try:
            self.store.apply(moves.extend(from_message(held.body).job_id, lease, now=now))
        except RefusedError as refusal:
            return bool(refusal.existing and refusal.existing.status in _UNCLAIMED)
        return True

    def abandon(self, held: Held, code: str) -> Outcome:
        """Record an attempt whose process was lost, or that was stopped at its limit."""
        return self.runner.abandon(delivery(held), TransientError(code, _MESSAGES[code]))

    def hand_back(self, held: Held) -> None:
        """Give job and attempt back."""
        self.runner.hand_back(delivery(held))

    def refuse(self, queue: str, body: str, code: str) -> None:
        """Put a message that is no job of the queue's on its dead-letter queue."""
        self.dead_letters.bury_foreign(queue, body, code=code)


def delivery(held: Held) -> Delivery:
    """Return what is in hand as the delivery that it was to the pool."""
    return Delivery(
        envelope=from_message(held.body),
        token=lease_token(held.receipt),
        received_at=datetime.fromtimestamp(round(held.received_at, 3), UTC),
        worker=held.worker,
    )
