"""The end of an attempt: one conditional write under its lease, patient while the table is out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from schemas import moves
from schemas.errors import RefusedError, UnavailableError

if TYPE_CHECKING:
    from schemas.ending import Ending
    from schemas.job import Job
    from schemas.move import Move
    from schemas.moves import Holder
    from schemas.ports import Clock, JobStore
    from workers.attempt import Attempt

log = structlog.get_logger(__name__)

#: How long a finished attempt keeps trying: its work would have to be done again.
PATIENCE_S = 20.0


class Finisher:
    """Writes the ends of attempts."""

    def __init__(self, *, store: JobStore, ending: Ending, clock: Clock, patience_s: float = PATIENCE_S) -> None:
        self._store = store
        self._ending = ending
        self._clock = clock
        self._patiently = Retrying(
            retry=retry_if_exception_type(UnavailableError),
            stop=stop_after_delay(patience_s),
            wait=wait_random_exponential(multiplier=0.2, max=5),
            reraise=True,
        )

    def finish(self, move: Move, holder: Holder, attempt: Attempt) -> Job | None:
        """Make the attempt's last move and return the record; None where the job is another's by now.

        Raises:
            UnavailableError: the table was out of reach for too long.
        """
        try:
            return self._patiently(self._store.apply, move)
        except RefusedError as refusal:
            attempt.delete_files()
            if refusal.existing and holder.was_cancelled(refusal.existing):
                return self._stop(holder)
            log.warning("attempt_discarded", move=move.name, unmet=[c.name for c in refusal.unmet])
            return None

    def _stop(self, holder: Holder) -> Job | None:
        now = self._clock()
        try:
            return self._patiently(self._store.apply, moves.stop(holder, end=self._ending.badly(now), now=now))
        except RefusedError:
            return None
