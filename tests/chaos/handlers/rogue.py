"""Kills its own process, or outlasts its hard limit."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from schemas.errors import TransientError

if TYPE_CHECKING:
    from tests.chaos.kinds.rogue import RogueRequest, RogueResult
    from workers.work import Work

#: Longer than the hard limit; bounded, as no limit reaches a thread.
HANG_S = 20


def handle(request: RogueRequest, work: Work[None]) -> RogueResult:
    """Leave a file behind, then do harm."""
    work.store("harm.txt", b"harm", mime="text/plain")
    if request.how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    _hang()


def _hang() -> NoReturn:
    end = time.monotonic() + HANG_S
    while time.monotonic() < end:
        # Deaf to the soft limit, as a call into C is.
        with suppress(BaseException):
            time.sleep(end - time.monotonic())
    raise TransientError("hung", "It hung.")
