"""`sayline pause`, `sayline resume` and `sayline drain`: workers stop taking a kind, and take it again."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli import completion
from ops.cli.operators import common
from ops.cli.output import Exit, err, fail, print_json, print_line
from ops.cli.refusals import reported
from ops.cli.wording import plural
from ops.operating.draining import Left, pause_all, wait_drained

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.status import Status

    from schemas.operating import Pause

PAUSE_HELP = """Pause kinds: workers finish what they run, and take no more.

What was received and not begun goes back to its queue at once, and no attempt is burnt. Jobs are accepted all the
same, and wait. Takes effect within seconds (SAYLINE_PAUSES_S), and holds for workers that start later too.

\b
Examples:
sayline pause tts
sayline pause tts reply --json
"""

RESUME_HELP = """Resume kinds: workers take them again within seconds.

\b
Examples:
sayline resume tts
sayline resume --all
"""

DRAIN_HELP = """Pause kinds, and wait until no worker runs anything of them.

All kinds where none is named. Before maintenance: afterwards nothing writes to the table or bucket but the API, the
clock, and workers that say in the table that they live. Interrupted, the kinds stay paused: `sayline resume` ends that.

A worker that has fallen silent may still run something, and is waited for: say --gone of one that you know to be dead.

\b
Examples:
sayline drain
sayline drain tts --timeout 600
sayline drain --gone ip-10-0-3-7:1
"""

Kinds = Annotated[
    list[str], typer.Argument(metavar="KIND", help="`sayline kinds` lists them.", autocompletion=completion.kinds)
]
MaybeKinds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KIND", help="`sayline kinds` lists them.", show_default=False, autocompletion=completion.kinds
    ),
]


def pause(kinds: Kinds, as_json: common.AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Pause kinds."""
    with reported():
        chosen = common.chosen(kinds)
        _print(pause_all(common.desk(), chosen, by=common.who()), as_json=as_json)


def resume(
    kinds: MaybeKinds = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are paused.")] = False,  # noqa: FBT002
    as_json: common.AsJson = False,  # noqa: FBT002
) -> None:
    """Resume kinds."""
    if bool(kinds) == everything:
        raise typer.BadParameter("Name the kinds, or say --all.")
    with reported():
        desk = common.desk()
        # Also a kind that this registry does not have: another version of Sayline may have paused it.
        wanted = sorted(desk.pauses.paused()) if everything else list(dict.fromkeys(kinds or ()))
        resumed = {kind: desk.pauses.resume(kind) for kind in wanted}
        if as_json:
            print_json(resumed)
            return
        for kind, was_paused in resumed.items():
            print_line(f"{kind} {'is resumed' if was_paused else 'was not paused'}")
        if not resumed:
            err().print("Nothing is paused.")


def drain(
    kinds: MaybeKinds = None,
    timeout: Annotated[float, typer.Option(min=0, help="Longest time to wait, in seconds.")] = 900,
    gone: Annotated[
        list[str] | None, typer.Option(metavar="WORKER", help="A silent worker that is dead; may be repeated.")
    ] = None,
    as_json: common.AsJson = False,  # noqa: FBT002
) -> None:
    """Pause kinds and wait until nothing of them runs."""
    with reported("The kinds stay paused: `sayline resume` ends that."):
        desk, chosen = common.desk(), common.chosen(kinds)
        _print(pause_all(desk, chosen, by=common.who()), as_json=False, quiet=as_json)
        console = err()
        with console.status("draining") if console.is_interactive else nullcontext() as spinner:
            rest = wait_drained(desk, chosen, timeout_s=timeout, watch=_shown_by(spinner), gone=gone or ())
        if as_json:
            print_json({"kinds": chosen, "drained": rest.is_nothing, **asdict(rest)})
        if not rest.is_nothing:
            hint = "The kinds stay paused. Wait again with `sayline drain`, or see `sayline workers`."
            if rest.silent:
                hint = f"{hint} If {rest.silent[0]} is dead, say --gone {rest.silent[0]}."
            fail(f"Not drained yet: {_said(rest)}.", hint, Exit.STILL_OPEN)
        err().print("Drained: no worker runs anything of these kinds. Go on with `sayline resume`.")


def _shown_by(spinner: Status | None) -> Callable[[Left], None]:
    """Return what shows how far a drain is: a spinner on a terminal, else a line for each change."""
    last: list[Left] = []

    def show(rest: Left) -> None:
        if spinner:
            spinner.update(f"draining: {_said(rest)}")
        elif last != [rest] and not rest.is_nothing:
            err().print(_said(rest))
        last[:] = [rest]

    return show


def _said(rest: Left) -> str:
    said = f"{rest.in_hand} in hand, {plural(rest.unheard, 'worker')} yet to pause"
    return f"{said}, silent: {', '.join(rest.silent)}" if rest.silent else said


def _print(pauses: list[Pause], *, as_json: bool, quiet: bool = False) -> None:
    if as_json:
        print_json([pause.model_dump(mode="json") for pause in pauses])
    elif not quiet:
        for pause in pauses:
            print_line(f"{pause.kind} is paused, since {pause.since.astimezone():%Y-%m-%d %H:%M:%S} by {pause.by}")
