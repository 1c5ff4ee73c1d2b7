"""How the command line ends in errors and at Ctrl-C, and how it fits on a screen."""

from __future__ import annotations

import getpass
import json
import os
import signal
import socket
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import typer
from botocore.exceptions import (
    ConfigParseError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from ops.aws.clients import Clients
from ops.aws.errors import translated
from ops.cli import processes
from ops.cli.main import app
from ops.cli.operators import common
from ops.cli.output import Cropped
from ops.cli.refusals import reported
from ops.cli.start import ended_by_ctrl_c
from ops.cli.tables import Entry, age, listed, plain_table, span
from ops.infra.deploy import DeployError
from ops.settings import Settings
from schemas.errors import NotSetUpError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("EndpointConnectionError", "`sayline up` starts one"),
        ("ResourceNotFoundException", "`sayline deploy` makes one"),
        ("AWS.SimpleQueueService.NonExistentQueue", "`sayline deploy` makes one"),
        ("there is no queue sayline-dev-tts", "`sayline deploy` makes one"),
        ("NoSuchBucket", "`sayline deploy` makes one"),
        ("404", "`sayline deploy` makes one"),
        ("ExpiredTokenException", "AWS knows them not"),
        ("UnrecognizedClientException", "AWS knows them not"),
        ("InvalidClientTokenId", "AWS knows them not"),
        ("AccessDeniedException", "`sayline doctor` says what it lacks"),
        ("403", "`sayline doctor` says what it lacks"),
        ("ThrottlingException", "asked too often"),
        ("ProvisionedThroughputExceededException", "asked too often"),
        ("RequestThrottled", "asked too often"),
        ("SlowDown", "asked too often"),
        ("UnprocessedKeys", "asked too often"),
        ("3 of 10 messages were not sent", "asked too often"),
        ("InternalServerError", "AWS itself is out of order"),
        ("503", "AWS itself is out of order"),
    ],
)
def test_what_aws_refuses_is_told_with_what_to_do(capsys: pytest.CaptureFixture[str], reason: str, remedy: str):
    with pytest.raises(typer.Exit) as ended, reported():
        raise UnavailableError("DynamoDB", reason)

    said = " ".join(capsys.readouterr().err.split())
    assert (ended.value.exit_code, remedy in said) == (69, True)
    assert said.startswith(f"DynamoDB is unavailable: {reason}.")


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (NoCredentialsError(), "Log in, set AWS_PROFILE, or give this machine a role."),
        (PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "set both, or neither"),
        (ProfileNotFound(profile="nobody"), "AWS_PROFILE names a profile that is not in ~/.aws/config."),
        (ConfigParseError(path="config"), "Look at ~/.aws/config"),
        (NoRegionError(), "Set SAYLINE_REGION"),
    ],
)
def test_an_aws_that_could_not_be_asked_is_no_outage_but_something_to_be_set(
    capsys: pytest.CaptureFixture[str], error: Exception, remedy: str
):
    with pytest.raises(typer.Exit) as ended, reported(), translated("SQS"):
        raise error

    said = " ".join(capsys.readouterr().err.split())
    assert (ended.value.exit_code, remedy in said) == (2, True)
    assert said.startswith(f"SQS cannot be asked from here: {type(error).__name__}.")


def test_an_index_that_there_is_not_is_a_sentence_and_a_defect_is_one_still(capsys: pytest.CaptureFixture[str]):
    why = "An error occurred (ValidationException): The table does not have the specified index: open"
    with pytest.raises(typer.Exit) as ended, reported():
        raise RuntimeError(why)
    assert (ended.value.exit_code, "The table has no index open." in capsys.readouterr().err) == (69, True)
    with pytest.raises(RuntimeError, match="else"), reported():
        raise RuntimeError("anything else")


def test_a_profile_that_there_is_not_is_no_defect_of_ours(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(NotSetUpError, match="ProfileNotFound"):
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
    mended = ["mended queue sayline-dev-tts: DelaySeconds is 5 minutes, not 0 s"]
    monkeypatch.setattr("ops.infra.deploy.deploy", lambda *_: mended)
    monkeypatch.setattr(processes, "configure", lambda *_, **__: None)

    done = CliRunner().invoke(app, ["deploy", "--json"])

    assert json.loads(done.stdout) == {"stack": "sayline-dev", "region": "us-east-1", "mended": mended}
    assert CliRunner().invoke(app, ["deploy"]).stdout.splitlines() == [*mended, "sayline-dev is deployed"]


def test_a_deployment_that_leaves_faults_says_each_on_a_line(monkeypatch: pytest.MonkeyPatch):
    def failed(*_: object) -> None:
        raise DeployError("There is no table sayline-dev.\nmended queue sayline-dev-tts: it is not set")

    monkeypatch.setattr("ops.infra.deploy.deploy", failed)
    monkeypatch.setattr(processes, "configure", lambda *_, **__: None)

    shown = CliRunner().invoke(app, ["deploy"])

    assert shown.exit_code == 1
    assert shown.stderr.splitlines() == [
        "The stack is not as it should be.",
        "There is no table sayline-dev.",
        "mended queue sayline-dev-tts: it is not set",
    ]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-1, "0 s"), (59.9, "59 s"), (60, "1 min"), (5400, "1 h"), (86_399, "23 h"), (200_000, "2 d")],
)
def test_a_span_and_an_age_are_told_alike(seconds: float, shown: str):
    now = datetime(2026, 11, 21, tzinfo=UTC)

    assert (span(seconds), age(now - timedelta(seconds=seconds), now)) == (shown, shown)
    assert span(None) == "-"
