"""`sayline workers`: who works, on what, and in which version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from ops.cli.operators import common
from ops.cli.operators.jobs import document, tries
from ops.cli.output import err, out, print_json, printable
from ops.cli.refusals import reported
from ops.cli.tables import Entry, age, listed, plain_table, span
from schemas.fingerprint import registry_digest
from schemas.kinds import registry
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.table import Table

    from ops.desk import Desk
    from schemas.job import Job, JsonObject
    from schemas.operating import SignOfLife

HELP = """Show who works, on what, since when, and in which version.

Workers say so twice a minute (SAYLINE_PRESENCE_S). One that has said nothing for three times as long is `silent`: it
was killed, or cannot reach the table; it is shown for an hour. Of its KINDS those in brackets are paused, `!` is an
engine that it leaves alone for a while; all are red where they are not the kinds of this command: another version.
`all` are those of this command. HAND counts the messages that it has received and not settled.

--jobs lists the jobs that run, the longest first, each with its worker: up to 20 of each, as it last said.

\b
Examples:
sayline workers
sayline workers --jobs
sayline workers --json
"""


def workers(
    jobs: Annotated[bool, typer.Option("--jobs", help="List the jobs that they run.")] = False,  # noqa: FBT002
    as_json: common.AsJson = False,  # noqa: FBT002
) -> None:
    """Show who works."""
    with reported():
        desk = common.desk()
        now = desk.now()
        found = desk.workforce.workers(now=now)
        if jobs:
            _tell_jobs(_running(desk, found), now, as_json=as_json)
        elif as_json:
            print_json([_document(worker, now) for worker in found])
        elif found:
            out().print(_table(found, now))
        else:
            err().print("No worker has said anything. `sayline worker` starts one.")


def _running(desk: Desk, found: Sequence[SignOfLife]) -> list[tuple[Job, SignOfLife]]:
    """Return the jobs that workers have said to run and that still do, by their records, the longest first."""
    said = {job_id: worker for worker in found for job_id in worker.running}
    running = [job for job in desk.jobs.get_many(list(said)) if job.status is Status.RUNNING]
    return [(job, said[job.id]) for job in sorted(running, key=_since)]


def _since(job: Job) -> datetime:
    return job.started_at or job.begins_at


def _tell_jobs(running: Sequence[tuple[Job, SignOfLife]], now: datetime, *, as_json: bool) -> None:
    if as_json:
        print_json([{**document(job, now), "worker": worker.name} for job, worker in running])
    elif running:
        entries = [
            Entry((job.id, job.kind, tries(job), age(_since(job), now)), f"at {worker.name}") for job, worker in running
        ]
        out().print(listed(("JOB", "KIND", "TRY", "FOR"), entries), soft_wrap=True)
    else:
        err().print("No worker has said that it runs a job.")


def _document(worker: SignOfLife, now: datetime) -> JsonObject:
    document: JsonObject = worker.model_dump(mode="json")
    return {**document, "state": _state(worker, now), "same_registry": worker.registry == registry_digest()}


def _table(found: Sequence[SignOfLife], now: datetime) -> Table:
    table = plain_table("WORKER", "STATE", "KINDS", "HAND", "JOBS/S", "UP", "SEEN", "VERSION")
    for worker in found:
        state = _state(worker, now)
        table.add_row(
            Text(printable(worker.name)),
            Text(state, style={"running": "green", "draining": "yellow", "silent": "red"}[state]),
            Text(printable(_kinds(worker)), style="" if worker.registry == registry_digest() else "red"),
            str(sum(worker.in_hand.values())),
            f"{sum(worker.settled_per_s.values()):.1f}",
            span((now - worker.started_at).total_seconds()),
            span((now - worker.seen_at).total_seconds()),
            Text(printable(worker.versions.get("sayline", "source"))),
        )
    return table


def _state(worker: SignOfLife, now: datetime) -> str:
    return worker.state if worker.is_alive(now) else "silent"


def _kinds(worker: SignOfLife) -> str:
    """Return its kinds, the paused ones in brackets, those whose engine it leaves alone with an exclamation mark."""
    marked = [(kind, f"{kind}!" if kind in worker.out_of_order else kind) for kind in worker.kinds]
    shown = [(kind, f"({mark})" if kind in worker.paused else mark) for kind, mark in marked]
    if set(worker.kinds) != set(registry()):
        return " ".join(mark for _, mark in shown)
    return " ".join(["all", *(mark for kind, mark in shown if mark != kind)])
