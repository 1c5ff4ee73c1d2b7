"""A message as a worker has received it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from schemas.job import Lease
from schemas.moves import Holder

if TYPE_CHECKING:
    from schemas.envelope import Envelope
    from schemas.job import Job
    from schemas.kinds import AnyKind


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One receive of one message: two receives never share a token."""

    envelope: Envelope
    token: str
    received_at: datetime
    worker: str
    redriven: bool = False
    """Whether it bears a dead letter's reason: somebody moved it back from the dead-letter queue."""

    probing: bool = False
    """Whether it was received to find out if its engine is back: if that is not so, no attempt is burnt."""

    def lease(self, lease_s: float, now: datetime) -> Lease:
        """Return the lease that this delivery may take now; heartbeats extend it."""
        return Lease(token=self.token, until=now + timedelta(seconds=lease_s), worker=self.worker)

    def holder(self, job: Job, kind: AnyKind) -> Holder:
        """Return the delivery as the holder of the job's lease."""
        return Holder(
            job_id=job.id,
            kind=job.kind,
            epoch=job.epoch,
            attempt=job.attempt,
            token=self.token,
            worker=self.worker,
            max_attempts=kind.max_attempts,
        )


def lease_token(receipt_handle: str) -> str:
    """Return the lease token of a receive; the handle itself would let its reader delete the message."""
    return hashlib.sha256(receipt_handle.encode()).hexdigest()[:32]
