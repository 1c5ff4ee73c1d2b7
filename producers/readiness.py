"""Whether what the API stands on can be reached: asked at most once a second, however often the API is asked."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from schemas.ports import JobStore, QueueDepth

MAX_AGE_S = 1.0
TIMEOUT_S = 2.0
#: An id that no job has: reading it costs half a read unit, and tells as much as any.
_NO_JOB = "00000000-0000-0000-0000-000000000000"


def checks(jobs: JobStore, queues: QueueDepth, kinds: Iterable[str]) -> dict[str, Callable[[], object]]:
    """Return the cheapest question to the table, and one to each queue, by name."""

    def depth(kind: str) -> Callable[[], object]:
        return lambda: queues.depth(kind)

    return {"table": lambda: jobs.get(_NO_JOB), **{f"queue {kind}": depth(kind) for kind in kinds}}


class Readiness:
    """Runs the checks side by side; a check that hangs counts as failed, and is not started twice."""

    def __init__(
        self,
        checks: Mapping[str, Callable[[], object]],
        *,
        timeout_s: float = TIMEOUT_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checks = checks
        self._timeout_s = timeout_s
        self._monotonic = monotonic
        self._pool = ThreadPoolExecutor(max_workers=max(1, len(checks)), thread_name_prefix="readiness")
        self._running: dict[str, Future[object]] = {}
        self._lock = threading.Lock()
        self._missing: tuple[str, ...] = ()
        self._asked_at: float | None = None

    def __call__(self) -> tuple[str, ...]:
        """Return the names of what cannot be reached, as it was at most a second ago."""
        with self._lock:
            if self._asked_at is None or self._monotonic() - self._asked_at >= MAX_AGE_S:
                self._missing = self._ask()
                self._asked_at = self._monotonic()
            return self._missing

    def _ask(self) -> tuple[str, ...]:
        for name, check in self._checks.items():
            if name not in self._running or self._running[name].done():
                self._running[name] = self._pool.submit(check)
        wait(self._running.values(), timeout=self._timeout_s)
        return tuple(name for name, future in self._running.items() if not _succeeded(future))


def _succeeded(future: Future[object]) -> bool:
    if not future.done():
        return False
    error = future.exception()
    if error is not None and not isinstance(error, UnavailableError):
        raise error
    return error is None
