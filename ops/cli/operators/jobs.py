"""`sayline jobs`: everybody's jobs, as operators look for them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli import completion
from ops.cli.operators import common
from ops.cli.output import err, out, print_json
from ops.cli.refusals import reported
from ops.cli.tables import Entry, age, listed, status_text
from ops.cli.wording import shortened
from ops.operating.jobs import Wanted, candidates, find
from ops.operating.stuck import why_stuck
from schemas.kinds import registry
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from rich.text import Text

    from schemas.job import Job, JsonObject

HELP = """List everybody's jobs, newest first.

What they ask for and say is not shown.

Open and dead-lettered jobs, an owner's, and stuck ones are found by an index; all others by reading the whole table.
Stuck are jobs whose worker is dead and that nobody has taken over, that run for longer than they may, that the clock
has found waiting again and again, or that no clock looks after.

\b
Examples:
sayline jobs --status running --status retrying
sayline jobs --kind tts --older 10m --oldest
sayline jobs --owner mina --newer 1d --json
sayline jobs --stuck --owners
"""

_STATES = f"One of {', '.join(Status)}. Repeatable."
_SHOW_EVERY = 1000
#: An owner's name may be long, and what is said behind it is to be seen as well.
_OWNER_CHARS = 36
#: Of a job, for programs: how it gets on, and nothing of what it is about.
_SHOWN = {
    *("id", "kind", "owner", "status", "epoch", "attempt", "lease", "error", "checks", "flow", "step"),
    *("created_at", "started_at", "finished_at", "due_at", "next_check_at"),
}


def jobs(  # noqa: PLR0913, PLR0917 - its options
    status: Annotated[list[Status] | None, typer.Option(metavar="STATUS", help=_STATES)] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Of this kind. Repeatable.", autocompletion=completion.kinds),
    ] = None,
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="This owner's.")] = None,
    older: Annotated[str | None, typer.Option(metavar="AGE", help="Asked for longer ago: 90s, 10m, 2h, 3d.")] = None,
    newer: Annotated[str | None, typer.Option(metavar="AGE", help="Asked for since then.")] = None,
    stuck: Annotated[bool, typer.Option("--stuck", help="Those that do not get on, and why.")] = False,  # noqa: FBT002
    owners: Annotated[bool, typer.Option("--owners", help="Say whose each is.")] = False,  # noqa: FBT002
    oldest: Annotated[bool, typer.Option("--oldest", help="The oldest first.")] = False,  # noqa: FBT002
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 20,
    as_json: common.AsJson = False,  # noqa: FBT002
) -> None:
    """List everybody's jobs."""
    with reported():
        desk = common.desk()
        now = desk.now()
        since, until = common.period(older, newer, now=now)
        wanted = Wanted(
            kinds=frozenset(common.chosen(kind)) if kind else frozenset(),
            statuses=frozenset(status or ()),
            owner=owner,
            since=since,
            until=until,
            stuck=stuck,
        )
        with _counted(candidates(desk.jobs, wanted)) as seen:
            found = find(seen, wanted, limit=limit + 1, now=now, oldest_first=oldest)
        if as_json:
            print_json([document(job, now) for job in found[:limit]])
        elif found:
            out().print(_list(found[:limit], now, stuck=stuck, owners=owners), soft_wrap=True)
        else:
            err().print("There are no such jobs.")
        if len(found) > limit:
            err().print(f"There are more than {limit:,}: --limit says how many are listed.")


@contextmanager
def _counted(jobs: Iterable[Job]) -> Iterator[Iterable[Job]]:
    """Count on a terminal how many were looked at."""
    console = err()
    if not console.is_interactive:
        yield jobs
        return
    with console.status("looking") as spinner:

        def counted() -> Iterator[Job]:
            for count, job in enumerate(jobs, 1):
                if count % _SHOW_EVERY == 0:
                    spinner.update(f"{count:,} looked at")
                yield job

        yield counted()


def document(job: Job, now: datetime) -> JsonObject:
    """Return how a job gets on, for programs."""
    shown: JsonObject = job.model_dump(mode="json", include=_SHOWN)
    return {**shown, "stuck": why_stuck(job, registry().get(job.kind), now=now)}


def tries(job: Job) -> str:
    """Return which attempt of how many it is at."""
    kind = registry().get(job.kind)
    return f"{job.attempt}/{kind.max_attempts if kind else '?'}"


def _list(found: Sequence[Job], now: datetime, *, stuck: bool, owners: bool) -> Text:
    entries = []
    for job in found:
        why = why_stuck(job, registry().get(job.kind), now=now) if stuck else job.error.code if job.error else None
        whose = f"of {shortened(job.owner, _OWNER_CHARS)}" if owners else None
        cells = (job.id, job.kind, status_text({"status": job.status}), tries(job), age(job.created_at, now))
        entries.append(Entry(cells, ": ".join(filter(None, (whose, why)))))
    return listed(("JOB", "KIND", "STATUS", "TRY", "AGE"), entries)
