"""What a running stack says about itself to the CLI: `stack.json` in its data directory."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from ops.local.lock import is_held

if TYPE_CHECKING:
    from pathlib import Path

    from ops.settings import Settings


@dataclass(frozen=True, kw_only=True)
class StackInfo:
    """Where a running stack is."""

    api_url: str
    emulator_port: int
    pid: int
    """The supervisor's process id."""
    processes: dict[str, int]
    """Process id by name; a process that is about to be started again is missing."""


def path(settings: Settings) -> Path:
    """Return where the file is."""
    return settings.data_dir / "stack.json"


def lock_path(settings: Settings) -> Path:
    """Return the lock that a stack holds for as long as it lives."""
    return settings.data_dir / "stack.lock"


def read(settings: Settings) -> StackInfo | None:
    """Return the running stack of the data directory; None where there is none, or it isn't ready or was killed."""
    # The lock and not the process id, which may be another process's by now.
    if not is_held(lock_path(settings)):
        return None
    try:
        return StackInfo(**json.loads(path(settings).read_text("utf-8")))
    except FileNotFoundError:
        return None


def write(settings: Settings, info: StackInfo) -> None:
    """Write the file; a reader sees the one before or this one, and nothing between."""
    target = path(settings)
    temporary = target.with_suffix(".json.new")
    temporary.write_text(json.dumps(asdict(info), indent=2) + "\n", "utf-8")
    temporary.replace(target)


def remove(settings: Settings) -> None:
    """Remove the file."""
    path(settings).unlink(missing_ok=True)
