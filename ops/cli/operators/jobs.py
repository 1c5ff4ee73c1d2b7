"""`sayline jobs`: everybody's jobs, as operators look for them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from ops.cli.operators import common
from ops.cli.output import err, out, print_json, printable
from ops.cli.refusals import reported
from ops.cli.tables import age, plain_table, status_text
from ops.operating.jobs import Wanted, candidates, find
from ops.operating.stuck import why_stuck
from schemas.kinds import registry
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from rich.table import Table

    from schemas.job import Job, JsonObject

HELP = """List everybody's jobs, newest first; what they ask for and say is not shown.

Open and dead-lettered jobs, an owner's, and stuck ones are found by an index; all others by reading the whole table.
Stuck are jobs whose worker is dead and that nobody has taken over, that run for longer than they may, that the clock
has found waiting again and again, or that no clock looks after.

\b
Examples:
sayline jobs --status running --status retrying
sayline jobs --kind tts --older 10m --oldest
sayline jobs --owner mina --newer 1d --json
sayline jobs --stuck
"""

_STATES = f"One of {', '.join(Status)}. Repeatable."
_SHOW_EVERY = 1000
#: Of a job, for programs: how it gets on, and nothing of what it is about.
_SHOWN = {
    *("id", "kind", "owner", "status", "epoch", "attempt", "lease", "error", "checks", "flow", "step"),
    *("created_at", "started_at", "finished_at", "due_at", "next_check_at"),
}


def jobs(  # noqa: PLR0913, PLR0917 - its options
    status: Annotated[list[Status] | None, typer.Option(metavar="STATUS", help=_STATES)] = None,
    kind: Annotated[list[str] | None, typer.Option(metavar="KIND", help="Of this kind. Repeatable.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="This owner's.")] = None,
    older: Annotated[str | None, typer.Option(metavar="AGE", help="Asked for longer ago: 90s, 10m, 2h, 3d.")] = None,
    newer: Annotated[str | None, typer.Option(metavar="AGE", help="Asked for since then.")] = None,
    stuck: Annotated[bool, typer.Option("--stuck", help="Those that do not get on, and why.")] = False,  # noqa: FBT002
    oldest: Annotated[bool, typer.Option("--oldest", help="The oldest first.")] = False,  # noqa: FBT002
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 20,
    as_json: common.AsJson = False,  # noqa: FBT002
) -> None:
    """List everybody's jobs."""
    with reported():
        desk = common.desk()
        now = desk.clock()
        wanted = Wanted(
            kinds=frozenset(common.chosen(kind)) if kind else frozenset(),
            statuses=frozenset(status or ()),
            owner=owner,
            since=now - common.duration(newer) if newer else None,
            until=now - common.duration(older) if older else None,
            stuck=stuck,
        )
        with _counted(candidates(desk.jobs, wanted)) as seen:
            found = find(seen, wanted, limit=limit, now=now, oldest_first=oldest)
        if as_json:
            print_json([_document(job, now) for job in found])
        elif found:
            out().print(_table(found, now, stuck=stuck))
        else:
            err().print("There are no such jobs.")


@contextmanager
def _counted(jobs: Iterable[Job]) -> Iterator[Iterable[Job]]:
    """Count on a terminal how many were looked at."""
    console = err()
    if not console.is_terminal:
        yield jobs
        return
    with console.status("looking") as spinner:

        def counted() -> Iterator[Job]:
            for count, job in enumerate(jobs, 1):
                if count % _SHOW_EVERY == 0:
                    spinner.update(f"{count:,} looked at")
                yield job

        yield counted()


def _document(job: Job, now: datetime) -> JsonObject:
    document: JsonObject = job.model_dump(mode="json", include=_SHOWN)
    return {**document, "stuck": why_stuck(job, registry().get(job.kind), now=now)}


def _table(found: Sequence[Job], now: datetime, *, stuck: bool) -> Table:
    table = plain_table("JOB", "KIND", "STATUS", "TRY", "AGE", "WHY" if stuck else "ERROR")
    for job in found:
        kind = registry().get(job.kind)
        why = why_stuck(job, kind, now=now) if stuck else job.error.code if job.error else None
        tries = f"{job.attempt}/{kind.max_attempts if kind else '?'}"
        cells = Text(printable(job.id)), Text(printable(job.kind)), status_text({"status": job.status}), tries
        table.add_row(*cells, age(job.created_at, now), Text(printable(why or "")))
    return table
