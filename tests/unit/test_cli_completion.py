"""What the shell offers at the Tab key, as its completion asks for it."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from ops.cli import completion
from ops.cli.main import app
from schemas.errors import UnavailableError
from schemas.job import JobError
from schemas.kinds import registry
from tests.dead_letters import Night


def offered(line: str) -> list[str]:
    """What a bash shell would be given, with the cursor at the line's end."""
    words = line.split(" ")
    environ = {"_SAYLINE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = CliRunner().invoke(app, [], env=environ, prog_name="sayline")
    assert done.exit_code == 0, done.exception
    return done.stdout.split()


@pytest.mark.parametrize(
    "before",
    [
        "sayline pause",
        "sayline resume",
        "sayline drain",
        "sayline queues",
        "sayline jobs --kind",
        "sayline doctor --kind",
        "sayline dlq list --kind",
        "sayline dlq redrive --to",
        "sayline job submit",
    ],
)
def test_kinds_are_offered(before: str):
    assert offered(f"{before} ") == list(registry())
    assert offered(f"{before} tr") == ["transcription"]


def test_commands_states_and_checks_are_offered():
    assert offered("sayline dlq re") == ["redrive"]
    assert offered("sayline jobs --status d") == ["dead_lettered"]
    assert offered("sayline doctor --skip en") == ["environment", "engines"]


def test_codes_are_those_of_the_dead_and_none_where_aws_is_out_of_reach(clock: Any, monkeypatch: pytest.MonkeyPatch):
    night = Night(clock)
    night.dead("a")
    night.dead("b", JobError(code="bad_voice", message="There is none.", retryable=False))
    monkeypatch.setattr(completion, "open_desk", lambda _: night.desk())

    assert offered("sayline dlq list --code ") == ["bad_voice", "engine_crashed"]
    assert offered("sayline dlq redrive --code b") == ["bad_voice"]

    clock.advance(2 * 3600)
    for kind in ("tts", "reply"):
        for number in range(120):
            night.dead(f"{kind}-{number}", kind=kind)
    night.dead("new", JobError(code="bad_key", message="There is none.", retryable=False), kind="transcription")
    assert offered("sayline dlq list --code ") == ["bad_key", "engine_crashed"], "some of each kind, the latest"

    def out(_: object) -> Any:
        raise UnavailableError("DynamoDB", "EndpointConnectionError")

    monkeypatch.setattr(completion, "open_desk", out)
    assert offered("sayline dlq list --code ") == []


def test_no_codes_are_offered_where_the_settings_are_wrong(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAYLINE_VISIBILITY_S", "soon")

    assert offered("sayline dlq list --code ") == []
