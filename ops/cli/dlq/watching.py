"""`sayline dlq watch`: who has died since, kind by kind."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live
from rich.text import Text

from ops.cli.operators import common
from ops.cli.output import Cropped, Exit, board, out, print_line, printable
from ops.cli.refusals import reported
from ops.cli.tables import plain_table
from ops.dlq.groups import group
from ops.dlq.selection import Selection, find
from schemas.dead_letters import Period

if TYPE_CHECKING:
    from rich.table import Table

    from ops.desk import Desk
    from schemas.job import JsonObject

HELP = """Watch dead letters: how many there are, and what has come.

What those died of that have come since is told by their codes.

\b
Examples:
sayline dlq watch
sayline dlq watch --kind tts --every 10
sayline dlq watch --looks 3 --json
"""


def watch(
    *,
    chosen: Selection,
    every: common.Every = 5,
    looks: Annotated[int, typer.Option(min=0, metavar="N", help="End after so many looks; 0: at Ctrl-C.")] = 0,
    as_json: common.AsJson = False,
) -> None:
    """Watch dead letters."""
    with reported():
        desk, console = common.desk(), board()
        since = replace(chosen, period=Period(since=desk.now()))
        live = Live(console=console, auto_refresh=False) if console.is_interactive and not as_json else None
        try:
            with live or nullcontext():
                for number in range(looks) if looks else count():
                    if number:
                        time.sleep(every)
                    _show(look(desk, since), live, as_json=as_json)
        except KeyboardInterrupt:
            raise typer.Exit(Exit.OK) from None  # that is how watching ends


def look(desk: Desk, since: Selection) -> list[JsonObject]:
    """Return a row for each kind: those that are dead, messages, and what has come in the period."""
    groups = group(find(desk.jobs, since))
    return [
        {
            "kind": kind,
            "dead": desk.jobs.count_dead(kind),
            "messages": sum(desk.box.held(kind).values()),
            "new": {each.code: each.count for each in groups if each.kind == kind},
        }
        for kind in since.kinds
    ]


def _show(rows: list[JsonObject], live: Live | None, *, as_json: bool) -> None:
    if as_json:
        print_line(json.dumps(rows, ensure_ascii=False))
    elif live:
        live.update(Cropped(_table(rows)), refresh=True)
    else:
        out().print(_table(rows))


def _table(rows: list[JsonObject]) -> Table:
    table = plain_table("KIND", "DEAD", "MESSAGES", "NEW SINCE")
    table.columns[1].justify = table.columns[2].justify = "right"
    for row in rows:
        new = ", ".join(f"{number:,} {code}" for code, number in row["new"].items())
        dead = Text(f"{row['dead']:,}", style="red" if row["dead"] else "")
        table.add_row(printable(row["kind"]), dead, f"{row['messages']:,}", Text(printable(new)))
    return table
