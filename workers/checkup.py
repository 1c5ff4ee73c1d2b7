"""What a worker has the doctor look at as it starts: with its own role, settings, libraries and clock."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from ops.doctor import CHECKS, NOT_CHECKED, examine
from ops.doctor.whole import patient
from workers.process import InspectedEngines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.settings import Settings

log = structlog.get_logger(__name__)

#: Not the engines: those that can't be made have ended the start, and for one that is out of reach there is the guard.
_AT_START = CHECKS.keys() - {"engines"}


def begin(settings: Settings, kinds: Sequence[str]) -> threading.Thread:
    """Look around beside the work, once the pool is forked: a few dozen requests, for which no job waits."""
    thread = threading.Thread(target=_look, args=(settings, kinds), name="checkup", daemon=True)
    thread.start()
    return thread


def _look(settings: Settings, kinds: Sequence[str]) -> None:
    try:
        look_around(settings, kinds)
    except Exception:
        log.exception("doctor_failed")  # which is no reason not to work


def look_around(settings: Settings, kinds: Sequence[str]) -> None:
    """Log what is not as it should be; what loses jobs at once has been refused before, by `preflight`.

    Raises:
        NotSetUpError: see `Clients`.
    """
    findings = list(examine(patient(settings, kinds, InspectedEngines(settings), role="worker"), _AT_START))
    for finding in findings:
        # What a worker's role may not even look at is no reason to wake anybody.
        (log.info if finding.code == NOT_CHECKED else log.warning)("doctor_found", **finding.as_dict())
    log.info("doctor_done", findings=len(findings))
