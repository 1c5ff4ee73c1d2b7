from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from ops.lifeline import READY_FILE, SUPERVISED, say_ready
from ops.local import ports
from ops.local.console import Console
from ops.local.lock import LockedError, exclusive
from ops.local.process import RestartPolicy
from ops.local.specs import api_url, child_environment, sayline_specs
from ops.settings import Settings


def test_wait_before_a_restart_doubles_up_to_its_cap():
    policy = RestartPolicy()
    delays, delay_s = [], 0.0
    for _ in range(7):
        delay_s = policy.delay_s(previous_s=delay_s, uptime_s=0.2)
        delays.append(delay_s)
    assert delays == [1, 2, 4, 8, 16, 30, 30]


def test_wait_before_a_restart_begins_again_after_a_while_of_peace():
    assert RestartPolicy().delay_s(previous_s=30, uptime_s=60) == 1


def test_children_read_the_very_settings_of_the_stack(monkeypatch: pytest.MonkeyPatch):
    settings = Settings(
        environment="demo",
        emulator_port=1234,
        api_port=5678,
        data_dir=Path("elsewhere"),
        engines={"tts": "fake"},
        kinds=("tts",),
        _env_file=None,
    )
    for name, value in child_environment(settings, Console(io.StringIO())).items():
        monkeypatch.setenv(name, value)
    assert Settings(_env_file=None) == settings


def test_children_know_their_supervisor():
    environment = child_environment(Settings(_env_file=None), Console(io.StringIO()))
    assert environment[SUPERVISED] == str(os.getpid())


def test_worker_says_itself_when_it_is_ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv(READY_FILE, raising=False)
    say_ready()
    monkeypatch.setenv(READY_FILE, str(tmp_path / "ready"))
    say_ready()
    assert (tmp_path / "ready").exists()


def test_api_is_stopped_first_and_the_worker_last():
    names = [spec.name for spec in sayline_specs(Settings(_env_file=None))]
    assert names[::-1] == ["api", "clock", "worker"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("box", "box")],  # noqa: S104 - not bound
)
def test_address_that_is_listened_on_is_told_from_the_one_that_is_reached(host: str, expected: str):
    assert ports.reachable(host) == expected
    assert api_url(Settings(api_host=host, api_port=80, _env_file=None)) == f"http://{expected}:80"


def test_lock_has_one_holder_and_names_it(tmp_path: Path):
    with (
        exclusive(tmp_path / "lock"),
        pytest.raises(LockedError, match=f"process {os.getpid()}"),
        exclusive(tmp_path / "lock"),
    ):
        pass


def test_lock_is_free_after_its_holder(tmp_path: Path):
    for _ in range(2):
        with exclusive(tmp_path / "lock"):
            assert (tmp_path / "lock").read_text() == str(os.getpid())
