"""How long a server asks to be left alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def asked_s(headers: Mapping[str, str]) -> float | None:
    """Return the wait that is asked for: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110)."""
    milliseconds, value = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    if milliseconds.isdigit():
        return int(milliseconds) / 1_000
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
