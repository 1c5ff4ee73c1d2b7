"""Ids of jobs: made from the time, or derived from an idempotency key."""

import hashlib
import json
import re

from uuid6 import UUID, uuid7

#: Printable ASCII, as `Idempotency-Key` takes it.
KEY_PATTERN = r"^[ -~]{1,255}$"

_JOB_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_id() -> str:
    """Return a UUIDv7: ids sort by time."""
    return str(uuid7())


def derived_id(owner: str, key: str) -> str:
    """Return the one id that an owner's idempotency key leads to: a UUIDv8 of the first 122 bits of a SHA-256.

    The kind is not part of it: the same key with another kind must meet the first job's record, and be refused.
    https://www.rfc-editor.org/rfc/rfc9562#section-5.8
    """
    name = json.dumps(["sayline.job", owner, key]).encode()
    return str(UUID(int=int.from_bytes(hashlib.sha256(name).digest()[:16]), version=8))


def is_job_id(text: str) -> bool:
    """Whether a job could have this id; saves a read, and keeps foreign text out of keys and logs."""
    return _JOB_ID.fullmatch(text) is not None
