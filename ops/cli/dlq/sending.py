"""Running dead letters again, clearing their queues, and waiting for how they end, as a terminal sees it."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from ops.cli.dlq.listing import count
from ops.cli.dlq.progress import bar, clear
from ops.cli.dlq.rehearsing import explained
from ops.cli.output import err
from ops.cli.wording import plural
from ops.dlq.clearing import Clearing
from ops.dlq.outcome import Outcome
from ops.dlq.pace import Pace
from ops.dlq.redriving import Done, Redriver
from ops.dlq.selection import Selection, find

if TYPE_CHECKING:
    from ops.cli.dlq.named import Named
    from ops.cli.stopping import Stop
    from ops.desk import Desk
    from ops.dlq.amending import Amendment
    from schemas.job import JsonObject

_LOOK_EVERY_S = 2.0


def run_again(  # noqa: PLR0913 - what it is made of
    desk: Desk, chosen: Selection, amendment: Amendment, *, named: Named, rate: float, stop: Stop
) -> tuple[JsonObject, Outcome]:
    """Begin and send all, then clear their queues; what was done is reported wherever it is stopped."""
    redriver = Redriver(desk=desk, amendment=amendment, pace=Pace(rate or None, sleep=stop.sleep))
    tally = redriver.tally
    try:
        with stop.ends(), bar("Sending", partial(count, desk, chosen)) as looked:
            redriver.run(named.through(find(desk, chosen, looked=looked)), said=stop.check)
    finally:  # said of one that AWS has ended too
        if begun := tally.done[Done.REDRIVEN]:
            err().print(f"{plural(begun, 'run')} begun: `sayline dlq outcome {redriver.id}` tells how.")
    # All that were chosen: whoever was killed before has left messages that are not needed any more.
    kinds = sorted(tally.begun) if chosen.ids else chosen.kinds
    few = bool(chosen.ids)
    deleted = sum(_clear(desk, kind, tally.begun.get(kind, {}), only_sent=few, stop=stop) for kind in kinds)
    report = {"redrive": redriver.id, **{done.value: tally.done[done] for done in Done}}
    return {**report, "messages_deleted": deleted, "why_unfit": explained(tally.unfit)}, Outcome(tally.runs)


def _clear(desk: Desk, kind: str, sent: dict[str, int], *, only_sent: bool, stop: Stop) -> int:
    clearing = Clearing(desk=desk, kind=kind, sent=sent, only_sent=only_sent)
    if stop.signum or not clearing.held():
        return 0
    with stop.ends():
        clear(clearing, stop)
    if clearing.unmet and not stop.signum:
        err().print(
            f"{kind}: {clearing.unmet:,} of those that run again have no message that was seen: it has expired, or is "
            "hidden for a while. The next redrive of this kind deletes it."
        )
    return clearing.deleted


def await_all(desk: Desk, outcome: Outcome, *, timeout_s: float, stop: Stop) -> None:
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
