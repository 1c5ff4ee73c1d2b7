"""Runbooks are typed at night: every command in them exists, with just these options, and every page is listed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from ops.cli.main import app

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
PAGES = sorted(RUNBOOKS.glob("*.md"))
#: A command ends at two spaces, behind which it is explained, or with the code.
_COMMAND = re.compile(r"^(sayline .+?)(?:  .*)?$", re.MULTILINE)
_ROOT: Any = typer.main.get_command(app)


def commands(page: Path) -> list[str]:
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`(sayline [^`]+)`", text)
    return [command for block in blocks for command in _COMMAND.findall(block)] + inline


@pytest.mark.parametrize(
    ("page", "line"),
    [(page.name, line) for page in PAGES for line in commands(page)],
    ids=lambda value: str(value)[:40],
)
def test_every_command_exists_with_these_options(page: str, line: str):
    _, *words = shlex.split(line)
    command = _ROOT
    while words and hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    arguments = any(parameter.param_type_name == "argument" for parameter in command.params)

    assert {word for word in words if word.startswith("-")} <= known
    assert arguments or not words or words[0].startswith("-")


def test_every_page_is_listed():
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", (RUNBOOKS / "README.md").read_text("utf-8")))

    assert listed == {page.name for page in PAGES} - {"README.md"}


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "README.md"], ids=lambda page: page.stem)
def test_every_page_says_what_to_do(page: Path):
    assert re.search(r"^## (Do|Do, )", page.read_text("utf-8"), re.MULTILINE)
