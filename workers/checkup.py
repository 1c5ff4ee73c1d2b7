"""What a worker has the doctor look at as it starts: with its own role, settings, libraries and clock."""

from __future__ import annotations

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


def look_around(settings: Settings, kinds: Sequence[str]) -> None:
    """Log what is not as it should be; what loses jobs at once has been refused before, by `preflight`."""
    for finding in examine(patient(settings, kinds, InspectedEngines(settings)), _AT_START):
        # What a worker's role may not even look at is no reason to wake anybody.
        (log.info if finding.code == NOT_CHECKED else log.warning)("doctor_found", **finding.as_dict())
