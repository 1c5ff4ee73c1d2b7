"""Dead letters and their groups in 80 columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from ops.cli.output import printable
from ops.cli.tables import Entry, age, listed
from ops.dlq.groups import code_of, died_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ops.dlq.groups import Group
    from schemas.job import Attempt, Job, JsonObject

#: Widths of a line's columns: an id has 36 characters, no kind of ours more than 13.
_ID, _KIND, _AGE = 36, 14, 7


def head() -> str:
    """Return the line above dead letters."""
    return _line("JOB", "KIND", "AGE", "CODE")


def line(job: Job, now: datetime) -> str:
    """Return a dead letter as a line: any number of them can be printed without being held."""
    return _line(job.id, job.kind, age(died_at(job), now), code_of(job))


def _line(job_id: str, kind: str, when: str, code: str) -> str:
    # The code is last, and nothing is cut: it may be copied.
    return f"{job_id:<{_ID}} {kind:<{_KIND}} {when:<{_AGE}} {code}"


def groups_list(groups: Sequence[Group], now: datetime) -> Text:
    """Return groups, the largest first, each with its latest reason."""
    entries = [
        Entry((f"{each.count:,}", each.kind, each.engine or "-", age(each.last, now), each.code), each.message)
        for each in groups
    ]
    return listed(("DEAD", "KIND", "ENGINE", "LATEST", "CODE"), entries, right={"DEAD"})


def details(job: Job, request: JsonObject | None, now: datetime) -> Table:
    """Return all that is to be known of a job, a field to a line."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _fields(job, request, now):
        table.add_row(name, Text(printable(value)))
    return table


def _fields(job: Job, request: JsonObject | None, now: datetime) -> Iterator[tuple[str, str]]:
    yield "job", job.id
    yield "kind", job.kind
    yield "owner", job.owner
    yield "status", f"{job.status}, epoch {job.epoch}"
    yield "created", _time(job.created_at)
    if job.finished_at:
        yield "ended", f"{_time(job.finished_at)}, {age(job.finished_at, now)} ago"
    if job.error:
        yield "reason", f"{job.error.code}: {job.error.message}"
        yield "engine", job.error.engine or "-"
    for name, value in (("flow", job.flow), ("step", job.step), ("trace", job.trace)):
        if value:
            yield name, value
    yield from (("attempt", _attempt(attempt, job)) for attempt in job.history)
    yield "request", "no longer kept" if request is None else json.dumps(request, indent=2, ensure_ascii=False)


def _attempt(attempt: Attempt, job: Job) -> str:
    who = f" by {attempt.worker}" if attempt.worker else ""
    code = f", {attempt.code}" if attempt.code else ""
    # With its date only where that is not the day of its end: a line has 80 columns.
    at, end = attempt.at.astimezone(), died_at(job).astimezone()
    when = _time(at) if at.date() != end.date() else f"{at:%H:%M:%S}"
    return f"{attempt.attempt} of epoch {attempt.epoch} at {when}: {attempt.outcome}{code}{who}"


def _time(time: datetime) -> str:
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S %z}"
