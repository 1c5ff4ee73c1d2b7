"""`sayline dlq watch`: who has died since, kind by kind."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Annotated

import typer
from rich.live import Live
from rich.text import Text

from ops.cli.operators import common
from ops.cli.output import Cropped, Exit, board, out, print_json_line, printable
from ops.cli.refusals import reported
from ops.cli.tables import plain_table
from ops.dlq.groups import code_of, died_at
from ops.dlq.selection import Selection, find
from schemas.dead_letters import Period

if TYPE_CHECKING:
    from datetime import datetime

    from rich.table import Table

    from ops.desk import Desk
    from schemas.job import JsonObject

#: A death may be listed so late: an index is a moment behind, and so may a worker's clock be.
_LATE = timedelta(minutes=1)

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
        lookout, console = Lookout(common.desk(), chosen), board()
        live = Live(console=console, auto_refresh=False) if console.is_interactive and not as_json else None
        try:
            with live or nullcontext():
                _show(lookout.look(), live, as_json=as_json)
                for _ in range(looks - 1) if looks else count():
                    rows = common.look_again(lookout.look, partial(time.sleep, every))
                    _show(rows, live, as_json=as_json)
        except KeyboardInterrupt:
            raise typer.Exit(Exit.OK) from None  # that is how watching ends


class Lookout:
    """Looks again and again, each time at those alone that have died since the last time."""

    def __init__(self, desk: Desk, chosen: Selection) -> None:
        self._desk = desk
        self._chosen = chosen
        self._since = self._last = desk.now()
        self._seen: dict[tuple[str, int], datetime] = {}
        """Deaths, by job and epoch, that the next look will meet again."""
        self._new: Counter[tuple[str, str]] = Counter()

    def look(self) -> list[JsonObject]:
        """Return a row for each kind: those that are dead, messages, and what has come since the first look."""
        self._follow()
        return [
            {
                "kind": kind,
                "dead": self._desk.jobs.count_dead(kind),
                "messages": sum(self._desk.box.held(kind).values()),
                "new": {code: number for (of, code), number in self._new.most_common() if of == kind},
            }
            for kind in self._chosen.kinds
        ]

    def _follow(self) -> None:
        now, since = self._desk.now(), max(self._since, self._last - _LATE)
        for job in find(self._desk, replace(self._chosen, period=Period(since=since))):
            death = job.id, job.epoch
            if death not in self._seen:
                self._new[job.kind, code_of(job)] += 1
            self._seen[death] = died_at(job)
        self._last = now
        self._seen = {death: at for death, at in self._seen.items() if at >= now - _LATE}


def _show(rows: list[JsonObject], live: Live | None, *, as_json: bool) -> None:
    if as_json:
        print_json_line(rows)
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
