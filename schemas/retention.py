"""How long things are kept: the bucket's prefixes and the records. The infrastructure's rules come from here."""

from __future__ import annotations

from schemas.kinds import registry

#: Days that a dead letter waits for an operator (SQS allows 14 at most).
DEAD_LETTER_DAYS = 14
#: A dead letter's record and input outlive its message by a week.
HELD_DAYS = DEAD_LETTER_DAYS + 7

REQUESTS_PREFIX = "requests"

#: Prefixes that belong to no kind; `None` is for ever.
_SHARED: dict[str, int | None] = {
    "user-audio": 30,
    "uploads": 7,
    "profile-images": None,
    "held": HELD_DAYS,
    # A request that was too large for its record must outlive every epoch of it.
    REQUESTS_PREFIX: 30,
}


def prefixes() -> dict[str, int | None]:
    """Return the days that objects below `{prefix}/` are kept, by prefix."""
    return {kind.name: kind.retention_days for kind in registry().values()} | _SHARED
