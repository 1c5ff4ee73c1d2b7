"""Whether an engine is asked at all: a circuit breaker."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from workers.guard.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

#: This many attempts in a row that could not reach the engine open the breaker.
THRESHOLD = 5
SHORTEST_S, LONGEST_S = 10.0, 300.0


class State(StrEnum):
    """What a breaker does."""

    CLOSED = "closed"
    """The engine is asked."""
    OPEN = "open"
    """It is not, until the cool-down is over."""
    HALF_OPEN = "half_open"
    """One message at a time finds out whether it is back."""


@dataclass(frozen=True)
class Change:
    """A change of state, for the log."""

    before: State
    after: State
    cool_down_s: float = 0.0
    """How long nothing is received; 0 unless the breaker has opened."""


class CircuitBreaker:
    """closed -> open after `THRESHOLD` failures in a row -> half-open after a cool-down -> closed, or open for longer.

    Each change begins a new generation, and messages are received in one: the end of an attempt of an earlier
    generation tells of a time that is over, and decides nothing. Not thread-safe: its guard locks.

    Sources: M. Nygard, Release It! (2nd ed., 2018), 5.2;
    https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker
    """

    def __init__(self, *, probe_s: float, random: Random, changed: Callable[[Change], None]) -> None:
        self.state = State.CLOSED
        self.generation = 0
        self._probe_s = probe_s
        self._random = random
        self._changed = changed
        self._failures = 0
        self._openings = 0
        self._opens_until = 0.0
        #: When the probe was received; None while there is none.
        self._probing_since: float | None = None
        self._last_probe: int | None = None

    def look(self, now: float) -> float:
        """Let time do its part; return the seconds until a message may be received, 0 for now."""
        if self.state is State.OPEN and now >= self._opens_until:
            self._become(State.HALF_OPEN)
        if self._probing_since is not None and now - self._probing_since >= self._probe_s:
            self._open(now)  # it never ended: whoever ran it is gone, or it hangs
        if self.state is State.OPEN:
            return self._opens_until - now
        if self._probing_since is not None:
            return self._probing_since + self._probe_s - now
        return 0.0

    def took(self, now: float) -> None:
        """Messages were received: in half-open they are the probe."""
        if self.state is State.HALF_OPEN:
            self._probing_since = now
            self._last_probe = self.generation

    def ended(self, verdict: Verdict, generation: int | None, now: float) -> None:
        """Count the end of an attempt; without a generation it is taken to be of this one."""
        if self.state is not State.CLOSED and verdict is Verdict.OK and generation == self._last_probe is not None:
            self._close()  # be it one that was given up: no newer probe is known
        elif self.state is not State.OPEN and generation in {None, self.generation}:
            self._count(verdict, now)

    def _count(self, verdict: Verdict, now: float) -> None:
        match verdict:
            case Verdict.OK | Verdict.THROTTLED:  # it has answered
                self._failures = 0
                if self.state is State.HALF_OPEN:
                    self._close()
            case Verdict.UNAVAILABLE:
                self._failures += 1
                if self.state is State.HALF_OPEN or self._failures >= THRESHOLD:
                    self._open(now)
            case Verdict.NEUTRAL:
                self._probing_since = None  # the next message may find out

    def _open(self, now: float) -> None:
        self._openings += 1
        cool_down_s = self._cool_down_s()
        self._opens_until = now + cool_down_s
        self._become(State.OPEN, cool_down_s)

    def _close(self) -> None:
        self._openings = 0
        self._become(State.CLOSED)

    def _cool_down_s(self) -> float:
        """Return 10..20 s, 20..40 s and so on up to 150..300 s: a random time in the upper half of a doubling cap.

        Workers that saw an engine go together don't come back together, and none comes back at once, as with full
        jitter it might. Source (equal jitter): https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
        """
        # 2**16 is far above the cap: no float grows without bound in a long outage.
        cap_s = min(LONGEST_S, SHORTEST_S * 2 ** min(self._openings, 16))
        return self._random.uniform(cap_s / 2, cap_s)

    def _become(self, state: State, cool_down_s: float = 0.0) -> None:
        change = Change(self.state, state, cool_down_s)
        self.state = state
        self.generation += 1
        self._failures = 0
        self._probing_since = None
        self._changed(change)
