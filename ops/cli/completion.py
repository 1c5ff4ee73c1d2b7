"""What a shell offers at the Tab key, after `sayline --install-completion`."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_settings import SettingsError

from ops.cli import running
from ops.desk import open_desk
from ops.dlq.groups import code_of
from ops.dlq.selection import Selection, find
from schemas.dead_letters import Period
from schemas.errors import UnavailableError
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.desk import Desk
    from schemas.job import Job

#: As many dead letters of a kind are looked at for their codes: somebody waits.
_LOOKED_AT = 100


def kinds(incomplete: str) -> list[str]:
    """Return the kinds that begin so."""
    return [kind for kind in registry() if kind.startswith(incomplete)]


def codes(incomplete: str) -> list[str]:
    """Return what dead letters have died of, as far as it begins so: those of the last hour first, then older ones.

    Nothing where AWS is out of reach, or the settings are wrong.
    """
    try:
        found = {code_of(job) for job in _latest(open_desk(running.settings()))}
    except (UnavailableError, ValidationError, SettingsError):
        return []  # an error would be written into the line that is being typed
    return sorted(code for code in found if code.startswith(incomplete))


def _latest(desk: Desk) -> Iterator[Job]:
    """Iterate over some dead letters of each kind, those of the last hour first: an index has the oldest first."""
    hour_ago = desk.now() - timedelta(hours=1)
    for kind in registry():
        periods = Period(since=hour_ago), Period(until=hour_ago)
        dead = (job for period in periods for job in find(desk, Selection(kinds=[kind], period=period)))
        yield from islice(dead, _LOOKED_AT)
