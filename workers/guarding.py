"""The engine guards of a worker, one for each kind that it serves, as the transport asks them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog

from schemas.outcome import Hidden, Settled
from workers.guard import Change, EngineGuard, State, Verdict, verdict_of_code

if TYPE_CHECKING:
    from ops.sqs_transport.held import Ending
    from schemas.kinds import AnyKind
    from workers.guard import Allowance

log = structlog.get_logger(__name__)

#: A probe may take an attempt's time, and this much until the pool has begun with it.
_PROBE_MARGIN_S = 60


@dataclass(frozen=True)
class KindGuard:
    """Implements `ops.sqs_transport.held.Guard`: an ending tells by its code how the engine did."""

    guard: EngineGuard

    def allowance(self, in_hand: int) -> Allowance:
        """Return how many more may be received now."""
        return self.guard.allowance(in_hand)

    def took(self, count: int) -> int:
        """Note that messages were received; return the generation that their ends are to name."""
        return self.guard.took(count)

    def ended(self, ending: Ending, *, generation: int) -> None:
        """Learn how a message's attempt ended; a process that was lost tells nothing of the engine."""
        match ending:
            case Settled(code):
                self.guard.ended(verdict_of_code(code), generation=generation)
            case Hidden(_, code, retry_after_s):
                self.guard.ended(verdict_of_code(code), generation=generation, retry_after_s=retry_after_s)
            case _:
                self.guard.ended(Verdict.NEUTRAL, generation=generation)

    @property
    def is_open(self) -> bool:
        """Whether the engine is out of order."""
        return self.guard.state is State.OPEN


def kind_guard(kind: AnyKind, *, most: int, rate_per_s: float | None) -> KindGuard:
    """Return a kind's guard in this worker: at most so many in hand, so many begun per second."""
    guard = EngineGuard(
        most=most,
        rate_per_s=rate_per_s,
        now=time.monotonic,
        probe_s=kind.timeout_s + _PROBE_MARGIN_S,
        on_change=partial(_log_change, kind.name),
    )
    return KindGuard(guard)


def _log_change(kind: str, change: Change) -> None:
    say = log.warning if change.after is State.OPEN else log.info
    say("breaker_changed", kind=kind, before=change.before, after=change.after, cool_down_s=round(change.cool_down_s))
