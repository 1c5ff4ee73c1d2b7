"""Jobs and kinds as tables of at most 80 columns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from ops.cli.output import WIDTH, printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from schemas.job import JsonObject

_COLOURS = {
    "succeeded": "green",
    "failed": "red",
    "dead_lettered": "red",
    "cancelled": "yellow",
    "running": "cyan",
    "retrying": "yellow",
}
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def jobs_table(jobs: Iterable[JsonObject], now: datetime | None = None) -> Table:
    """Return a table of jobs, one to a line."""
    now = now or datetime.now(UTC)
    table = plain_table("JOB", "KIND", "STATUS", "TRY", "AGE")
    for job in jobs:
        tries = f"{job['attempt']}/{job['max_attempts'] or '?'}"
        table.add_row(_text(job["id"]), _text(job["kind"]), status_text(job), tries, age(_time(job["created_at"]), now))
    return table


def job_table(job: JsonObject) -> Table:
    """Return a table of all that there is to say about a job, a field to a line."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _fields(job):
        table.add_row(name, value)
    return table


def kinds_table(kinds: Iterable[JsonObject]) -> Table:
    """Return a table of kinds with an example of each."""
    table = plain_table("KIND", "WHAT IT DOES", "FILES", "EXAMPLE REQUEST")
    for kind in kinds:
        example = _text(json.dumps(kind["example"], **_READABLE))
        table.add_row(_text(kind["name"]), _text(kind["summary"]), _text(" ".join(kind["files"])), example)
    return table


def conversations_table(conversations: Iterable[JsonObject], now: datetime | None = None) -> Table:
    """Return a table of conversations, one to a line."""
    now = now or datetime.now(UTC)
    table = plain_table("CONVERSATION", "TURNS", "TOPIC", "LEVEL", "AGE")
    for each in conversations:
        when = age(_time(each["updated_at"]), now)
        table.add_row(_text(each["id"]), str(each["turns"]), _text(each["topic"] or ""), _text(each["level"]), when)
    return table


@dataclass(frozen=True)
class Entry:
    """A line of a list, and what there is to say below it."""

    cells: Sequence[str | Text]
    below: str = ""


def listed(head: Sequence[str], entries: Sequence[Entry], *, right: Collection[str] = ()) -> Text:
    """Return entries in columns as wide as they must be; only what is below a line is cut, to 80 columns.

    Nothing else is cut or wrapped, so that each cell can be copied into a command: the widest belongs last.
    """
    rows = [[Text(name, style="bold") for name in head], *([_cell(each) for each in e.cells] for e in entries)]
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    lines: list[Text] = []
    for row, below in zip(rows, ["", *(entry.below for entry in entries)], strict=True):
        for cell, name, width in zip(row, head, widths, strict=True):
            cell.align("right" if name in right else "left", width)
        lines.append(Text("  ").join(row))
        lines[-1].rstrip()
        if below:
            lines.append(Text("  " + " ".join(printable(below).split()), style="dim"))
            lines[-1].truncate(WIDTH, overflow="ellipsis")
    return Text("\n").join(lines)


def _cell(cell: str | Text) -> Text:
    return cell.copy() if isinstance(cell, Text) else _text(cell)


def status_text(job: JsonObject) -> Text:
    """Return the job's state in its colour."""
    return Text(printable(job["status"]), style=_COLOURS.get(job["status"], ""))


def progress_text(progress: JsonObject) -> str:
    """Return how far a job is, as far as anybody has said."""
    fraction, note = progress["fraction"], progress["note"]
    return ", ".join(filter(None, (f"{fraction:.0%}" if fraction is not None else "", note))) or "goes on"


def age(since: datetime, now: datetime) -> str:
    """Return how long ago it was, in its largest unit."""
    return span((now - since).total_seconds())


def span(seconds: float | None) -> str:
    """Return a time in its largest unit, the rest of it cut off; `-` where it is not known."""
    if seconds is None:
        return "-"
    whole = max(0, int(seconds))
    for unit_s, unit in ((_DAY_S, "d"), (_HOUR_S, "h"), (_MINUTE_S, "min")):
        if whole >= unit_s:
            return f"{whole // unit_s} {unit}"
    return f"{whole} s"


_READABLE: dict[str, Any] = {"ensure_ascii": False}


def _fields(job: JsonObject) -> Iterator[tuple[str, Text]]:
    yield "job", _text(job["id"])
    yield "kind", _text(job["kind"])
    yield "status", status_text(job)
    if job["cancel_requested"] and job["status"] == "running":
        yield "cancel", _text("requested; it stops at its next checkpoint")
    if job["progress"]:
        yield "progress", _text(progress_text(job["progress"]))
    yield "attempts", _text(f"{job['attempt']} of {job['max_attempts'] or '?'}")
    for name in ("created_at", "due_at", "started_at", "finished_at"):
        if job[name]:
            yield name.removesuffix("_at"), _text(f"{_time(job[name]).astimezone():%Y-%m-%d %H:%M:%S %z}")
    if job["error"]:
        yield "error", _text(f"{job['error']['code']}: {job['error']['message']}")
    if job["engine"]:
        yield "engine", _text(f"{job['engine']} {job['model'] or ''}")
    yield from _documents(job)
    if job["files"]:
        yield "files", _text("\n".join(job["files"]))


def _documents(job: JsonObject) -> Iterator[tuple[str, Text]]:
    for name in ("request", "result"):
        if job.get(f"{name}_expired"):
            yield name, Text("no longer kept", style="dim")
        elif job.get(name) is not None:
            yield name, _text(json.dumps(job[name], indent=2, **_READABLE))


def plain_table(*headers: str) -> Table:
    """Return an empty table with these headers, without frames; the first column is never wrapped."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for number, header in enumerate(headers):
        table.add_column(header, no_wrap=number == 0, overflow="fold")
    return table


def _text(text: str) -> Text:
    return Text(printable(text))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
