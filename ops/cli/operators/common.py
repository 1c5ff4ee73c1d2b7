"""What the operators' commands have in common: their desk, kinds and ages as arguments, and patience."""

from __future__ import annotations

import getpass
import os
import re
import socket
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ops.cli import running
from ops.cli.output import err
from ops.cli.start import ended_by_ctrl_c
from ops.desk import Desk, open_desk
from schemas.errors import UnavailableError
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

#: Longer than anything is kept.
_LONGEST = timedelta(days=3650)
_UNITS = {"s": "seconds", "m": "minutes", "min": "minutes", "h": "hours", "d": "days"}

T = TypeVar("T")

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
    age = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if age > _LONGEST:
        raise typer.BadParameter(f"{text!r} is too long ago: {_LONGEST.days}d is the most.")
    return age


def period(older: str | None, newer: str | None, *, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return since when and until when `--newer` and `--older` mean; None where one was not given.

    Raises:
        typer.BadParameter: one is no age, or nothing is both.
    """
    since = now - duration(newer) if newer else None
    until = now - duration(older) if older else None
    if since and until and since >= until:
        raise typer.BadParameter(f"Nothing is older than {older} and newer than {newer}: --newer takes the longer one.")
    return since, until


def look_again(look: Callable[[], T], pause: Callable[[], None]) -> T:
    """Return the next look that succeeds: who watches through a night is not left alone for one that fails."""
    while True:
        pause()
        try:
            return look()
        except UnavailableError as error:
            err().print(f"{error}. Looking again.", style="yellow")
