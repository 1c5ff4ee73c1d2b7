"""What the operators' commands have in common: their desk, kinds and ages as arguments, and rows to show."""

from __future__ import annotations

import getpass
import os
import re
import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli import running
from ops.cli.start import ended_by_ctrl_c
from ops.desk import Desk, open_desk
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days"}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Every = Annotated[float, typer.Option(min=0.5, metavar="SECONDS", help="How often to look, when watching.")]


def desk() -> Desk:
    """Return the desk of the stack that the settings name, or that runs here."""
    with ended_by_ctrl_c():
        return open_desk(running.settings())


def who() -> str:
    """Return who sits here, `user@host`; in a container nobody may have a name."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def chosen(kinds: Sequence[str] | None) -> list[str]:
    """Return the kinds that were named, each once, or all.

    Raises:
        typer.BadParameter: there is no such kind.
    """
    if unknown := [kind for kind in kinds or () if kind not in registry()]:
        raise typer.BadParameter(f"{', '.join(unknown)}: there is no such kind. There are {', '.join(registry())}.")
    return list(dict.fromkeys(kinds or registry()))


def duration(text: str) -> timedelta:
    """Read an age such as `90s`, `10m`, `2h` or `3d`.

    Raises:
        typer.BadParameter: it is none.
    """
    match = re.fullmatch(r"(\d{1,6})\s*(s|m|min|h|d)", text.strip())
    if not match:
        raise typer.BadParameter(f"{text!r} is no age: write 90s, 10m, 2h or 3d.")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def span(seconds: float | None) -> str:
    """Return a time in its largest unit; `-` where it is not known."""
    if seconds is None:
        return "-"
    for unit_s, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{seconds:.0f} s"
