"""The watchdog: receivers, event loop and keeper watch each other, as none of them can be trusted to fail loudly."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ops.sqs_transport.custody import Custody
    from ops.sqs_transport.receiver import Receiver

#: Connecting, an answer that comes late, and a busy machine; on top of the long poll itself.
_RECEIVE_MARGIN_S = 40.0
_LOOP_LIMIT_S = 60.0
#: Whoever hasn't looked for this long was asleep itself, with the whole process or machine: all others get new time.
_ASLEEP_S = 10.0


class Watch:
    """Says what has stalled; nothing has for as long as the process itself stood still."""

    def __init__(
        self,
        *,
        custody: Custody,
        pool_size: int,
        wait_s: int,
        keeper_limit_s: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.receivers: Sequence[Receiver] = ()
        self._custody = custody
        self._pool_size = pool_size
        self._receive_limit_s = wait_s + _RECEIVE_MARGIN_S
        self._keeper_limit_s = keeper_limit_s
        self.now = now
        self._loop_at = self._keeper_at = self._awake_since = now()

    def from_keeper(self) -> str | None:
        """Look from the keeper's thread: at the receivers, the event loop and the pool."""
        now = self.now()
        if now - self._keeper_at > _ASLEEP_S:
            self._awake_since = now
        self._keeper_at = now
        if self._is_over(self._loop_at, _LOOP_LIMIT_S):
            return "event_loop_stalled"
        for receiver in self.receivers:
            since = receiver.polling_since
            if since is not None and self._is_over(since, self._receive_limit_s):
                return "receive_stalled"
            if receiver.ident and not receiver.is_alive() and not self._custody.is_closed:
                return "receiver_ended"
        return "pool_stuck" if self._custody.stuck >= self._pool_size else None

    def from_loop(self) -> str | None:
        """Look from the event loop: at the keeper."""
        now = self.now()
        if now - self._loop_at > _ASLEEP_S:
            self._awake_since = now
        self._loop_at = now
        return "keeper_stalled" if self._is_over(self._keeper_at, self._keeper_limit_s) else None

    def _is_over(self, since: float, limit_s: float) -> bool:
        return self.now() - max(since, self._awake_since) > limit_s
