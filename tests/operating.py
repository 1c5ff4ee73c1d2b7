"""An operator's desk with nothing but memory behind it, and signs of life to begin with."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from ops.cli.main import app
from ops.cli.operators import common
from ops.memory import MemoryJobStore, MemoryQueues
from ops.memory_operating import MemoryOperating
from schemas.fingerprint import registry_digest
from schemas.operating import SignOfLife
from tests.desks import memory_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest
    from typer.testing import Result

    from schemas.ports import Clock
    from tests.conftest import ManualClock


def sign(clock: Clock, name: str = "host:1", **fields: Any) -> SignOfLife:
    """A worker that has spoken just now."""
    defaults: dict[str, Any] = {
        "kinds": ("reply", "tts"),
        "pool": "prefork",
        "concurrency": 2,
        "versions": {"sayline": "0.1.0", "celery": "5.7.0"},
        "registry": registry_digest(),
        "started_at": clock() - timedelta(hours=3),
        "seen_at": clock(),
        "until": clock() + timedelta(seconds=90),
    }
    return SignOfLife(name=name, **(defaults | fields))


class FakeDepths(MemoryQueues):
    """Queues that hold what a test says."""

    def __init__(self) -> None:
        super().__init__()
        self.held: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def depths(self, queue: str) -> Mapping[str, int]:
        return {name: self.held[queue][name] for name in ("visible", "in_flight", "delayed")}


class Office:
    """Runs operators' commands; `meanwhile` happens in a command's pauses, one after the other."""

    def __init__(self, clock: ManualClock, monkeypatch: pytest.MonkeyPatch | None = None) -> None:
        self.clock = clock
        self.operating = MemoryOperating()
        self.store = MemoryJobStore()
        self.depths = FakeDepths()
        self.meanwhile: list[Callable[[], object]] = []
        self.desk = memory_desk(
            pauses=self.operating,
            workforce=self.operating,
            queues=self.depths,
            jobs=self.store,
            now=clock,
            sleep=self._sleep,
        )
        if monkeypatch:
            monkeypatch.setattr(common, "desk", lambda: self.desk)

    def run(self, *args: str) -> Result:
        return CliRunner().invoke(app, args, terminal_width=80)

    def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)
        if self.meanwhile:
            self.meanwhile.pop(0)()
