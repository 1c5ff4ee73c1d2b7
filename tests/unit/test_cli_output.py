"""How the command line ends in errors and at Ctrl-C, and how it fits on a screen."""

from __future__ import annotations

import getpass
import json
import os
import signal
import socket
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import typer
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from ops.aws.clients import Clients
from ops.cli import processes
from ops.cli.main import app
from ops.cli.operators import common
from ops.cli.output import Cropped
from ops.cli.refusals import reported
from ops.cli.start import ended_by_ctrl_c
from ops.cli.tables import Entry, listed, plain_table
from ops.settings import Settings
from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("EndpointConnectionError", "`sayline up` starts one"),
        ("ResourceNotFoundException", "`sayline deploy` makes one"),
        ("AWS.SimpleQueueService.NonExistentQueue", "`sayline deploy` makes one"),
        ("NoSuchBucket", "`sayline deploy` makes one"),
        ("404", "`sayline deploy` makes one"),
        ("NoCredentialsError", "must have some: log in"),
        ("ProfileNotFound", "must have some: log in"),
        ("ExpiredTokenException", "AWS knows them not"),
        ("UnrecognizedClientException", "AWS knows them not"),
        ("InvalidClientTokenId", "AWS knows them not"),
        ("AccessDeniedException", "`sayline doctor` says what it lacks"),
        ("403", "`sayline doctor` says what it lacks"),
    ],
)
def test_what_aws_refuses_is_told_with_what_to_do(capsys: pytest.CaptureFixture[str], reason: str, remedy: str):
    with pytest.raises(typer.Exit) as ended, reported():
        raise UnavailableError("DynamoDB", reason)

    said = " ".join(capsys.readouterr().err.split())
    assert (ended.value.exit_code, remedy in said) == (69, True)
    assert said.startswith(f"DynamoDB is unavailable: {reason}.")


def test_a_profile_that_there_is_not_is_no_defect_of_ours(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(UnavailableError, match="ProfileNotFound"):
        Clients(Settings(_env_file=None, aws="aws"))


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, typer.Abort])
def test_an_interrupted_command_says_what_to_know_where_there_is_something(
    capsys: pytest.CaptureFixture[str], interruption: type[BaseException]
):
    for known, said in ((None, "Interrupted.\n"), ("It goes on.", "Interrupted.\nIt goes on.\n")):
        with pytest.raises(typer.Exit) as ended, reported(known):
            raise interruption

        assert (ended.value.exit_code, capsys.readouterr().err) == (130, said)


def test_errors_of_files_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    with pytest.raises(typer.Exit) as ended, reported():
        (tmp_path / "no" / "such").open("x")
    assert ended.value.exit_code == 2
    assert "No such file or directory." in " ".join(capsys.readouterr().err.split())

    (tmp_path / "there").touch()
    with pytest.raises(typer.Exit), reported():
        (tmp_path / "there").open("x")
    assert capsys.readouterr().err.endswith("Name a new one: nothing is written over.\n")

    with pytest.raises(typer.Exit), reported():
        raise OSError(28, "No space left on device")
    assert capsys.readouterr().err == "No space left on device.\n"


@pytest.fixture
def sigint() -> Iterator[Callable[[Any], object]]:
    """Set what SIGINT does; it is as it was afterwards, whoever started the tests."""
    before = signal.getsignal(signal.SIGINT)
    yield lambda handler: signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_is_the_systems_own_until_something_is_begun(sigint: Callable[[Any], object]):
    sigint(signal.default_int_handler)
    with ended_by_ctrl_c():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_background_jobs_ctrl_c_stays_ignored(sigint: Callable[[Any], object]):
    sigint(signal.SIG_IGN)
    with ended_by_ctrl_c():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_whoever_has_no_name_is_told_by_number(monkeypatch: pytest.MonkeyPatch):
    def nobody() -> Any:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", nobody)
    monkeypatch.setattr(os, "getuid", lambda: 4711)

    assert common.who() == f"4711@{socket.gethostname()}"


def drawn(width: int) -> list[str]:
    table = plain_table("QUEUE", "WAIT", "RUN")
    table.add_row("transcription", "1,234", "5")
    file = StringIO()
    Console(file=file, width=width).print(Cropped(table), end="")
    return file.getvalue().splitlines()


def test_a_table_in_a_narrow_window_is_cut_at_the_right_with_room_for_what_a_terminal_adds():
    assert [line.rstrip() for line in drawn(80)] == ["QUEUE          WAIT   RUN", "transcription  1,234  5"]
    assert drawn(22) == ["QUEUE          WAIT ", "transcription  1,234"]
    assert [len(line) for line in drawn(10)] == [8, 8]


def test_a_list_cuts_what_is_below_its_lines_and_no_cell():
    code = "a_code_that_is_long" * 5
    entries = [Entry(("5", "tts", code), "느린 엔진 " * 20), Entry(("1,234", "reply", "bad"), "one\ntwo")]

    lines = listed(("DEAD", "KIND", "CODE"), entries, right={"DEAD"}).plain.splitlines()

    assert lines[0] == " DEAD  KIND   CODE"
    assert lines[1] == f"    5  tts    {code}"
    assert (cell_len(lines[2]), lines[2][:8], lines[2][-1]) == (80, "  느린 엔진 ", "…")
    assert lines[3:] == ["1,234  reply  bad", "  one two"]


def test_a_deployment_is_told_to_programs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ops.infra.deploy.deploy", lambda *_: None)
    monkeypatch.setattr(processes, "configure", lambda *_, **__: None)

    done = CliRunner().invoke(app, ["deploy", "--json"])

    assert json.loads(done.stdout) == {"stack": "sayline-dev", "region": "us-east-1"}
    assert CliRunner().invoke(app, ["deploy"]).stdout == "sayline-dev is deployed\n"
