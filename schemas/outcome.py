"""What is to become of a message once its delivery has been dealt with: said by the runner, done by the transport."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

#: The code of an attempt that succeeded.
OK = "ok"


@dataclass(frozen=True)
class Settled:
    """The job needs this message no more: delete it."""

    code: str | None = None
    """How the engine did: `ok`, or the code of the attempt's error; None where it was not asked."""


@dataclass(frozen=True)
class Hidden:
    """The job needs it again: hide it, then let it be delivered once more."""

    seconds: int
    code: str
    retry_after_s: float | None = None
    """How long the engine asked to be left alone."""


@dataclass(frozen=True)
class Left:
    """Another delivery of the same message runs the job: don't touch it, its receipt handle is not ours any more."""


Outcome: TypeAlias = Settled | Hidden | Left
