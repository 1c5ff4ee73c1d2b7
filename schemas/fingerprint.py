"""The registry in twelve characters: processes that differ in them do not agree on what jobs are."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from schemas.kinds import registry

if TYPE_CHECKING:
    from schemas.kinds import AnyKind

_LENGTH = 12


@cache
def registry_digest() -> str:
    """Return the digest of all kinds: names, forms of requests and results, limits and attempts."""
    declared = {name: _declared(kind) for name, kind in registry().items()}
    return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()[:_LENGTH]


def _declared(kind: AnyKind) -> dict[str, Any]:
    return {
        "request": kind.request.model_json_schema(),
        "result": kind.result.model_json_schema(),
        "timeout_s": kind.timeout_s,
        "max_attempts": kind.max_attempts,
        "roles": kind.roles,
    }
