"""What an attempt's error does to the record and to the message. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from schemas import moves
from schemas.errors import TransientError
from schemas.outcome import Hidden, Outcome, Settled
from workers.retry import Fail, GiveUp, Park, Retry, Wait, describe

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.ending import Ending
    from schemas.move import Move
    from schemas.moves import Holder
    from workers.retry import Decision


#: The code of an outcome that has the message wait for another job.
NOT_YET = "not_yet"


@dataclass(frozen=True)
class Conclusion:
    """The move to make, and what becomes of the message once it is made."""

    move: Move
    outcome: Outcome


def judge(  # noqa: PLR0913 - all that it rests on
    error: Exception,
    decision: Decision,
    *,
    holder: Holder,
    ending: Ending,
    now: datetime,
    waiting_since: datetime | None = None,
) -> Conclusion:
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
        case Wait(delay_s):
            # The code is not the error's: whoever waits says nothing of the engine.
            return Conclusion(moves.wait(holder, since=waiting_since or now, now=now), Hidden(delay_s, NOT_YET))
        case Park(delay_s):
            due_at = now + timedelta(seconds=delay_s)
            return Conclusion(moves.park(holder, reason, due_at=due_at, now=now), Settled(reason.code))
