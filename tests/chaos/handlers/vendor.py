"""Calls the vendor once per attempt, as an adapter of a real one does: time-outs, and its refusals translated."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx2

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError
from tests.chaos.kinds.vendor import VendorResult

if TYPE_CHECKING:
    from tests.chaos.kinds.vendor import VendorRequest
    from workers.work import Work

#: Where the vendor is.
URL = "CHAOS_VENDOR_URL"
_TIMEOUT_S = 1.5
_NAME = "vendor"
#: Answers that say that nothing was begun, and that it is worth another try.
_REFUSALS = frozenset({httpx2.codes.SERVICE_UNAVAILABLE, httpx2.codes.FORBIDDEN})


@cache
def _client() -> httpx2.Client:
    """Made in the process that uses it, after the fork."""
    return httpx2.Client(base_url=os.environ[URL], timeout=_TIMEOUT_S, trust_env=False)


def handle(request: VendorRequest, _work: Work[None]) -> VendorResult:
    """Call the vendor."""
    asked = {"call": uuid4().hex, "job": request.n, "pid": os.getpid(), "thread": threading.get_native_id()}
    try:
        answer = _client().post("/v1/calls", json=asked)
    except httpx2.TransportError as error:
        never_begun = isinstance(error, httpx2.ConnectError)
        raise _unavailable(type(error).__name__, may_have_run=not never_begun) from error
    if answer.status_code == httpx2.codes.TOO_MANY_REQUESTS:
        raise ThrottledError(engine=_NAME, retry_after_s=float(answer.headers.get("Retry-After", 1)))
    if answer.status_code in _REFUSALS:
        raise _unavailable(str(answer.status_code), may_have_run=False)
    if answer.is_server_error:
        raise _unavailable(str(answer.status_code), may_have_run=True)
    if not answer.is_success:
        raise PermanentError("vendor_refused", f"The vendor: {answer.status_code}.", engine=_NAME)
    return VendorResult(echo=answer.json()["echo"], engine=_NAME, model="1")


def _unavailable(reason: str, *, may_have_run: bool) -> EngineUnavailableError:
    return EngineUnavailableError(f"The vendor: {reason}.", engine=_NAME, may_have_run=may_have_run)
