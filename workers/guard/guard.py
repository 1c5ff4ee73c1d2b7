"""The guard of one kind's engine: limit, rate and breaker as one answer."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from random import Random, SystemRandom
from threading import Lock
from typing import TYPE_CHECKING

from workers.guard.aimd import ConcurrencyLimit
from workers.guard.breaker import Change, CircuitBreaker, State
from workers.guard.bucket import TokenBucket
from workers.guard.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

#: When to ask again while only the end of an attempt makes room.
_LOOK_AGAIN_S = 1.0
#: What is left of a wait after rounding is not asked for a million times.
_SHORTEST_WAIT_S = 0.01
#: A vendor that says when to come back is believed up to here; longer than that, one asks.
_LONGEST_PAUSE_S = 300.0
_LONGEST_PAUSE_UNASKED_S = 60.0
#: The pauses of an engine that goes on throttling double this often.
_DOUBLINGS = 10


@dataclass(frozen=True)
class Allowance:
    """How many more messages may be received."""

    count: int
    retry_in_s: float
    """When to ask again where `count` is 0, in seconds; the end of an attempt may make room before."""
    probing: bool
    """Whether the message finds out if the engine is back."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a log or metric says of a guard."""

    state: State
    limit: int
    tokens: float | None


class EngineGuard:
    """Decides how many messages of a kind may be received now. Thread-safe; nobody waits for longer than arithmetic.

    An allowance is no reservation: one thread receives for a guard, any thread reports ends. Every message that was
    taken ends once: with its verdict, `NEUTRAL` where it was handed back unstarted, `UNAVAILABLE` where the process
    that ran it is gone.
    """

    def __init__(  # noqa: PLR0913 - each has its default but for what a kind must say
        self,
        *,
        most: int,
        rate_per_s: float | None,
        now: Callable[[], float],
        probe_s: float = 300.0,
        random: Random | None = None,
        on_change: Callable[[Change], None] | None = None,
    ) -> None:
        """Make a guard that lets everything through until it learns better.

        Args:
            most: attempts at once, at least 1.
            rate_per_s: attempts that may begin per second; None for any number.
            now: a monotonic clock, in seconds.
            probe_s: a probe that has not ended by then has failed; longer than the longest attempt of the kind.
            random: source of the jitter.
            on_change: told of each change of state, after it, in the thread that caused it; it may ask the guard.
        """
        self._now = now
        self._lock = Lock()
        self._limit = ConcurrencyLimit(most)
        self._bucket = None if rate_per_s is None else TokenBucket(rate_per_s, now=now())
        self._changes: deque[Change] = deque()
        self._on_change = on_change
        self._breaker = CircuitBreaker(probe_s=probe_s, random=random or SystemRandom(), changed=self._changed)
        self._paused_until = now()
        self._throttled_in_a_row = 0

    def allowance(self, in_hand: int) -> Allowance:
        """Say how many more messages may be received, with `in_hand` received and not ended."""
        with self._lock:
            answer = self._allowance(in_hand, self._now())
        self._tell()
        return answer

    def took(self, count: int) -> int:
        """Note that messages were received; return the generation that the ends of their attempts are to name."""
        with self._lock:
            now = self._now()
            if count:
                self._breaker.took(now)
                if self._bucket:
                    self._bucket.take(count, now)
            return self._breaker.generation

    def ended(self, verdict: Verdict, *, generation: int | None = None, retry_after_s: float | None = None) -> None:
        """Note the end of one attempt.

        Args:
            verdict: how the engine did.
            generation: what `took` returned for its message; None where that is not known.
            retry_after_s: when the engine asked to be left alone until, with `THROTTLED`.
        """
        with self._lock:
            now = self._now()
            self._breaker.ended(verdict, generation, now)
            if verdict is Verdict.OK:
                self._throttled_in_a_row = 0
                self._limit.succeeded()
            elif verdict is Verdict.THROTTLED:
                self._throttled(retry_after_s, now)
        self._tell()

    @property
    def state(self) -> State:
        """What the breaker does."""
        return self._breaker.state

    @property
    def outlook(self) -> Outlook:
        """What a log or metric says."""
        with self._lock:
            tokens = self._bucket.tokens(self._now()) if self._bucket else None
            return Outlook(state=self._breaker.state, limit=self._limit.value, tokens=tokens)

    def _allowance(self, in_hand: int, now: float) -> Allowance:
        bucket_s = self._bucket.wait_s(now) if self._bucket else 0.0
        wait_s = max(self._breaker.look(now), self._paused_until - now, bucket_s)
        if wait_s > 0:
            return Allowance(0, max(wait_s, _SHORTEST_WAIT_S), probing=False)
        # A probe needs a free hand and no more: attempts that hang must not keep it from being made.
        probing = self._breaker.state is State.HALF_OPEN
        room = min(1, self._limit.most - in_hand) if probing else self._limit.value - in_hand
        if self._bucket:
            room = min(room, int(self._bucket.tokens(now)))
        if room < 1:
            return Allowance(0, _LOOK_AGAIN_S, probing=False)
        return Allowance(room, 0.0, probing)

    def _changed(self, change: Change) -> None:
        self._changes.append(change)
        if change.after is State.OPEN:
            self._limit.congested(self._now())  # an engine that comes back is not met by all at once

    def _throttled(self, retry_after_s: float | None, now: float) -> None:
        """Halve the limit, and leave the engine alone for a while: each message that meets it now loses an attempt."""
        if self._limit.congested(now):
            unasked_s = min(_LONGEST_PAUSE_UNASKED_S, 2.0 ** min(self._throttled_in_a_row, _DOUBLINGS))
            self._throttled_in_a_row += 1
            self._paused_until = max(self._paused_until, now + unasked_s)
        self._paused_until = max(self._paused_until, now + min(_LONGEST_PAUSE_S, retry_after_s or 0.0))

    def _tell(self) -> None:
        """Tell of changes once the lock is free: who is told may ask the guard."""
        while self._changes:
            try:
                change = self._changes.popleft()
            except IndexError:  # another thread has told it
                return
            if self._on_change:
                self._on_change(change)
