"""Computes a little and writes a small file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from schemas.errors import PermanentError, TransientError
from tests.chaos.kinds.noop import NoopResult

if TYPE_CHECKING:
    from tests.chaos.kinds.noop import NoopRequest
    from workers.work import Work

_ROUNDS = 2000


def digest(n: int) -> str:
    """Return what a job of this number computes."""
    value = str(n).encode()
    for _ in range(_ROUNDS):
        value = hashlib.sha256(value).digest()
    return value.hex()


def handle(request: NoopRequest, work: Work[None]) -> NoopResult:
    """Write the file first, so that an attempt that fails leaves something to clear away."""
    computed = digest(request.n)
    stored = work.store("digest.txt", computed.encode(), mime="text/plain")
    if request.how == "fail":
        raise PermanentError("asked_to_fail", "It was asked to fail.")
    if request.how == "flaky":
        raise TransientError("flaky", "It fails each time.")
    return NoopResult(digest=computed, file=stored, engine="noop", model="1")
