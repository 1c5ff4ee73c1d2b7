"""How long things are kept: the bucket's prefixes and the records. The infrastructure's rules come from here."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from schemas.files import USERS_PREFIX
from schemas.kinds import registry

#: Days that a dead letter waits for an operator (SQS allows 14 at most).
DEAD_LETTER_DAYS = 14
#: A dead letter's record and input outlive its message by a week.
HELD_DAYS = DEAD_LETTER_DAYS + 7

REQUESTS_PREFIX = "requests"
#: What finished work is found by, so that it is not paid for again.
REUSE_PREFIX = "reuse"

#: Prefixes that belong to no kind; `None` is for ever.
_SHARED: dict[str, int | None] = {
    "user-audio": 30,
    "uploads": 7,
    "profile-images": None,
    USERS_PREFIX: None,
    # A request that was too large for its record must outlive every epoch of it.
    REQUESTS_PREFIX: 30,
}


def prefixes() -> dict[str, int | None]:
    """Return the days that objects below `{prefix}/` are kept, by prefix."""
    kinds = registry().values()
    # What is found again names files of the job that made them: it goes first.
    reused = {f"{REUSE_PREFIX}/{kind.name}": max(1, kind.retention_days - 1) for kind in kinds}
    return {kind.name: kind.retention_days for kind in kinds} | reused | _SHARED


def held_until(now: datetime) -> datetime:
    """Return until when the record of a dead letter is kept whose message is sent now; whole seconds, as it is kept."""
    return (now + timedelta(days=HELD_DAYS)).replace(microsecond=0)


def reuse_folder(kind: str, owner: str) -> str:
    """Return the prefix of all that an owner's finished work of a kind is found by; erasing the owner empties it.

    A job's own begins with this and its `request_digest`.
    """
    return f"{REUSE_PREFIX}/{kind}/{hashlib.sha256(owner.encode()).hexdigest()[:32]}/"
