"""Kinds that only the benchmark has; they are added as a user adds kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.local.overlay import kinds_of

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

_NAMES = ("call", "noop")


def added(directory: Path) -> AbstractContextManager[None]:
    """Have the benchmark's kinds in this process, and in those started within; the directory must not exist yet."""
    sources = {
        name: (f"from ops.bench.kinds.{name} import KIND\n", f"from ops.bench.handlers.{name} import handle\n")
        for name in _NAMES
    }
    return kinds_of(directory, sources)
