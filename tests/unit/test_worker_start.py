"""A worker looks at its engines before it begins, and loads what its processes share before the fork."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import NoCredentialsError

from ops.aws.errors import translated
from ops.settings import Settings
from workers import app, checkup

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the worker's main does, in order; nothing outside this process is touched."""
    done: list[str] = []

    def note(what: str) -> Any:
        return lambda *_args, **_named: done.append(what)

    ready: list[Callable[[], object]] = []

    def start() -> None:
        done.append("fork")
        for told in ready:
            told()

    def create_app(_settings: Settings) -> Any:
        done.append("create_app")
        return SimpleNamespace(Worker=lambda **_: SimpleNamespace(start=start, exitcode=0))

    def connect(told: Callable[[], object], **_: object) -> None:
        ready.append(told)

    monkeypatch.setattr(app, "die_with_supervisor", note("lifeline"))
    monkeypatch.setattr(app, "logging", SimpleNamespace(configure=note("log")))
    signals = dict.fromkeys(SIGNALS, SimpleNamespace(connect=note("_")))
    monkeypatch.setattr(app, "signals", SimpleNamespace(**signals, worker_ready=SimpleNamespace(connect=connect)))
    monkeypatch.setattr(app, "say_ready", note("ready"))
    monkeypatch.setattr(app, "create_app", create_app)
    monkeypatch.setattr(app, "check_engines", note("check"))
    monkeypatch.setattr(checkup, "begin", note("look_around"))
    monkeypatch.setattr(app, "preload_engines", lambda _settings, kinds: done.append(f"preload {kinds}"))
    monkeypatch.setattr(app, "start_runner", note("start_runner"))
    return done


SIGNALS = ("setup_logging", "worker_process_init")
STEPS = ("check", "create_app", "look_around", "preload", "start_runner", "fork", "ready")


def run(monkeypatch: pytest.MonkeyPatch, done: list[str], **settings: Any) -> list[str]:
    chosen = Settings(_env_file=None, kinds=("tts",), **settings)
    monkeypatch.setattr(app, "Settings", lambda: chosen)
    with pytest.raises(SystemExit):
        app.main()
    return [step for step in done if step.startswith(STEPS)]


def test_processes_are_forked_after_what_they_share_is_loaded(monkeypatch: pytest.MonkeyPatch, started: list[str]):
    steps = run(monkeypatch, started, pool="prefork")

    assert steps == ["check", "create_app", "preload ['tts']", "fork", "ready", "look_around"]


def test_threads_share_anyway_and_nothing_is_loaded_that_no_job_needs(
    monkeypatch: pytest.MonkeyPatch, started: list[str]
):
    steps = run(monkeypatch, started, pool="threads", checkup=False)

    assert steps == ["check", "create_app", "start_runner", "fork", "ready"]


def test_a_worker_that_cannot_ask_aws_ends_as_one_with_wrong_settings_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, started: list[str], capsys: pytest.CaptureFixture[str]
):
    def create_app(_settings: Settings) -> Any:
        with translated("SQS"):
            raise NoCredentialsError

    monkeypatch.setattr(app, "create_app", create_app)
    monkeypatch.setattr(app, "_patiently", lambda make, settings: make(settings))
    monkeypatch.setattr(app, "Settings", lambda: Settings(_env_file=None, kinds=("tts",)))

    with pytest.raises(SystemExit) as ended:
        app.main()

    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "the worker cannot start: SQS cannot be asked from here: NoCredentialsError. "
        "Log in, set AWS_PROFILE, or give this machine a role.\n"
    )
