"""What an attempt's error does to the record and to the message. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from schemas import moves
from schemas.errors import TransientError
from schemas.outcome import Hidden, Outcome, Settled
from workers.retry import Fail, GiveUp, Park, Retry, describe

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.ending import Ending
    from schemas.move import Move
    from schemas.moves import Holder
    from workers.retry import Decision


@dataclass(frozen=True)
class Conclusion:
    """The move to make, and what becomes of the message once it is made."""

    move: Move
    outcome: Outcome


def judge(error: Exception, decision: Decision, *, holder: Holder, ending: Ending, now: datetime) -> Conclusion:
    """Turn the decision on an error into a move and an outcome."""
    reason = describe(error)
    asked_s = error.retry_after_s if isinstance(error, TransientError) else None
    match decision:
        case Fail():
            return Conclusion(moves.fail(holder, reason, end=ending.badly(now), now=now), Settled(reason.code))
        case GiveUp():
            return Conclusion(moves.dead_letter(holder, reason, end=ending.badly(now), now=now), Settled(reason.code))
        case Retry(delay_s):
            return Conclusion(moves.retry(holder, reason, now=now), Hidden(delay_s, reason.code, asked_s))
        case Park(delay_s):
            due_at = now + timedelta(seconds=delay_s)
            return Conclusion(moves.park(holder, reason, due_at=due_at, now=now), Settled(reason.code))
