from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.cli.client import address, connect
from ops.cli.output import printable
from ops.cli.tables import age
from ops.local import stack_file
from ops.local.lock import exclusive
from ops.local.stack_file import StackInfo
from ops.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def settings(path: Path, **given: Any) -> Settings:
    return Settings(_env_file=None, data_dir=path, **given)


@pytest.fixture
def stack(tmp_path: Path) -> Settings:
    """The settings of a stack that runs."""
    running = settings(tmp_path)
    stack_file.write(running, StackInfo(api_url="http://127.0.0.1:9001", emulator_port=1, pid=1, processes={}))
    return running


def test_named_api_comes_first(stack: Settings):
    with exclusive(stack_file.lock_path(stack)):
        named = stack.model_copy(update={"api_url": "https://api.example.com"})
        assert address(named) == "https://api.example.com"


def test_running_stack_comes_next(stack: Settings):
    with exclusive(stack_file.lock_path(stack)):
        assert address(stack) == "http://127.0.0.1:9001"


def test_usual_address_comes_last(stack: Settings):
    assert address(stack.model_copy(update={"api_port": 8123})) == "http://127.0.0.1:8123"


@pytest.mark.parametrize(("url", "by_proxy"), [("http://127.0.0.1:1", False), ("https://api.example.com", True)])
def test_proxy_of_the_environment_is_for_other_machines(tmp_path: Path, url: str, by_proxy: bool):  # noqa: FBT001
    client = connect(settings(tmp_path, api_url=url), owner=None)
    assert client._http.trust_env is by_proxy  # noqa: SLF001


@pytest.mark.parametrize(
    ("seconds", "said"), [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (86_400 * 40, "40 d")]
)
def test_age_is_in_its_largest_unit(seconds: int, said: str):
    assert age(NOW - timedelta(seconds=seconds), NOW) == said


@given(st.text())
def test_no_text_drives_the_terminal(text: str):
    shown = printable(text)
    assert len(shown) == len(text)
    assert not any(ord(c) < 0x20 and c != "\n" for c in shown)
    assert not {"\x7f", "\x9b", "\u202e"} & set(shown)
    shown.encode()
