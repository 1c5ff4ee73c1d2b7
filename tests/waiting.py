"""Waiting on conditions, and looking at processes from outside."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def wait_until(condition: Callable[[], Any], *, timeout_s: float = 60, every_s: float = 0.02) -> Any:
    """Return the condition's value once it is true; fails after the time-out."""
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {timeout_s:g} s"
        time.sleep(every_s)
    return value


def runs(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}
