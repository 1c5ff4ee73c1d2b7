"""The in-memory twin of pauses and workforce."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from schemas.operating import SILENT_FOR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from schemas.operating import Pause, SignOfLife


class MemoryOperating:
    """Pauses and signs of life in dictionaries."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pauses: dict[str, Pause] = {}
        self._signs: dict[str, SignOfLife] = {}

    def paused(self) -> Mapping[str, Pause]:
        """Return the pauses by kind."""
        return dict(self._pauses)

    def pause(self, pause: Pause) -> Pause:
        """Pause a kind, unless it is."""
        with self._lock:
            return self._pauses.setdefault(pause.kind, pause)

    def resume(self, kind: str) -> bool:
        """End a kind's pause."""
        with self._lock:
            return self._pauses.pop(kind, None) is not None

    def say(self, sign: SignOfLife) -> None:
        """Write a worker's sign of life."""
        self._signs[sign.name] = sign

    def forget(self, name: str) -> None:
        """Remove a worker."""
        self._signs.pop(name, None)

    def workers(self, *, now: datetime) -> Sequence[SignOfLife]:
        """Return those that are remembered, by name."""
        return [sign for _, sign in sorted(self._signs.items()) if now < sign.until + SILENT_FOR]
