"""The checkpoints of one attempt: what it says of its progress, and whether it is to go on.

The write that says it is the question as well: it is refused where the job is to be cancelled or is another's. So a
checkpoint is one write, no read, and a short attempt makes none.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from schemas import moves
from schemas.errors import RefusedError, UnavailableError
from schemas.job import NOTE_MAX_CHARS, PARTIAL_MAX_CHARS, Progress
from workers.work import CancelledError, LeaseLostError

if TYPE_CHECKING:
    from schemas.job import Job
    from schemas.moves import Holder
    from schemas.ports import Clock, JobStore

log = structlog.get_logger(__name__)

#: From an attempt's start to its first write, and from each to the next.
EVERY = timedelta(seconds=3)
#: From each to the next while an answer is being written, for whoever reads along.
PARTIAL_EVERY = timedelta(seconds=1)
#: A whole sentence, and what follows it: of an answer that has no second one, nothing is shown before its end.
_SENTENCE = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u2019\u201d)\]]*\s+\S|\S\s*\n\s*\S")
_DIGITS = 3


class Checkpoints:
    """Writes the progress of an attempt now and then, and ends the attempt where that is refused."""

    def __init__(self, holder: Holder, *, store: JobStore, clock: Clock) -> None:
        self._holder = holder
        self._store = store
        self._clock = clock
        self._next_at = clock() + EVERY
        self._said: tuple[float | None, str | None] = (None, None)
        self._partial: str | None = None

    def say(self, fraction: float | None, note: str | None, partial: str | None = None) -> None:
        """Take note of the progress, and pass the checkpoint; at once where an answer has its first sentence."""
        if fraction is not None:
            fraction = round(max(0.0, min(1.0, fraction)), _DIGITS)
        self._said = fraction, note[:NOTE_MAX_CHARS] if note else None
        if partial and (self._partial or _SENTENCE.search(partial)):
            if self._partial is None:
                self._next_at = self._clock()
            self._partial = partial[:PARTIAL_MAX_CHARS]
        self.check()

    def check(self) -> None:
        """Pass a checkpoint: write what was said last, where it is time to."""
        now = self._clock()
        if now < self._next_at:
            return
        fraction, note = self._said
        progress = Progress(fraction=fraction, note=note, partial=self._partial, at=now)
        try:
            self._store.apply(moves.report(self._holder, progress, now=now))
        except RefusedError as refusal:
            raise self._why_over(refusal.existing) from None
        except UnavailableError as error:
            # The work is worth more than what is said about it; whether it counts is asked again at its end.
            log.warning("progress_not_said", service=error.service, reason=error.reason)
        self._next_at = self._clock() + (PARTIAL_EVERY if self._partial else EVERY)

    def _why_over(self, job: Job | None) -> CancelledError | LeaseLostError:
        if job and self._holder.was_cancelled(job):
            return CancelledError()
        return LeaseLostError()
