"""What is written at a job's end beside its outcome: how long the record is kept, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from schemas.after import counts
from schemas.moves import End
from schemas.retention import held_until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.job import After
    from schemas.kinds import AnyKind


@dataclass(frozen=True)
class Ending:
    """Makes the ends of jobs; a record's retention begins at its end."""

    record_retention_days: int

    def well(self, kind: AnyKind, now: datetime, *, after: Mapping[str, After] = MappingProxyType({})) -> End:
        """Return the end of a job that succeeded, whose record outlives its files.

        `after` follows it, beside what follows each of its kind.
        """
        # Whoever looks at the files finds whose they are: the bucket deletes at the midnight after their last day.
        files_gone = now + timedelta(days=kind.retention_days + 1)
        return End(expires_at=max(self._expiry(now), files_gone), after={**counts(kind, now), **after})

    def badly(self, now: datetime) -> End:
        """Return any other end; a record outlives its dead letter."""
        return End(expires_at=max(self._expiry(now), held_until(now)))

    def _expiry(self, now: datetime) -> datetime:
        return now + timedelta(days=self.record_retention_days)
