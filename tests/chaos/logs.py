"""What the processes have logged and should not have: errors and tracebacks, each sort once with its count."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINE = re.compile(r"^(\S+)\s*\| (.*)$")
_ENDING = re.compile(r"^stack +\| (\w+)(?:-\d+)? (exited with code \d+|was killed by \w+)", re.MULTILINE)
_NUMBERS = re.compile(r"\d+|[0-9a-f]{8}-[0-9a-f-]{27}")
#: What killing processes makes them say, by event.
EXPECTED = tuple(
    re.compile(pattern)
    for pattern in (
        r"^Process '?ForkPoolWorker",
        r"^Task handler raised error: .*(WorkerLostError|TimeLimitExceeded)",
        r"^Hard time limit",
        r"^Timed out waiting for UP message",
        r"^Unrecoverable error: WorkerLostError\('Could not start worker processes'\)",
    )
)


def unexpected(log: Path) -> Counter[str]:
    """Return what was logged at level error or as a traceback, without numbers, and how often."""
    found: Counter[str] = Counter()
    for process, text in _lines(log):
        said = _complaint(text)
        if said and not any(pattern.search(said) for pattern in EXPECTED):
            found[f"{process}: {_NUMBERS.sub('#', said)}"] += 1
    return found


def endings(log: Path) -> Counter[str]:
    """Return how processes of each sort have ended, from the supervisor's words."""
    words = re.findall(
        r"^stack +\| (\w+)(?:-\d+)? (exited with code \d+|was killed by \w+)", log.read_text(), re.MULTILINE
    )
    return Counter(f"{process} {ending}" for process, ending in words)


def _lines(log: Path) -> Iterator[tuple[str, str]]:
    for line in log.read_text("utf-8", "replace").splitlines():
        match = _LINE.match(line)
        if match and match[1] not in {"stack", "emulator"}:
            yield match[1].partition("-")[0], match[2]


def _complaint(text: str) -> str | None:
    if not text.startswith("{"):
        return text if text.startswith("Traceback") or re.match(r"^\w+(\.\w+)*(Error|Exception)\b", text) else None
    try:
        event: dict[str, Any] = json.loads(text)
    except ValueError:
        return None  # cut off by a kill
    if event.get("level") in {"error", "critical"} or event.get("code") == "unexpected_error":
        last = str(event.get("exception") or (event.get("frames") or [""])[-1]).strip().splitlines()[-1:]
        return " <- ".join([str(event.get("event")), *filter(None, [event.get("error"), *last])])
    return None
