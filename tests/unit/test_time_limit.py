"""The soft limit: an exception in the handler, which no `except Exception` of its takes, and nowhere else."""

from __future__ import annotations

import signal
import threading
import time
from typing import Any

import pytest

from schemas.errors import TransientError
from workers.time_limit import within

SOON_S = 0.02
#: For who must not be struck, however busy the machine is.
LATE_S = 30


def wait(_request: object, _work: object) -> Any:
    time.sleep(30)


def test_a_handler_that_takes_too_long_is_a_transient_error():
    with pytest.raises(TransientError, match="timed_out"):
        within(SOON_S, wait)(None, None)


def test_a_handler_cannot_take_it_for_an_error_of_its_engine():
    def stubborn(request: object, work: object) -> Any:
        try:
            wait(request, work)
        except Exception:  # noqa: BLE001 - what it is about
            return "went on"

    with pytest.raises(TransientError, match="timed_out"):
        within(SOON_S, stubborn)(None, None)


def test_it_strikes_in_the_handler_alone():
    def quickly(_request: object, _work: object) -> Any:
        return "done"

    said: Any = within(LATE_S, quickly)(None, None)

    assert said == "done"

    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_an_error_of_the_handler_leaves_no_alarm():
    def fail(_request: object, _work: object) -> Any:
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        within(LATE_S, fail)(None, None)

    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_thread_has_none():
    found: list[Any] = []

    def slowly(_request: object, _work: object) -> Any:
        time.sleep(SOON_S)
        return "done"

    thread = threading.Thread(target=lambda: found.append(within(SOON_S / 10, slowly)(None, None)))
    thread.start()
    thread.join()

    assert found == ["done"]
