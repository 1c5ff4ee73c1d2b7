"""The heartbeat of what is in hand: lease first, then visibility, so that the lease always ends first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import structlog

from ops.sqs_transport.batches import Batches, Order
from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ops.sqs_transport.held import Attempts, Held

log = structlog.get_logger(__name__)

#: Leases are extended by this many threads: one slow answer must not let the others' leases run out.
_EXTENDERS = 8
#: What is due within this part of an interval is extended with what is due now, in the same batch.
_SLACK = 0.25
_RETRY_S = 2.0
_NEVER = float("inf")


class Heartbeat:
    """Extends whatever is due. Used by the keeper's thread alone."""

    def __init__(
        self,
        *,
        batches: Batches,
        attempts: Attempts,
        interval_s: float,
        visibility_s: int,
        now: Callable[[], float],
    ) -> None:
        self._batches = batches
        self._attempts = attempts
        self._interval_s = interval_s
        self._visibility_s = visibility_s
        self._now = now
        self._extenders = ThreadPoolExecutor(_EXTENDERS, thread_name_prefix="heartbeat")
        self._is_table_out = False

    def beat(self, in_hand: Sequence[Held]) -> None:
        """Extend what is due."""
        now = self._now()
        if not any(held.beat_at <= now for held in in_hand):
            return
        due = [held for held in in_hand if held.beat_at <= now + _SLACK * self._interval_s]
        self._is_table_out = False
        kept = [held for held, is_kept in zip(due, self._extenders.map(self._extend, due), strict=True) if is_kept]
        sent_at = self._now()
        done, failed = self._batches.say([Order(held=held, hide_s=self._visibility_s) for held in kept])
        for held in due:
            held.beat_at = _NEVER  # lost, unless SQS has agreed
        for order in done:
            order.held.visible_at = sent_at + self._visibility_s
            order.held.beat_at = sent_at + self._interval_s
        for order in failed:
            order.held.beat_at = sent_at + min(_RETRY_S, self._interval_s)

    def _extend(self, held: Held) -> bool:
        """Extend the lease; false where the job is another's. A table out of reach loses nothing yet."""
        if held.started_at is None or self._is_table_out:
            return True
        try:
            is_kept = self._attempts.extend(held)
        except UnavailableError as error:
            self._is_table_out = True
            log.warning("lease_not_extended", queue=held.queue, reason=error.reason)
            return True
        except Exception:
            log.exception("lease_not_extended", queue=held.queue)
            return True  # one message's defect must not end the keeping of all
        if not is_kept:
            log.warning("lease_lost", queue=held.queue)
        return is_kept
