"""Messages of a sweep on their way out: one request for ten of them, not ten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from schemas.envelope import Envelope, envelope_of

if TYPE_CHECKING:
    from types import TracebackType

    from schemas.job import Job
    from schemas.ports import Enqueuer

#: A page: what is put in waits for no more than this many, so that little is left unsent where a clock is killed.
PAGE = 10


class Outbox:
    """Sends what is put into it, page by page; all of it on leaving, with an error or without."""

    def __init__(self, queue: Enqueuer) -> None:
        self.sent = 0
        """How many messages are durable by now."""
        self._queue = queue
        self._waiting: list[tuple[Envelope, str]] = []

    def put(self, job: Job) -> None:
        """Have the message of the job's epoch sent."""
        self._waiting.append((envelope_of(job), job.owner))
        if len(self._waiting) >= PAGE:
            self._flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Their checks are counted: what broke off the sweep must not keep them back.
        self._flush()

    def _flush(self) -> None:
        page, self._waiting = self._waiting, []
        if page:
            self._queue.send_batch(page)
            self.sent += len(page)
