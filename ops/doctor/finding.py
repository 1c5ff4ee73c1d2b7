"""What the doctor finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.job import JsonObject


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
