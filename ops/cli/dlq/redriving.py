"""`sayline dlq redrive`: run dead letters again, be it with another request, and see what becomes of them."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli import completion
from ops.cli.dlq import editing
from ops.cli.dlq.listing import count
from ops.cli.dlq.progress import bar
from ops.cli.dlq.rehearsing import explained, rehearse
from ops.cli.operators import common
from ops.cli.output import Exit, err, fail, out, print_json
from ops.cli.refusals import reported
from ops.cli.stopping import Stop, stoppable
from ops.dlq.amending import Amendment
from ops.dlq.clearing import Clearing
from ops.dlq.outcome import Fate, Outcome
from ops.dlq.pace import Pace
from ops.dlq.redriving import Done, Redriver
from ops.dlq.selection import Selection, find
from schemas.kinds import registry

if TYPE_CHECKING:
    from ops.desk import Desk
    from schemas.job import JsonObject

HELP = """Run dead letters again: those that are chosen.

Each has all its attempts. Shows what would be done; --yes does it, and wants --all too where nothing is chosen. May be
interrupted at any point, and begun by several people at once: a job is either dead-lettered still or queued again,
never both. With --set or --edit the request is changed first, and checked as the API would; --to sends it to another
kind's queue.

\b
Examples:
sayline dlq redrive --kind tts --code engine_unavailable
sayline dlq redrive --kind tts --code engine_unavailable --yes --wait
sayline dlq redrive --code unreadable_answer --set language=en --yes
sayline dlq redrive 0192f1c4-7b1e-7cc0-98a1-5d1f0e7a4c55 --edit --yes
sayline dlq redrive --all --yes --rate 20
"""

_GOES_ON = "Those that were begun run; all others are dead letters still. The same command goes on."

_LOOK_EVERY_S = 2.0


def redrive(  # noqa: PLR0913 - its options
    *,
    chosen: Selection,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Change a field of each request.")
    ] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Change the requests in $EDITOR, all in one file.")] = False,
    to: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="Send them to another kind's queue.", autocompletion=completion.kinds),
    ] = None,
    rate: Annotated[float, typer.Option(min=0, metavar="PER_SECOND", help="No faster than this; 0: no limit.")] = 100,
    everything: Annotated[bool, typer.Option("--all", help="All that there are, of every kind.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until they are over, and tell how they ended.")] = False,
    timeout: Annotated[float, typer.Option(min=0, help="Longest time to wait, in seconds.")] = 600,
    as_json: common.AsJson = False,
) -> None:
    """Run dead letters again."""
    is_all = chosen.is_everything and set(chosen.kinds) == set(registry())
    if everything and not is_all:
        raise typer.BadParameter("--all goes with no choice of some.")
    if to:
        common.chosen([to])
    with reported(_GOES_ON):
        desk = common.desk()
        amendment = Amendment(desk=desk, to=to, change=editing.by_settings(settings or ()))
        if edit:
            if settings:
                fail("--edit and --set don't go together.", code=Exit.USAGE)
            change, ids = editing.by_editor(desk, find(desk.jobs, chosen))
            chosen, amendment = replace(chosen, ids=tuple(ids)), replace(amendment, change=change)
            if not ids:
                fail("No request was left in.", code=Exit.USAGE)
        if not yes:
            to_do_it = "--yes --all" if is_all and not edit else "--yes"
            rehearse(desk, chosen, amendment, to_do_it=to_do_it, as_json=as_json)
            return
        if is_all and not (everything or edit):
            hint = "Say --all if they are meant, or choose some: by --kind, --code, --newer."
            fail("That would be all dead letters of every kind: nothing was done.", hint, Exit.USAGE)
        with stoppable(time.sleep) as stop:
            report, outcome = _act(desk, chosen, amendment, rate=rate, stop=stop)
            if wait and not stop.signum:
                _await(desk, outcome, timeout_s=timeout, stop=stop)
                report["outcome"] = outcome.as_dict()
        _tell(report, as_json=as_json)
        stop.end(_GOES_ON)
        _end_by(report, outcome, waited=wait)


def _act(desk: Desk, chosen: Selection, amendment: Amendment, *, rate: float, stop: Stop) -> tuple[JsonObject, Outcome]:
    """Begin and send all, then clear their queues; what was done is reported wherever it is stopped."""
    redriver = Redriver(desk=desk, amendment=amendment, pace=Pace(rate or None, sleep=stop.sleep))
    tally = redriver.tally
    try:
        with stop.ends(), bar("Sending", partial(count, desk, chosen)) as looked:
            redriver.run(find(desk.jobs, chosen, looked=looked), said=stop.check)
    finally:  # said of one that AWS has ended too
        if begun := tally.done[Done.REDRIVEN]:
            err().print(f"{begun:,} were begun: `sayline dlq outcome {redriver.id}` tells how they end.")
    # All that were chosen: whoever was killed before has left messages that are not needed any more.
    kinds = sorted(tally.kinds) if chosen.ids else chosen.kinds
    deleted = sum(_clear(desk, kind, tally.runs, only_sent=bool(chosen.ids), stop=stop) for kind in kinds)
    report = {"redrive": redriver.id, **{done.value: tally.done[done] for done in Done}}
    return {**report, "messages_deleted": deleted, "why_unfit": explained(tally.unfit)}, Outcome(dict(tally.runs))


def _clear(desk: Desk, kind: str, sent: dict[str, int], *, only_sent: bool, stop: Stop) -> int:
    held = 0 if stop.signum else sum(desk.box.held(kind).values())
    if not held:
        return 0
    clearing = Clearing(desk=desk, kind=kind, sent=sent, only_sent=only_sent)
    with stop.ends(), bar(f"Clearing {kind}", held, stop=stop) as met:
        clearing.run(said=met)
    return clearing.deleted


def _await(desk: Desk, outcome: Outcome, *, timeout_s: float, stop: Stop) -> None:
    """Look until all are over, or the time is; what is interrupted is reported as it stands."""
    until = time.monotonic() + timeout_s
    with stop.ends(), bar("Waiting", len(outcome.open)) as over:
        while True:
            before = len(outcome.open)
            outcome.look(desk.jobs)
            over(before - len(outcome.open))
            if not outcome.open or time.monotonic() >= until:
                return
            stop.sleep(_LOOK_EVERY_S)


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
