"""`sayline queues`: what waits and runs, how fast it comes and goes, and when it will be done."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.live import Live
from rich.text import Text

from ops.cli import completion
from ops.cli.operators import common
from ops.cli.output import Cropped, Exit, board, err, out, print_json, print_json_line
from ops.cli.refusals import reported
from ops.cli.tables import plain_table, span
from ops.operating.queues import QueueState, Trend, look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from ops.desk import Desk

HELP = """Show what waits, runs and is dead, how fast, and until when.

\b
WAIT    messages that a worker may take now
RUN     in workers' hands, or hidden until a retry
LATER   to be delivered at a later time
DEAD    in the dead-letter queue
OLDEST  for how long the oldest job that waits or runs has done so
IN/S    jobs that come; needs two looks: --watch, or --over SECONDS
OUT/S   jobs that workers were done with, over the last minute
LEFT    until nothing is left at this pace
\b
At the end: `no queue` or `no DLQ` is there (`sayline deploy` makes it);
`paused`; `no worker` serves the kind; `engine out`, at all or
some of its workers, whose breaker leaves the engine alone for a while.
\b
SQS says about how many there are; on AWS that is a minute late at times.

\b
Examples:
sayline queues
sayline queues tts reply --watch
sayline queues --over 10 --json
"""

Kinds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KIND", help="All where none is named.", show_default=False, autocompletion=completion.kinds
    ),
]


def queues(
    kinds: Kinds = None,
    watch: Annotated[bool, typer.Option("--watch", help="Look again and again, until Ctrl-C.")] = False,  # noqa: FBT002
    every: common.Every = 2,
    over: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="Look twice, so long apart, to see how fast jobs come.")
    ] = 0,
    as_json: common.AsJson = False,  # noqa: FBT002
) -> None:
    """Show the queues."""
    with reported():
        chosen, desk, trend = common.chosen(kinds), common.desk(), Trend()
        if watch:
            _watch(desk, chosen, trend, every_s=every, as_json=as_json)
            return
        states = trend.follow(look(desk, chosen))
        if over:
            console = err()
            with console.status(f"looking again in {over:g} s") if console.is_interactive else nullcontext():
                desk.sleep(over)
            states = trend.follow(look(desk, chosen))
        if as_json:
            print_json([state.as_dict() for state in states])
        else:
            out().print(_table(states))


def _watch(desk: Desk, kinds: Sequence[str], trend: Trend, *, every_s: float, as_json: bool) -> None:
    """Show look after look: one table that changes on a terminal, else one after the other; JSON one look to a line."""
    console = board()
    is_live = console.is_interactive and not as_json
    states = trend.follow(look(desk, kinds))
    try:
        with Live(console=console, auto_refresh=False) if is_live else nullcontext() as live:
            while True:
                if live:
                    live.update(Cropped(_table(states)), refresh=True)
                elif as_json:
                    print_json_line([state.as_dict() for state in states])
                else:
                    out().print(_table(states))
                states = common.look_again(lambda: trend.follow(look(desk, kinds)), partial(desk.sleep, every_s))
    except KeyboardInterrupt:
        raise typer.Exit(Exit.OK) from None  # that is how watching ends


def _table(states: Sequence[QueueState]) -> Table:
    table = plain_table("QUEUE", "WAIT", "RUN", "LATER", "DEAD", "OLDEST", "IN/S", "OUT/S", "LEFT", "")
    for column in table.columns[1:-1]:
        column.justify = "right"
    for state in states:
        table.add_row(
            state.kind,
            *(_count(state, "queue", count) for count in (state.visible, state.in_flight, state.delayed)),
            _count(state, "dlq", state.dead, style="red" if state.dead else ""),
            span(state.oldest_s),
            _rate(state.in_per_s),
            _rate(state.out_per_s),
            span(state.drained_in_s) if state.total else "",
            _note(state),
        )
    return table


def _count(state: QueueState, of: Literal["queue", "dlq"], count: int, *, style: str = "") -> Text:
    return Text("-" if of in state.missing else f"{count:,}", style=style)


def _rate(per_s: float | None) -> str:
    return "-" if per_s is None else f"{per_s:.1f}"


def _note(state: QueueState) -> Text:
    if state.missing:
        return Text("no queue" if "queue" in state.missing else "no DLQ", style="red")
    if state.pause:
        return Text("paused", style="yellow")
    if not state.takers:
        return Text("no worker", style="red")
    if state.out_of_order:
        where = "" if state.out_of_order == state.takers else f" {state.out_of_order}/{state.takers}"
        return Text(f"engine out{where}", style="red")
    return Text()
