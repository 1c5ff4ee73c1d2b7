"""Says to SQS what has become of messages, and says it again until it is done or another receives the message."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import structlog

from ops.sqs_transport.batches import Batches, Order

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.sqs_transport.held import Held

log = structlog.get_logger(__name__)

_FIRST_BACKOFF_S = 0.5
_LONGEST_BACKOFF_S = 5.0
#: A message is given up this long before others may have it: what is said then might arrive too late.
_TOO_LATE_S = 1.0


@dataclass(kw_only=True)
class _Pending:
    held: Held
    visible_at: float | None
    """When a hidden message is to be delivered again; None: delete it."""
    next_at: float
    backoff_s: float = _FIRST_BACKOFF_S


class Settler:
    """What is to be said yet. Used by the keeper's thread alone."""

    def __init__(self, batches: Batches, *, now: Callable[[], float]) -> None:
        self._batches = batches
        self._now = now
        self._random = Random()  # noqa: S311 - jitter
        self._pending: dict[str, _Pending] = {}

    def delete(self, held: Held) -> None:
        """Delete the message."""
        self._pending[held.receipt] = _Pending(held=held, visible_at=None, next_at=self._now())

    def hide(self, held: Held, seconds: int) -> None:
        """Have the message delivered again after so many seconds."""
        now = self._now()
        self._pending[held.receipt] = _Pending(held=held, visible_at=now + seconds, next_at=now)

    @property
    def next_at(self) -> float | None:
        """When there is something to be said, by the clock that was given; None: nothing."""
        return min((pending.next_at for pending in self._pending.values()), default=None)

    def flush(self) -> None:
        """Say what is due; what fails is said again, a little later each time."""
        now = self._now()
        due = [pending for pending in self._pending.values() if pending.next_at <= now]
        _, failed = self._batches.say([self._order(pending, now) for pending in due])
        again = {order.held.receipt for order in failed}
        for pending in due:
            receipt = pending.held.receipt
            if receipt not in again:
                del self._pending[receipt]
            elif now > pending.held.visible_at - _TOO_LATE_S:
                # It is delivered again; its receiver finds the record as it is.
                log.warning("settling_given_up", queue=pending.held.queue)
                del self._pending[receipt]
            else:
                pending.next_at = now + self._random.uniform(pending.backoff_s / 2, pending.backoff_s)
                pending.backoff_s = min(2 * pending.backoff_s, _LONGEST_BACKOFF_S)

    @staticmethod
    def _order(pending: _Pending, now: float) -> Order:
        if pending.visible_at is None:
            return Order(held=pending.held, hide_s=None)
        return Order(held=pending.held, hide_s=max(0, round(pending.visible_at - now)))
