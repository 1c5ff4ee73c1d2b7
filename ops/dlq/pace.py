"""So many in a second, and no more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Pace:
    """Waits before each step, so that steps are `1 / per_s` seconds apart or more; slow ones are not made up for."""

    def __init__(
        self,
        per_s: float | None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._apart_s = 1 / per_s if per_s else 0.0
        self._sleep = sleep
        self._monotonic = monotonic
        self._next = 0.0

    def wait(self) -> None:
        """Wait for the next step's turn."""
        if not self._apart_s:
            return
        now = self._monotonic()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._apart_s
