"""The parent's side of a child process: started when first needed, killed when late, started again after a crash."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from schemas.errors import TransientError
from workers.engines.child.frames import BrokenFrameError
from workers.engines.child.running import Running

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workers.engines.child.running import Reply

T = TypeVar("T")


class ChildCrashedError(TransientError):
    """The process ended while it worked on a request."""

    def __init__(self, message: str, *, engine: str, returncode: int) -> None:
        super().__init__("engine_crashed", message, engine=engine)
        self.returncode = returncode
        """As `subprocess` has it: the negative number of the signal that ended it. -9 where it was ended from outside,
        or by us as it sent nonsense."""


class ChildProcess:
    """One process that answers one request at a time; callers on other threads wait for their turn.

    Where the owner forks, the fork starts a process of its own.
    """

    def __init__(self, module: str, *, name: str, label: str, task: str) -> None:
        """Start nothing yet.

        Args:
            module: what to run: a module that calls `workers.engines.child.server.serve`.
            name: the engine's name in errors.
            label: how log events begin, for example `espeak` for `espeak_started`.
            task: what it does, for errors: "Speaking the text".
        """
        self._module = module
        self._name = name
        self._label = label
        self._task = task
        self._lock = threading.Lock()
        self._running: Running | None = None

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return None if self._running is None else self._running.pid

    @property
    def is_busy(self) -> bool:
        """Whether a caller has its turn now."""
        return self._lock.locked()

    @property
    def has_ended(self) -> bool:
        """Whether there was a process that is gone, which the next request will notice."""
        return self._running is not None and self._running.ended

    def hello(self, *, timeout_s: float) -> dict[str, Any]:
        """What the process said about itself when it was ready; starts it where there is none.

        Raises:
            TransientError: `engine_timeout`, `engine_crashed`.
        """
        return self._talk(lambda running: running.greet(), timeout_s)

    def exchange(
        self, request: Mapping[str, Any], body: bytes = b"", *, timeout_s: float, cpu_s: int | None = None
    ) -> Reply:
        """Have a request answered.

        Args:
            request: the header, JSON.
            body: the bytes behind it.
            timeout_s: how long to wait, for a turn and for the answer; the process is killed then.
            cpu_s: how much CPU time the process may use, after which the kernel ends it; the timeout where not given.

        Raises:
            ChildCrashedError: `engine_crashed`.
            TransientError: `engine_timeout`, after which the process is gone.
        """
        allowed = int(timeout_s) + 1 if cpu_s is None else cpu_s
        return self._talk(lambda running: running.exchange({**request, "cpu_s": allowed}, body), timeout_s)

    def close(self) -> None:
        """End the process. The next call would start another."""
        with self._lock:
            self._drop()

    def _talk(self, words: Callable[[Running], T], timeout_s: float) -> T:
        deadline = time.monotonic() + timeout_s
        if timeout_s <= 0 or not self._lock.acquire(timeout=timeout_s):
            raise self._late()
        completed = False
        try:
            running = self._alive()
            with _Deadline(running, deadline):
                running.greet()
                said = words(running)
            completed = not running.killed
        except (BrokenFrameError, EOFError, OSError) as error:
            if time.monotonic() >= deadline:
                raise self._late() from error
            raise self._crashed() from error
        finally:
            # Whatever else went wrong (a soft time limit's exception, Ctrl-C) left a reply half read.
            if not completed:
                self._drop()
            self._lock.release()
        return said

    def _alive(self) -> Running:
        running = self._running
        if running is not None and running.owner != os.getpid():
            # This process was forked from the owner: the pipes are the owner's to use, and the child to end.
            running, self._running = None, None
        if running is not None and running.ended:
            self._drop()
        if self._running is None:
            self._running = Running(self._module, self._label)
        return self._running

    def _drop(self) -> int:
        running, self._running = self._running, None
        return running.end() if running is not None and running.owner == os.getpid() else 0

    def _late(self) -> TransientError:
        return TransientError("engine_timeout", f"{self._task} took too long.", engine=self._name)

    def _crashed(self) -> ChildCrashedError:
        message = f"{self._task} failed: the engine's process ended."
        return ChildCrashedError(message, engine=self._name, returncode=self._drop())


class _Deadline:
    """Kills the child when time is up, which ends every read and write on its pipes."""

    def __init__(self, running: Running, deadline: float) -> None:
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), running.kill)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
