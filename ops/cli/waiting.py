"""Waiting for a job: polite polling, and what is shown meanwhile."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from typing import TYPE_CHECKING

from ops.cli.client import ProblemError, UnreachableError
from ops.cli.output import Exit, err, fail, printable
from ops.cli.tables import progress_text
from schemas.status import FINAL
from schemas.status import Status as JobStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from rich.status import Status

    from ops.cli.client import ApiClient, Seen
    from schemas.job import JsonObject

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 1.0
_GROWTH = 1.5


class StillOpenError(Exception):
    """The time is over, and the job is not."""

    def __init__(self, job: JsonObject) -> None:
        super().__init__(job["id"])
        self.job = job


def wait(  # noqa: PLR0913 - the clock is injected
    client: ApiClient,
    job_id: str,
    *,
    timeout_s: float,
    watch: Callable[[JsonObject, float], None],
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> JsonObject:
    """Look at the job until it is over, and return it; `watch` gets each look, and the seconds since the first.

    Raises:
        StillOpenError: it is not over in time.
        UnreachableError: the API can't be reached at first, or hasn't come back in time.
    """
    began, pause, seen = monotonic(), _FIRST_PAUSE_S, None
    while True:
        left = began + timeout_s - monotonic()
        seen, retry_after_s = _look(client, job_id, seen, may_fail=seen is not None and left > 0)
        if seen:
            watch(seen.job, monotonic() - began)
            if seen.job["status"] in FINAL:
                return seen.job
            if left <= 0:
                raise StillOpenError(seen.job)
        sleep(max(0.0, min(max(pause, retry_after_s), left)))
        pause = min(pause * _GROWTH, _LONGEST_PAUSE_S)


def _look(client: ApiClient, job_id: str, seen: Seen | None, *, may_fail: bool) -> tuple[Seen | None, float]:
    """Return what is to be seen, and how long the API wants to be left alone, in seconds."""
    try:
        return client.look(job_id, seen.etag if seen else None) or seen, 0.0
    except ProblemError as problem:
        if problem.status != HTTPStatus.SERVICE_UNAVAILABLE or not may_fail:
            raise
        return seen, problem.retry_after_s
    except UnreachableError:
        if not may_fail:
            raise
        return seen, _LONGEST_PAUSE_S


def require_success(job: JsonObject, what: str) -> None:
    """End the command, and say why, where a job has not succeeded; `what` begins the sentence."""
    if job["status"] != JobStatus.SUCCEEDED:
        error = job["error"] or {"code": job["status"], "message": "It was ended by its owner."}
        fail(f"{what} has ended: {job['status']}.", f"  {error['code']}: {error['message']}", Exit.JOB_FAILED)


class Watch:
    """Shows on stderr how a job gets on: a line for each change, and a spinner on a terminal."""

    def __init__(self) -> None:
        self._console = err()
        self._last: tuple[str, int] | None = None
        self._spinner: Status | None = self._console.status("waiting") if self._console.is_interactive else None
        self._running: AbstractContextManager[object] = self._spinner or nullcontext()

    def __enter__(self) -> Self:
        self._running.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.__exit__(kind, error, trace)

    def __call__(self, job: JsonObject, elapsed_s: float) -> None:
        """Show the job as it is now."""
        state = f"{printable(job['status'])}, attempt {job['attempt']} of {job['max_attempts'] or '?'}"
        if self._last != (job["status"], job["attempt"]):
            self._last = job["status"], job["attempt"]
            self._console.print(f"{elapsed_s:6.1f} s  {state}")
        if self._spinner:
            far = f", {printable(progress_text(job['progress']))}" if job["progress"] else ""
            self._spinner.update(f"{state}{far}, {elapsed_s:.0f} s")
