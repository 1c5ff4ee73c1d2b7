"""`sayline dlq list`: what is there, and what it died of."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.dlq import tables
from ops.cli.dlq.progress import bar
from ops.cli.operators import common
from ops.cli.output import err, out, print_json_line, print_line
from ops.cli.refusals import reported
from ops.cli.wording import plural
from ops.dlq.groups import code_of, died_at, group
from ops.dlq.selection import Selection, find
from schemas.retention import DEAD_LETTER_DAYS

if TYPE_CHECKING:
    from ops.desk import Desk
    from schemas.job import Job, JsonObject

HELP = """List dead letters; or what they died of, with --group.

The oldest of each kind are first. Read from the records: no message is received, so that a list hides nothing and ages
nothing. With --json there is one object to a line.

\b
Examples:
sayline dlq list --group
sayline dlq list --kind tts --code engine_timeout --newer 2h
sayline dlq list --text "too long" --limit 0 --json | jq -r .id
"""


def list_dead(
    *,
    chosen: Selection,
    grouped: Annotated[bool, typer.Option("--group", help="By kind, code and engine, the largest first.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="How many lines; 0 for all.")] = 50,
    as_json: common.AsJson = False,
) -> None:
    """List dead letters."""
    with reported():
        desk = common.desk()
        if grouped:
            _show_groups(desk, chosen, as_json=as_json)
        else:
            _show_lines(desk, chosen, limit=limit, as_json=as_json)
        say_surplus(desk, chosen)


def _show_groups(desk: Desk, chosen: Selection, *, as_json: bool) -> None:
    with bar("Reading", partial(count, desk, chosen)) as looked:
        groups = group(find(desk, chosen, looked=looked))
    if as_json:
        for each in groups:
            print_json_line(each.as_dict())
        return
    if groups:
        out().print(tables.groups_list(groups, desk.now()), soft_wrap=True)
    else:
        err().print("There are no such dead letters.")


def say_surplus(desk: Desk, chosen: Selection) -> None:
    """Say of all kinds whose queue holds more messages than there are dead jobs, which no list has, or fewer."""
    for kind in chosen.kinds if chosen.is_everything else ():
        more = sum(desk.box.held(kind).values()) - desk.jobs.count_dead(kind)
        if more > 0:
            err().print(
                f"{kind}: about {plural(more, 'message')} more than dead-lettered jobs: copies, of jobs that run again,"
                " or of no job. `sayline dlq redrive` deletes what no record needs, `purge --strays` what is of no job."
            )
        if more < 0:
            err().print(
                f"{kind}: about {plural(-more, 'message')} fewer than dead-lettered jobs: SQS keeps them for "
                f"{DEAD_LETTER_DAYS} days, and records are kept longer. Such jobs can be run again all the same."
            )


def _show_lines(desk: Desk, chosen: Selection, *, limit: int, as_json: bool) -> None:
    now, shown = desk.now(), 0
    # On a terminal the lines themselves show how far it is.
    is_seen = out().is_terminal
    with nullcontext() if is_seen else bar("Reading", partial(count, desk, chosen)) as looked:
        jobs = find(desk, chosen, looked=looked)
        for shown, job in enumerate(islice(jobs, limit or None), 1):
            if as_json:
                print_json_line(document(job))
                continue
            if shown == 1:
                print_line(tables.head())
            print_line(tables.line(job, now))
    if not shown and not as_json:
        err().print("There are no such dead letters.")
    elif limit and next(jobs, None):
        err().print(f"There are more than {limit}: --limit 0 lists all, --group what they died of.")


def count(desk: Desk, chosen: Selection) -> int | None:
    """Count what is chosen; None where each record would have to be read for that."""
    if chosen.ids:
        return len(chosen.ids)
    return sum(desk.jobs.count_dead(kind) for kind in chosen.kinds) if chosen.is_everything else None


def document(job: Job) -> JsonObject:
    """Return a dead letter for JSON, without what was asked for."""
    return {
        "id": job.id,
        "kind": job.kind,
        "owner": job.owner,
        "code": code_of(job),
        "message": job.error.message if job.error else None,
        "engine": job.error.engine if job.error else None,
        "attempts": job.attempt,
        "epoch": job.epoch,
        "died_at": died_at(job).isoformat(),
        "flow": job.flow,
        "trace": job.trace,
    }
