"""`sayline dlq outcome`: what has become of those that were run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.dlq.progress import bar
from ops.cli.operators import common
from ops.cli.output import Exit, err, fail, out, print_json_line, printable
from ops.cli.refusals import reported
from ops.cli.tables import age, plain_table
from ops.dlq.outcome import Fate
from ops.dlq.redrives import Redrive, began_at, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from rich.table import Table

    from ops.desk import Desk
    from schemas.job import Job

HELP = """Tell what has become of redrives.

How many of their jobs succeeded, failed again, or are open still. Of one, by the id that it has printed; else of each
that began since then, the latest first. Counted from the jobs' records, so that anybody may ask, whenever, and however
the redrive ended: what is no longer kept is not counted, nor is what owners have run again by themselves. Reads the
whole table. With --json there is one object to a line.

\b
Examples:
sayline dlq outcome
sayline dlq outcome 20261121T020355Z8c1f0a
sayline dlq outcome --newer 3d --json
"""

_Id = Annotated[str | None, typer.Argument(metavar="REDRIVE", help="This one alone.", show_default=False)]
_Newer = Annotated[str, typer.Option(metavar="AGE", help="Those that began since then: 90s, 10m, 2h, 3d.")]


def outcome(redrive_id: _Id = None, newer: _Newer = "1d", as_json: common.AsJson = False) -> None:  # noqa: FBT002
    """Tell what has become of redrives."""
    with reported():
        desk = common.desk()
        wanted = _wanted(redrive_id, desk.now() - common.duration(newer))
        redrives = report(_counted(desk, redrive_id), wanted)
        if not redrives and redrive_id is None:
            err().print(f"Nothing was run again within {newer}.")
            return
        if not redrives:
            fail("There is no such redrive.", "None of the jobs that there are was in it.", Exit.NO_SUCH_JOB)
        _tell(redrives, desk.now(), as_json=as_json)


def _wanted(redrive_id: str | None, since: datetime) -> Callable[[str], bool]:
    if redrive_id is None:
        return lambda each: began_at(each) >= since
    try:
        began_at(redrive_id)
    except ValueError:
        raise typer.BadParameter(f"{redrive_id!r} is no redrive: `sayline dlq outcome` lists them.") from None
    return lambda each: each == redrive_id


def _counted(desk: Desk, redrive_id: str | None) -> Iterator[Job]:
    """Iterate over the jobs that were run again; a terminal sees that it goes on."""
    with bar("Reading") as said:
        for job in desk.jobs.redriven(redrive_id):
            said(1)
            yield job


def _tell(redrives: Sequence[Redrive], now: datetime, *, as_json: bool) -> None:
    if as_json:
        for each in redrives:
            print_json_line(each.as_dict())
        return
    out().print(_table(redrives, now))
    if any(each.fates[Fate.FAILED_AGAIN] for each in redrives):
        err().print("What those died of is in `sayline dlq list --group`.")


def _table(redrives: Sequence[Redrive], now: datetime) -> Table:
    shown = [fate for fate in Fate if fate is not Fate.GONE]
    table = plain_table("REDRIVE", "AGE", "JOBS", *(fate.value.replace("_", " ").upper() for fate in shown))
    for column in table.columns[2:]:
        column.justify = "right"
    for each in redrives:
        counts = (f"{each.fates[fate]:,}" for fate in shown)
        table.add_row(printable(each.id), age(began_at(each.id), now), f"{each.jobs:,}", *counts)
    return table
