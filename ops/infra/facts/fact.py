"""A property of a resource that can be read back from AWS, and set by API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.aws.errors import MISSING_QUEUE, code
from ops.infra.facts.wording import differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.exceptions import ClientError

#: What to do about what holds data, and is not there any more.
GONE = (
    "What held data is not made anew, empty: a table is restored (docs/runbooks/restore-the-table.md), a bucket is "
    "made by hand; deploy again then."
)
#: How each service says that there is no such resource.
_MISSING = MISSING_QUEUE | {"404", "NoSuchBucket", "ResourceNotFoundException"}


class LeftAloneError(Exception):
    """A fact does not hold, and is not mended; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One property of one resource: what it should be, and how it is read and set."""

    name: str
    wanted: object
    read: Callable[[], object]
    write: Callable[[], object] | None = None
    """Sets it by API, or raises `LeftAloneError` where that would lose something; None where no request does."""
    resource: str = ""
    """What it is a property of, for example `table sayline-dev`."""
    is_remade: bool = False
    """Whether writing makes the resource itself where it is gone; what holds data is not made anew, empty."""

    def differences(self, found: object) -> str:
        """Return how what was found differs, property by property, in words."""
        return "; ".join(differences(found, self.wanted))


def is_missing(error: ClientError) -> bool:
    """Whether AWS has refused because there is no such resource."""
    return code(error) in _MISSING
