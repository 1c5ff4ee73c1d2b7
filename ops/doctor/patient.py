"""What the doctor looks at."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ops.timing import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ops.aws.clients import Clients
    from ops.roles import Role
    from ops.settings import Settings
    from schemas.operating import Workforce
    from schemas.ports import Clock


@dataclass(frozen=True)
class EngineFault:
    """Why a kind's engine can't be made."""

    reason: str
    is_secret: bool
    """Whether it is for a secret that is not where its reference points."""


class Engines(Protocol):
    """The engines that the settings name; the doctor itself knows none."""

    def fault(self, kind: str) -> EngineFault | None:
        """Return why a kind's engine can't be made, as far as that shows without making it."""

    def addresses(self, kind: str) -> Iterable[str]:
        """Return the URLs that a kind's engine calls; asked only where it has no fault."""

    def lacking(self, kind: str) -> Mapping[str, Sequence[str]]:
        """Return the packages that a kind's engine wants and has not, by extra; of one with a fault, none."""


@dataclass(frozen=True, kw_only=True)
class Patient:
    """A stack, and the machine and settings from which it is looked at."""

    settings: Settings
    clients: Clients
    role: Role
    """As whose part it is looked at: what is to be allowed."""
    kinds: Sequence[str]
    """Whose queues and engines are looked at."""
    workforce: Workforce
    engines: Engines
    versions: Mapping[str, str]
    """Of the libraries that are installed here."""
    clock: Clock = utc_now
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
