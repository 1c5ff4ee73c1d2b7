"""Calls a vendor over HTTP, as an engine's adapter does: one client for all threads."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import httpx2

from ops.bench.kinds.call import CallResult

if TYPE_CHECKING:
    from ops.bench.kinds.call import CallRequest
    from workers.work import Work

_TIMEOUT_S = 20


@cache
def _client() -> httpx2.Client:
    return httpx2.Client(timeout=_TIMEOUT_S, trust_env=False)


def handle(request: CallRequest, _work: Work[None]) -> CallResult:
    """Call the vendor once."""
    answer = _client().post(request.url).raise_for_status()
    return CallResult(text=answer.text, engine="call", model="1")
