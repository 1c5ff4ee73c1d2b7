"""W3C trace context, as far as jobs carry it: https://www.w3.org/TR/trace-context/#traceparent-header."""

from __future__ import annotations

import re

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def valid_traceparent(header: str | None) -> str | None:
    """Return the header where it is a `traceparent` of version 00, else None: a broken trace is no reason to refuse."""
    return header if header and _TRACEPARENT.fullmatch(header) else None


def traced(traceparent: str | None) -> dict[str, str]:
    """Return what log lines say of a trace, its id as `trace_id`; nothing where there is none, or it is not valid."""
    found = _TRACEPARENT.fullmatch(traceparent or "")
    return {"trace_id": found[1]} if found else {}
