"""A conversation in a terminal: each line is a job, each answer is shown with what was found."""

from __future__ import annotations

from typing import Any

import pytest

from ops.payloads import ClaimCheck
from schemas.job import Payload
from tests.api import INLINE_MAX_BYTES
from tests.cli import Terminal

FOUND = {"original": "goed", "suggestion": "went", "note": "It is irregular."}


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(monkeypatch)


def reply(terminal: Terminal, text: str, *corrections: dict[str, Any]) -> None:
    answer = {"type": "conversation", "reply": text, "corrections": corrections}
    result = Payload(inline={"engine": "echo", "model": "1", "answer": answer})
    terminal.api.succeed(terminal.api.records[-1].id, result)


def asked(terminal: Terminal) -> list[dict[str, Any]]:
    payloads = ClaimCheck(terminal.api.objects, inline_max_bytes=INLINE_MAX_BYTES)
    return [payloads.load(job.request)["task"] for job in terminal.api.records]


def test_each_line_is_a_turn_of_one_conversation(terminal: Terminal):
    terminal.meanwhile = [lambda: reply(terminal, "Where?", FOUND), lambda: reply(terminal, "How was it?")]

    done = terminal.run("chat", "--topic", "travel", "--level", "low", stdin="I goed there.\n부산에 갔어요.\n\n")

    first, second = asked(terminal)
    assert done.exit_code == 0
    assert (first["message"], second["message"]) == ("I goed there.", "부산에 갔어요.")
    assert first["conversation"] == second["conversation"]
    assert (first["topic"], first["level"], first["role"]) == ("travel", "low", None)
    assert "goed -> went: It is irregular." in done.stdout
    assert done.stdout.index("Where?") < done.stdout.index("How was it?")
    assert f"--conversation {first['conversation']}" in done.stderr


def test_one_that_was_begun_goes_on(terminal: Terminal):
    terminal.meanwhile = [lambda: reply(terminal, "Welcome back.")]

    terminal.run("chat", "--conversation", "one", stdin="Hello again\n")

    (task,) = asked(terminal)
    assert (task["conversation"], task["level"]) == ("one", None)


def test_a_turn_that_fails_ends_it_and_says_why(terminal: Terminal):
    terminal.meanwhile = [lambda: terminal.api.fail(terminal.api.records[-1].id)]

    done = terminal.run("chat", stdin="Hello\nNever asked\n")

    assert done.exit_code == 1
    assert "bad_voice" in done.stderr
    assert len(asked(terminal)) == 1


def test_what_the_tutor_says_drives_no_terminal(terminal: Terminal):
    terminal.meanwhile = [lambda: reply(terminal, "\x1b[2JHi")]

    assert "\x1b" not in terminal.run("chat", stdin="Hello\n").stdout
