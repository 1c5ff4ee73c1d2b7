"""`sayline dlq` as it is typed, over a night's dead letters in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from ops.cli.dlq import app, redriving, sending, watching
from ops.cli.operators import common
from ops.cli.output import command_line
from schemas.job import JobError

if TYPE_CHECKING:
    import pytest
    from typer.testing import Result

    from tests.dead_letters import Night

VOICE = JobError(code="bad_voice", message="There is no such \x1b[31mvoice.", retryable=False, engine="polly")

main = command_line()
main.add_typer(app)


class Console:
    """Runs commands; in each pause of theirs a worker works off what was sent."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, night: Night) -> None:
        self.night = night
        self.fails: list[str] = []
        self.now = 0.0
        monkeypatch.setattr(common, "desk", night.desk)
        for module in (redriving, sending, watching):
            monkeypatch.setattr(module, "time", SimpleNamespace(sleep=self._sleep, monotonic=lambda: self.now))

    def run(self, *args: str) -> Result:
        return CliRunner().invoke(main, ["dlq", *args], terminal_width=80)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self.night.work(fails=lambda job: job.id in self.fails)


def three_dead(night: Night) -> Night:
    """A night with three dead letters: a crash and two voices that there are not."""
    night.dead("a")
    night.dead("b", VOICE, trace="00-trace", flow="lesson", step="speak")
    night.dead("c", VOICE)
    return night


def unwrapped(text: str) -> str:
    return " ".join(text.split())
