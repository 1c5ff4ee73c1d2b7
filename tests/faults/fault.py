"""What may become of a request on its way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def _nothing() -> None:
    pass


class Fault(Enum):
    """What becomes of a request."""

    NONE = auto()
    LATENCY = auto()
    """Carried out after `Injection.seconds`."""
    INTERNAL_ERROR = auto()
    """Answered with 500, and not carried out."""
    UNAVAILABLE = auto()
    """Answered with 503, and not carried out."""
    EXPIRED_TOKEN = auto()
    """Refused, in the service's own words for credentials that have expired; not carried out."""
    THROTTLED = auto()
    """Refused, in the service's own words for too many requests; not carried out."""
    RESET = auto()
    """The connection is reset without an answer, and the request is not carried out."""
    BLACK_HOLE = auto()
    """Read and never answered; the connection is closed after `Injection.seconds`. Not carried out."""
    ANSWER_LOST = auto()
    """Carried out; then the connection is reset without an answer."""
    DUPLICATE = auto()
    """A receive's messages are visible again at once, so that another receive delivers them a second time."""


@dataclass(frozen=True)
class Injection:
    """A fault, how long it takes where it takes a time, and what is done at its moment."""

    fault: Fault
    seconds: float = 0.0
    act: Callable[[], None] = _nothing
    """Called before the client sees anything: after the request was carried out, where it is."""


NOTHING = Injection(Fault.NONE)
