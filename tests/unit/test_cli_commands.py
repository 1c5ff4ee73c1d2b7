"""What is so of every command of `sayline`, those that are still to come among them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ops.cli.main import app

#: Those that run until they are stopped and log, one whose only output is JSON, and a talk.
WITHOUT_JSON = {("up",), ("api",), ("worker",), ("clock",), ("template",), ("chat",)}


def tree(command: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """All commands and groups of commands, by their names."""
    found = {path: command}
    for name, child in getattr(command, "commands", {}).items():
        found |= tree(child, (*path, name))
    return found


TREE = tree(typer.main.get_command(app))
GROUPS = [path for path, command in TREE.items() if hasattr(command, "commands")]
COMMANDS = [path for path in TREE if path not in GROUPS]


def said(*args: str) -> str:
    done = CliRunner().invoke(app, args, terminal_width=80, prog_name="sayline")
    assert done.exit_code == 0
    return done.stdout


def test_the_commands_are_those_that_are_known_to_be_there():
    assert {("up",), ("queues",), ("dlq", "redrive"), ("job", "submit"), ("conversation", "delete")} <= set(COMMANDS)
    assert set(COMMANDS) >= WITHOUT_JSON


@pytest.mark.parametrize("path", TREE, ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_fits_80_columns(path: tuple[str, ...], option: str):
    shown = said(*path, option)

    assert max(map(len, shown.splitlines())) <= 80
    assert shown.startswith(f"Usage: {' '.join(('sayline', *path))} ")


def examples(*path: str) -> list[tuple[tuple[str, ...], set[str]]]:
    """The commands of ours in a help's examples, by their paths in the tree, each with the options that it is given."""
    [shown] = re.findall(r"^  Examples[^\n]*:\n(.+?)\n *\n", said(*path, "--help"), re.MULTILINE | re.DOTALL)
    found = []
    for command in re.findall(r"\bsayline (.+)", shown):
        own = re.split(r"\||\$\(|>", command)[0].split()
        named = max((each for each in TREE if each == tuple(own[: len(each)])), key=len)
        found.append((named, {word for word in own if re.fullmatch(r"--?[a-z][a-z-]*", word)}))
    return found


@pytest.mark.parametrize("path", TREE, ids=" ".join)
def test_help_has_examples_with_options_that_there_are(path: tuple[str, ...]):
    found = examples(*path)
    assert found

    for command, given in found:
        assert given <= {option for each in TREE[command].params for option in each.opts}
    if path in COMMANDS:
        assert path in {command for command, _ in found}
    else:
        assert {command for command, _ in found} <= {each for each in COMMANDS if each[: len(path)] == path}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_what_is_printed_is_to_be_had_as_json(path: tuple[str, ...]):
    has_json = "--json" in {option for each in TREE[path].params for option in each.opts}

    assert has_json is (path not in WITHOUT_JSON)


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_no_summary_of_a_command_is_cut_off(path: tuple[str, ...]):
    lines = said(*path, "--help").partition("Commands:\n")[2].splitlines()

    assert len(lines) == len(TREE[path].commands)
    assert [line for line in lines if line.endswith("...")] == []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_an_option_that_there_is_not_is_a_usage_error_in_one_line(path: tuple[str, ...]):
    done = CliRunner().invoke(app, [*path, "--no-such-option"], terminal_width=80, prog_name="sayline")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "Error: No such option" in done.stderr.splitlines()[-1]
    assert f"Try '{' '.join(('sayline', *path))} -h' for help." in done.stderr


@pytest.mark.parametrize(
    ("command", "end"),
    [
        (("queues", "tss"), "reply, transcription, tts."),
        (("dlq", "list", "--kind", "tss"), "reply, transcription, tts."),
        (("jobs", "--status", "runing"), "'succeeded', 'failed', 'dead_lettered', 'cancelled'."),
        (("audjt",), "No such command 'audjt'."),
    ],
)
def test_wrong_use_is_told_in_lines_that_end_between_words(command: tuple[str, ...], end: str):
    done = CliRunner().invoke(app, command, terminal_width=80, prog_name="sayline")

    lines = done.stderr.splitlines()
    assert (done.exit_code, max(map(len, lines)) <= 80) == (2, True)
    assert end in " ".join(lines)
    assert sum(line.startswith("Error: ") for line in lines) == 1
