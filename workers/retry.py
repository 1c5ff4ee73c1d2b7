"""The retry decision: what to do about an attempt's error. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, TypeAlias

from schemas.errors import NotYetError, PermanentError, TransientError, UnavailableError
from schemas.job import JobError

if TYPE_CHECKING:
    from random import Random

    from schemas.kind import Backoff
    from schemas.kinds import AnyKind

#: A message is hidden no longer than this; longer waits are parked in the record.
LONGEST_HIDE_S = 15 * 60
#: SQS hides a message for 12 hours from its receive, all in all; a minute of it is kept back.
_LONGEST_HELD_S = 12 * 60 * 60 - 60


@dataclass(frozen=True)
class Retry:
    """Hide the message for a while, then try again."""

    delay_s: int


@dataclass(frozen=True)
class Park:
    """Wait without a message: longer than one can be hidden."""

    delay_s: int


@dataclass(frozen=True)
class Wait:
    """Hide the message until another job may be over; no attempt is burnt."""

    delay_s: int


@dataclass(frozen=True)
class Fail:
    """No attempt will succeed."""


@dataclass(frozen=True)
class GiveUp:
    """Attempts are used up: dead-letter the job."""


Decision: TypeAlias = Retry | Park | Wait | Fail | GiveUp


def describe(error: Exception) -> JobError:
    """Return the error as the record keeps it; an unknown one by its type alone, its text may hold a learner's."""
    match error:
        case PermanentError():
            return JobError(code=error.code, message=error.message, retryable=False, engine=error.engine)
        case TransientError():
            return JobError(code=error.code, message=error.message, retryable=True, engine=error.engine)
        case UnavailableError():
            return JobError(code="unavailable", message=str(error), retryable=True)
    return JobError(code="unexpected_error", message=f"{type(error).__name__} in the worker", retryable=True)


def decide(  # noqa: PLR0913 - all that it rests on
    error: Exception, *, attempt: int, kind: AnyKind, held_s: float, random: Random, waited_s: float = 0
) -> Decision:
    """Decide on an attempt's error; what isn't known to be permanent counts as transient.

    Args:
        error: what ended the attempt.
        attempt: its number in this epoch, from 1.
        kind: says how many attempts there are and how to back off.
        held_s: seconds since the message was received.
        random: source of the jitter.
        waited_s: seconds since the job first had to wait for another one.
    """
    if isinstance(error, NotYetError):
        return Wait(_wait(error, waited_s, random))
    if isinstance(error, PermanentError):
        return Fail()
    if attempt >= kind.max_attempts:
        return GiveUp()
    delay_s = _delay(error, attempt, kind.backoff, random)
    longest = min(LONGEST_HIDE_S, _LONGEST_HELD_S - held_s)
    return Retry(delay_s) if delay_s <= longest else Park(delay_s)


def _wait(error: NotYetError, waited_s: float, random: Random) -> int:
    """Return after how long to look again: 1 to 3 seconds, or a tenth of the time that it has waited.

    Some fifty looks in a quarter of an hour: a queue gives a message up after a hundred receives.
    """
    return ceil(max(random.uniform(1, 3), waited_s / 10, error.retry_after_s or 0))


def _delay(error: Exception, attempt: int, backoff: Backoff, random: Random) -> int:
    jittered = random.uniform(0, min(backoff.cap_s, backoff.base_s * 2 ** (attempt - 1)))
    asked = error.retry_after_s if isinstance(error, TransientError) else None
    return ceil(max(jittered, asked or 0))
