"""`sayline dlq redrive`: run dead letters again, be it with another request, and see what becomes of them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli import completion
from ops.cli.dlq import editing
from ops.cli.dlq.listing import say_surplus
from ops.cli.dlq.named import Named
from ops.cli.dlq.rehearsing import rehearse
from ops.cli.dlq.sending import await_all, run_again
from ops.cli.operators import common
from ops.cli.output import Exit, fail, out, print_json
from ops.cli.refusals import reported
from ops.cli.stopping import stoppable
from ops.cli.wording import plural
from ops.dlq.amending import Amendment
from ops.dlq.outcome import Fate
from ops.dlq.redriving import Done
from ops.dlq.selection import Selection, find
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.desk import Desk
    from ops.dlq.outcome import Outcome
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


def redrive(  # noqa: PLR0913 - its options
    *,
    chosen: Selection,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Change a field of each request.")
    ] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Change requests in $EDITOR, in one file; with --yes.")] = False,
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
    if everything and not _is_all(chosen):
        raise typer.BadParameter("--all goes with no choice of some.")
    if to:
        common.chosen([to])
    with reported(_GOES_ON):
        desk = common.desk()
        if edit and not yes:
            fail("--edit goes with --yes.", "Without it, what you have edited would be lost.", Exit.USAGE)
        chosen, amendment = _amended(desk, chosen, to=to, settings=settings or (), edit=edit)
        is_all = _is_all(chosen)
        if not yes:
            rehearse(desk, chosen, amendment, to_do_it="--yes --all" if is_all else "--yes", as_json=as_json)
            return
        if is_all and not everything:
            hint = "Say --all if they are meant, or choose some: by --kind, --code, --newer."
            fail("That would be all dead letters of every kind: nothing was done.", hint, Exit.USAGE)
        _do(desk, chosen, amendment, rate=rate, wait_s=timeout if wait else None, as_json=as_json)


def _is_all(chosen: Selection) -> bool:
    return chosen.is_everything and set(chosen.kinds) == set(registry())


def _amended(
    desk: Desk, chosen: Selection, *, to: str | None, settings: Sequence[str], edit: bool
) -> tuple[Selection, Amendment]:
    """Return what is to be changed, and of which: an editor leaves those that were left in."""
    if not edit:
        return chosen, Amendment(desk=desk, to=to, change=editing.by_settings(settings))
    if settings:
        fail("--edit and --set don't go together.", code=Exit.USAGE)
    change, ids = editing.by_editor(desk, find(desk, chosen))
    return replace(chosen, ids=tuple(ids)), Amendment(desk=desk, to=to, change=change)


def _do(  # noqa: PLR0913 - as the command has them
    desk: Desk, chosen: Selection, amendment: Amendment, *, rate: float, wait_s: float | None, as_json: bool
) -> None:
    named = Named(chosen)
    with stoppable(time.sleep) as stop:
        report, outcome = run_again(desk, chosen, amendment, named=named, rate=rate, stop=stop)
        if wait_s is not None and not stop.signum:
            await_all(desk, outcome, timeout_s=wait_s, stop=stop)
            report["outcome"] = outcome.as_dict()
    _tell(report, as_json=as_json)
    stop.end(_GOES_ON)
    if not report["messages_deleted"]:  # else SQS's counts would be those of before for a while
        say_surplus(desk, chosen)
    named.end()
    _end_by(report, outcome, waited=wait_s is not None)


def _tell(report: JsonObject, *, as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    told = {done.value.replace("_", " "): report[done] for done in Done}
    said = [f"{number:,} {what}" for what, number in told.items() if number]
    if deleted := report["messages_deleted"]:
        said.append(f"{plural(deleted, 'message')} deleted")
    out().print(", ".join(said) or "There are no such dead letters.")
    if "outcome" in report:
        outcome = report["outcome"].items()
        out().print("Of those run again: " + ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in outcome if n))


def _end_by(report: JsonObject, outcome: Outcome, *, waited: bool) -> None:
    if why := report["why_unfit"]:
        lines = [f"  {each['id']} {field}: {reason}" for each in why for field, reason in each["fields"].items()]
        fail(f"{plural(report[Done.UNFIT], 'request')} unfit: still dead letters.", "\n".join(lines), Exit.REFUSED)
    if waited and outcome.open:
        raise typer.Exit(Exit.STILL_OPEN)
    if waited and outcome.fates[Fate.FAILED_AGAIN]:
        raise typer.Exit(Exit.JOB_FAILED)
