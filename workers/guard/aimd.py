"""How many attempts may run at once: additive increase, multiplicative decrease."""

from __future__ import annotations

#: Congestion that is reported again within this time is the same congestion: calls in flight when the limit was halved
#: are throttled still.
SAME_EVENT_S = 1.0


class ConcurrencyLimit:
    """A limit within 1..`most` that finds what an engine bears. Not thread-safe: its guard locks.

    +1 after as many successes as the limit allows at once (one round of work), halved on congestion.

    Source: D.-M. Chiu, R. Jain: Analysis of the increase and decrease algorithms for congestion avoidance in computer
    networks. Computer Networks and ISDN Systems 17 (1989) 1-14: of the linear controls this one converges to a fair and
    efficient share, whoever else calls the same engine.
    """

    def __init__(self, most: int) -> None:
        if most < 1:
            raise ValueError("at least one attempt must be allowed at once")
        self.most = most
        self.value = most
        self._successes = 0
        self._halved_at: float | None = None

    def succeeded(self) -> None:
        """Count a success."""
        self._successes += 1
        if self._successes >= self.value:
            self._successes = 0
            self.value = min(self.most, self.value + 1)

    def congested(self, now: float) -> bool:
        """Halve the limit; false where it was halved for the same congestion."""
        if self._halved_at is not None and now - self._halved_at < SAME_EVENT_S:
            return False
        self._halved_at = now
        self._successes = 0
        self.value = max(1, self.value // 2)
        return True
