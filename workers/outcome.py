"""What is to become of a message once its delivery has been dealt with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Settled:
    """The job needs this message no more: delete it."""


@dataclass(frozen=True)
class Hidden:
    """The job needs it again: hide it, then let it be delivered once more."""

    seconds: int
    reason: str


@dataclass(frozen=True)
class Left:
    """Another delivery of the same message runs the job: don't touch it, its receipt handle is not ours any more."""


Outcome: TypeAlias = Settled | Hidden | Left
