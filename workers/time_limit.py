"""The soft time limit: an exception in the handler, and nowhere else.

Celery arms its own for the whole task: it may then strike while the claim, the record's end or the dead letter is being
written, and the process no longer knows what was done.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from schemas.errors import TIMED_OUT, TransientError
from workers.work import AttemptOverError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemas.kind import Result
    from workers.work import Work


class TimeUpError(AttemptOverError):
    """The attempt has had its time."""


def within(seconds: float, handler: Callable[[Any, Any], Result]) -> Callable[[Any, Any], Result]:
    """Return the handler with a time limit: a transient error, `timed_out`, after so many seconds.

    In a process's main thread a timer interrupts it, whatever it waits for, but not a call into C that takes no notice
    of signals; the hard limit ends that. In any other thread there is no limit but the engine's own time-outs.
    """

    def handle(request: Any, work: Work[Any]) -> Result:  # noqa: ANN401 - any kind's request
        try:
            with _alarm(seconds):
                return handler(request, work)
        except TimeUpError:
            raise TransientError(TIMED_OUT, "The attempt took too long.") from None

    return handle


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _ring(_number: int, _frame: object) -> None:
    raise TimeUpError
