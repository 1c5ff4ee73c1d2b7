"""How fast counts grow, as they were seen over the last minute."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: Rates are of about this time.
_RATE_OVER = timedelta(minutes=1)


class Rates:
    """How many a second, from counts as they were seen."""

    def __init__(self) -> None:
        self._seen: deque[tuple[datetime, Mapping[str, int]]] = deque()

    def per_s(self, now: datetime, counts: Mapping[str, int]) -> dict[str, float]:
        """Note the counts, and return how fast each has grown over the last minute; nothing until time has gone by.

        A count that was not there began with 0. One that shrinks has a rate below 0.
        """
        self._seen.append((now, counts))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _RATE_OVER:  # noqa: PLR2004 - two make a distance
            self._seen.popleft()
        since, before = self._seen[0]
        seconds = (now - since).total_seconds()
        if seconds <= 0:
            return {}
        return {name: round((count - before.get(name, 0)) / seconds, 3) for name, count in counts.items()}
