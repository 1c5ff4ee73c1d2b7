"""Dead letters and their groups in 80 columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from ops.cli.output import printable
from ops.cli.tables import age, plain_table
from ops.dlq.groups import code_of, died_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ops.dlq.groups import Group
    from schemas.job import Attempt, Job, JsonObject

#: Widths of a line's columns; an id has 36 characters.
_ID, _KIND, _CODE, _AGE = 36, 14, 18, 6


def head() -> str:
    """Return the line above dead letters."""
    return _line("JOB", "KIND", "CODE", "AGE")


def line(job: Job, now: datetime) -> str:
    """Return a dead letter as a line: any number of them can be printed without being held."""
    return _line(job.id, job.kind, code_of(job), age(died_at(job), now))


def _line(job_id: str, kind: str, code: str, when: str) -> str:
    cells = ((job_id, _ID), (kind, _KIND), (code, _CODE), (when, _AGE))
    return " ".join(f"{text[:width]:<{width}}" for text, width in cells).rstrip()


def groups_table(groups: Sequence[Group], now: datetime) -> Table:
    """Return a table of groups, the largest first, each with its latest reason."""
    table = plain_table("KIND", "DEAD", "CODE", "ENGINE", "LATEST", "REASON")
    table.columns[1].justify = "right"
    for each in groups:
        cells = (each.code, each.engine or "", age(each.last, now), each.message)
        table.add_row(printable(each.kind), f"{each.count:,}", *(Text(printable(cell)) for cell in cells))
    return table


def details(job: Job, request: JsonObject | None) -> Table:
    """Return all that is to be known of a job, a field to a line."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _fields(job, request):
        table.add_row(name, Text(printable(value)))
    return table


def _fields(job: Job, request: JsonObject | None) -> Iterator[tuple[str, str]]:
    yield "job", job.id
    yield "kind", job.kind
    yield "owner", job.owner
    yield "status", f"{job.status}, epoch {job.epoch}"
    yield "created", _time(job.created_at)
    if job.finished_at:
        yield "ended", _time(job.finished_at)
    if job.error:
        yield "reason", f"{job.error.code}: {job.error.message}"
        yield "engine", job.error.engine or "-"
    for name, value in (("flow", job.flow), ("step", job.step), ("trace", job.trace)):
        if value:
            yield name, value
    yield from (("attempt", _attempt(attempt)) for attempt in job.history)
    yield "request", "no longer kept" if request is None else json.dumps(request, indent=2, ensure_ascii=False)


def _attempt(attempt: Attempt) -> str:
    who = f" by {attempt.worker}" if attempt.worker else ""
    code = f", {attempt.code}" if attempt.code else ""
    return f"{attempt.epoch}.{attempt.attempt} {attempt.outcome}{code}{who} at {_time(attempt.at)}"


def _time(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S %z}"
