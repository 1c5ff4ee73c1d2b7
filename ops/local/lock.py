"""One owner per directory: a lock file that the kernel releases when its process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RETRY_INTERVAL_S = 0.05


class LockedError(Exception):
    """Another process holds the lock."""

    def __init__(self, path: Path, owner: str) -> None:
        super().__init__(path, owner)
        self.path = path
        self.owner = owner

    def __str__(self) -> str:
        return f"{self.path} is held by process {self.owner}"


@contextmanager
def exclusive(path: Path, *, timeout_s: float = 0) -> Iterator[None]:
    """Hold the lock file while the block runs, waiting for it at most so long.

    Raises:
        LockedError: another process still holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Python's descriptors close on exec: no child process keeps the lock of a parent that died.
    with path.open("a+", encoding="ascii") as file:
        _acquire(file.fileno(), path, time.monotonic() + timeout_s)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def is_held(path: Path) -> bool:
    """Whether a process holds the lock file."""
    if not path.exists():
        return False
    with path.open("r", encoding="ascii") as file:
        try:
            # Shared, and let go at once as the file is closed.
            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _acquire(descriptor: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise LockedError(path, path.read_text("ascii") or "unknown") from None
            time.sleep(_RETRY_INTERVAL_S)
        else:
            return
