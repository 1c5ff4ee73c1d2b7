"""What a shell offers at the Tab key, after `sayline --install-completion`."""

from __future__ import annotations

from itertools import islice

from ops.cli import running
from ops.desk import open_desk
from ops.dlq.groups import code_of
from ops.dlq.selection import Selection, find
from schemas.errors import UnavailableError
from schemas.kinds import registry

#: As many dead letters are looked at for their codes: somebody waits.
_LOOKED_AT = 500


def kinds(incomplete: str) -> list[str]:
    """Return the kinds that begin so."""
    return [kind for kind in registry() if kind.startswith(incomplete)]


def codes(incomplete: str) -> list[str]:
    """Return what the latest dead letters have died of, as far as it begins so; nothing where AWS is out of reach."""
    try:
        desk = open_desk(running.settings())
        dead = islice(find(desk.jobs, Selection(kinds=list(registry()))), _LOOKED_AT)
        found = {code_of(job) for job in dead}
    except UnavailableError:
        return []  # an error would be written into the line that is being typed
    return sorted(code for code in found if code.startswith(incomplete))
