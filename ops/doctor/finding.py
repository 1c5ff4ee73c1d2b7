"""What the doctor finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.job import JsonObject

#: The code of what could not be looked at.
NOT_CHECKED = "not_checked"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is not as it should be."""

    code: str
    """Stable, for programs."""
    subject: str
    """What it is about: a queue, an engine, a setting."""
    detail: str
    """How it is, and how it should be; no secret."""
    remedy: str
    """What to do."""

    def as_dict(self) -> JsonObject:
        """Return it for programs."""
        return asdict(self)


def not_checked(subject: str, why: str) -> Finding:
    """Return the finding that something could not be looked at."""
    return Finding(
        code=NOT_CHECKED,
        subject=subject,
        detail=f"It could not be looked at: {why}.",
        remedy="Look whether AWS is reached, by which role, and whether that may read it.",
    )
