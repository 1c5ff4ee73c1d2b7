"""A worker looks at its engines before it begins, and loads what its processes share before the fork."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ops.settings import Settings
from workers import app


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the worker's main does, in order; nothing outside this process is touched."""
    done: list[str] = []

    def note(what: str) -> Any:
        return lambda *_args, **_named: done.append(what)

    def create_app(_settings: Settings) -> Any:
        done.append("create_app")
        return SimpleNamespace(Worker=lambda **_: SimpleNamespace(start=note("fork"), exitcode=0))

    monkeypatch.setattr(app, "die_with_supervisor", note("lifeline"))
    monkeypatch.setattr(app, "logging", SimpleNamespace(configure=note("log")))
    monkeypatch.setattr(app, "signals", SimpleNamespace(**dict.fromkeys(SIGNALS, SimpleNamespace(connect=note("_")))))
    monkeypatch.setattr(app, "create_app", create_app)
    monkeypatch.setattr(app, "check_engines", note("check"))
    monkeypatch.setattr(app, "look_around", note("look_around"))
    monkeypatch.setattr(app, "preload_engines", lambda _settings, kinds: done.append(f"preload {kinds}"))
    monkeypatch.setattr(app, "start_runner", note("start_runner"))
    return done


SIGNALS = ("setup_logging", "worker_ready", "worker_process_init")
STEPS = ("check", "create_app", "look_around", "preload", "start_runner", "fork")


def run(monkeypatch: pytest.MonkeyPatch, done: list[str], **settings: Any) -> list[str]:
    chosen = Settings(_env_file=None, kinds=("tts",), **settings)
    monkeypatch.setattr(app, "Settings", lambda: chosen)
    with pytest.raises(SystemExit):
        app.main()
    return [step for step in done if step.startswith(STEPS)]


def test_processes_are_forked_after_what_they_share_is_loaded(monkeypatch: pytest.MonkeyPatch, started: list[str]):
    steps = run(monkeypatch, started, pool="prefork")

    assert steps == ["check", "create_app", "look_around", "preload ['tts']", "fork"]


def test_threads_share_anyway_and_nothing_is_loaded_that_no_job_needs(
    monkeypatch: pytest.MonkeyPatch, started: list[str]
):
    assert run(monkeypatch, started, pool="threads") == ["check", "create_app", "look_around", "start_runner", "fork"]
