"""How many attempts may begin per second: a token bucket."""

from __future__ import annotations


class TokenBucket:
    """Fills at `rate_per_s` up to `burst` tokens: one second's worth, at least one. Not thread-safe: its guard locks.

    Messages that were received can't be refused any more: tokens may be owed, and what is owed is waited for.

    Source: ITU-T I.371 and RFC 2697 (meters); https://en.wikipedia.org/wiki/Token_bucket
    """

    def __init__(self, rate_per_s: float, *, now: float) -> None:
        if rate_per_s <= 0:
            raise ValueError("a rate is above zero")
        self.rate_per_s = rate_per_s
        self.burst = max(1.0, rate_per_s)
        self._tokens = self.burst
        self._at = now

    def tokens(self, now: float) -> float:
        """Return how many there are; below zero where some are owed."""
        # Threads read the clock before they are let in: time may seem to go back a little.
        passed_s = max(0.0, now - self._at)
        return min(self.burst, self._tokens + passed_s * self.rate_per_s)

    def take(self, count: int, now: float) -> None:
        """Take as many as messages were received."""
        self._tokens = self.tokens(now) - count
        self._at = max(self._at, now)

    def wait_s(self, now: float) -> float:
        """Return the seconds until there is a whole one."""
        return max(0.0, (1 - self.tokens(now)) / self.rate_per_s)
