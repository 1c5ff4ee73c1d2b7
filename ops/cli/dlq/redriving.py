"""`sayline dlq redrive`: run dead letters again, be it with another request, and see what becomes of them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli import running
from ops.cli.dlq import editing, tables
from ops.cli.dlq.listing import count
from ops.cli.dlq.progress import bar
from ops.cli.operators import common
from ops.cli.output import Exit, err, fail, out, print_json
from ops.cli.refusals import reported
from ops.dlq.amending import Amendment, UnfitError
from ops.dlq.clearing import Clearing
from ops.dlq.desk import open_desk
from ops.dlq.groups import group
from ops.dlq.outcome import Fate, Outcome
from ops.dlq.pace import Pace
from ops.dlq.redriving import Done, Redriver
from ops.dlq.selection import Selection, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.dlq.desk import Desk
    from schemas.job import Job, JsonObject

HELP = """Run dead letters again, with all their attempts: those that are chosen.

Shows what would be done; --yes does it. May be interrupted at any point, and by several people at once: a job is
either dead-lettered still or queued again, never both. With --set or --edit the request is changed first, and checked
as the API would; --to sends it to another kind's queue.

\b
Examples:
sayline dlq redrive --kind tts --code engine_unavailable
sayline dlq redrive --kind tts --code engine_unavailable --yes --wait
sayline dlq redrive --kind tts --text "voice" --set voice=null --yes
sayline dlq redrive 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55 --edit --yes
"""

_LOOK_EVERY_S = 2.0


def redrive(  # noqa: PLR0913 - its options
    *,
    chosen: Selection,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Change a field of each request.")
    ] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Change the requests in $EDITOR, all in one file.")] = False,
    to: Annotated[str | None, typer.Option(metavar="KIND", help="Send them to another kind's queue.")] = None,
    rate: Annotated[float, typer.Option(min=0, metavar="PER_SECOND", help="No faster than this; 0: no limit.")] = 100,
    yes: Annotated[bool, typer.Option("--yes", help="Do it.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until they are over, and tell how they ended.")] = False,
    timeout: Annotated[float, typer.Option(min=0, help="Longest time to wait, in seconds.")] = 600,
    as_json: common.AsJson = False,
) -> None:
    """Run dead letters again."""
    with reported():
        desk = open_desk(running.settings())
        if to:
            common.chosen([to])
        amendment = Amendment(desk=desk, to=to, change=editing.by_settings(settings or ()))
        if edit:
            if settings:
                fail("--edit and --set don't go together.", code=Exit.USAGE)
            change, ids = editing.by_editor(desk, find(desk.jobs, chosen))
            chosen, amendment = replace(chosen, ids=tuple(ids)), replace(amendment, change=change)
            if not ids:
                fail("No request was left in.", code=Exit.USAGE)
        if not yes:
            _rehearse(desk, chosen, amendment, as_json=as_json)
            return
        report, outcome = _act(desk, chosen, amendment, rate=rate)
        if wait:
            _await(desk, outcome, timeout_s=timeout)
            report["outcome"] = outcome.as_dict()
        _tell(report, as_json=as_json)
        _end_by(report, outcome, waited=wait)


def _rehearse(desk: Desk, chosen: Selection, amendment: Amendment, *, as_json: bool) -> None:
    """Show what would be done, and whose request would not fit."""
    unfit: list[UnfitError] = []

    def checked() -> Iterator[Job]:
        for job in find(desk.jobs, chosen, looked=looked):
            try:
                if not amendment.is_none:
                    amendment.check(job)
            except UnfitError as error:
                unfit.append(error)
            yield job

    with bar("Reading", count(desk, chosen)) as looked:
        groups = group(checked())
    if as_json:
        print_json({"groups": [each.as_dict() for each in groups], "unfit": _explained(unfit), "done": False})
        return
    if groups:
        out().print(tables.groups_table(groups, desk.now()))
        _complain(unfit)
    total = sum(each.count for each in groups)
    err().print(f"{total:,} would be run again. --yes does it." if total else "There are no such dead letters.")


def _act(desk: Desk, chosen: Selection, amendment: Amendment, *, rate: float) -> tuple[JsonObject, Outcome]:
    redriver = Redriver(desk=desk, amendment=amendment, pace=Pace(rate or None))
    with bar("Sending", count(desk, chosen)) as looked:
        redriver.run(find(desk.jobs, chosen, looked=looked))
    tally = redriver.tally
    # All that were chosen: whoever was killed before has left messages that are not needed any more.
    kinds = sorted(tally.kinds) if chosen.ids else chosen.kinds
    deleted = sum(_clear(desk, kind, tally.runs, only_sent=bool(chosen.ids)) for kind in kinds)
    report = {done.value: tally.done[done] for done in Done}
    return {**report, "messages_deleted": deleted, "why_unfit": _explained(tally.unfit)}, Outcome(dict(tally.runs))


def _clear(desk: Desk, kind: str, sent: dict[str, int], *, only_sent: bool) -> int:
    held = sum(desk.box.held(kind).values())
    if not held:
        return 0
    clearing = Clearing(desk=desk, kind=kind, sent=sent, only_sent=only_sent)
    with bar(f"Clearing {kind}", held) as met:
        clearing.run(said=met)
    return clearing.deleted


def _await(desk: Desk, outcome: Outcome, *, timeout_s: float) -> None:
    """Look until all are over, or the time is; what is interrupted is reported as it stands."""
    until = time.monotonic() + timeout_s
    try:
        with bar("Waiting", len(outcome.open)) as over:
            while True:
                before = len(outcome.open)
                outcome.look(desk.jobs)
                over(before - len(outcome.open))
                if not outcome.open or time.monotonic() >= until:
                    return
                time.sleep(_LOOK_EVERY_S)
    except KeyboardInterrupt:
        err().print("Interrupted; they go on.")


def _tell(report: JsonObject, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    said = [f"{count:,} {name.replace('_', ' ')}" for name, count in report.items() if isinstance(count, int) and count]
    out().print(", ".join(said) or "There are no such dead letters.")
    if "outcome" in report:
        outcome = report["outcome"].items()
        out().print("Of those run again: " + ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in outcome if n))


def _end_by(report: JsonObject, outcome: Outcome, *, waited: bool) -> None:
    if why := report["why_unfit"]:
        lines = [f"  {each['id']} {field}: {reason}" for each in why for field, reason in each["fields"].items()]
        fail(
            f"{report[Done.UNFIT]:,} requests do not fit; they are dead letters still.", "\n".join(lines), Exit.REFUSED
        )
    if waited and outcome.open:
        raise typer.Exit(Exit.STILL_OPEN)
    if waited and outcome.fates[Fate.FAILED_AGAIN]:
        raise typer.Exit(Exit.JOB_FAILED)


def _explained(unfit: list[UnfitError]) -> list[JsonObject]:
    return [{"id": error.job_id, "fields": error.fields} for error in unfit]


def _complain(unfit: list[UnfitError]) -> None:
    if unfit:
        first = unfit[0]
        why = "; ".join(f"{field}: {reason}" for field, reason in first.fields.items())
        err().print(f"{len(unfit):,} requests would not fit, {first.job_id} for example: {why}", style="yellow")
