"""Calling an engine over a network: a hiccup of seconds is waited out within the attempt; other retries are the job's.

An engine's module translates its vendor's errors and switches the SDK's own retries off; this is what stands between.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tenacity import Retrying, retry_if_exception, wait_random_exponential

from schemas.errors import EngineUnavailableError, ThrottledError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenacity import RetryCallState

    from schemas.errors import TransientError

T = TypeVar("T")

_JITTER = wait_random_exponential(multiplier=0.2, max=2)


@dataclass(frozen=True)
class Timing:
    """A monotonic clock in seconds, and how to wait; tests bring their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Clock:
    """What is left of an attempt's time."""

    def __init__(self, timeout_s: float, late: Callable[[], TransientError]) -> None:
        """Begin now; `late` makes the error of being too late."""
        self._deadline = time.monotonic() + timeout_s
        self._late = late

    def remaining_s(self) -> float:
        """How many seconds are left; 0 when there are none."""
        return max(0.0, self._deadline - time.monotonic())

    def end(self) -> None:
        """Have time be up: nobody waits any more."""
        self._deadline = time.monotonic()

    def check(self) -> None:
        """Give up when time is up, by the error that it was made with."""
        if self.remaining_s() <= 0:
            raise self._late()


def patiently(
    call: Callable[[], T],
    *,
    deadline_s: float,
    within_s: float = 5.0,
    costs_nothing_twice: bool = False,
    timing: Timing = Timing(),
) -> T:
    """Call an engine, and again after a short random wait while that can help and there is time.

    Called again after a `ThrottledError`, and after an `EngineUnavailableError` whose call certainly was not carried
    out (`may_have_run=False`). A call that may have been carried out is made again only where the caller says that
    doing it twice costs nothing: it is free, or bears a token by which the vendor recognises it. No wait is shorter
    than the engine asked for, nor ends beyond the budget: then the error goes to the job, which waits without a
    process. Waits are full jitter in [0, min(2, 0.2 * 2**n)] s:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

    Args:
        call: one call, with a time-out of its own.
        deadline_s: what is left of the attempt, in seconds: `work.remaining_s`.
        within_s: no call begins later than this many seconds after the first.
        costs_nothing_twice: see above.
        timing: the clock.

    Raises:
        TransientError: the last call's.
        PermanentError: the call's; it is not repeated.
    """
    until = timing.now() + min(within_s, deadline_s)
    return Retrying(
        retry=retry_if_exception(lambda error: _helps(error, costs_nothing_twice=costs_nothing_twice)),
        wait=_wait_s,
        stop=lambda state: timing.now() + state.upcoming_sleep > until,
        sleep=timing.sleep,
        reraise=True,
    )(call)


def _helps(error: BaseException, *, costs_nothing_twice: bool) -> bool:
    match error:
        case ThrottledError():
            return True
        case EngineUnavailableError():
            return costs_nothing_twice or not error.may_have_run
    return False


def _wait_s(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked_s = error.retry_after_s if isinstance(error, ThrottledError | EngineUnavailableError) else None
    return max(asked_s or 0.0, _JITTER(state))
