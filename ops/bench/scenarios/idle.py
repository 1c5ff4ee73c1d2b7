"""What an idle worker asks of SQS, and of the machine."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from ops.bench.contestants import Sayline, Shape, StockCelery
from ops.bench.report import Bound, Report
from ops.bench.stand import Stand

if TYPE_CHECKING:
    from collections import Counter

    from ops.bench.contestants import Contestant
    from ops.bench.processes import Program
    from ops.bench.report import Tell

_WINDOW_S = 60
_LONG_POLL_S = 20
#: Done-when 7: at most one receive per long poll.
_MOST_RECEIVES = _WINDOW_S // _LONG_POLL_S
_SHAPE = Shape(processes=2, prefetch=1)
_RECEIVE = "SQS.ReceiveMessage"


def run(tell: Tell) -> Report:
    """Leave a worker of each alone for a minute, at the same time, each on an emulator of its own."""
    contestants: tuple[Contestant, ...] = (Sayline(), StockCelery())
    with ExitStack() as cleanup:
        tell(0, "starting")
        stands, programs = _start(contestants, cleanup)
        before = [(stand.requests(), program.cpu_s()) for stand, program in zip(stands, programs, strict=True)]
        for second in range(_WINDOW_S):
            tell(second / _WINDOW_S, f"{_WINDOW_S - second} s to go")
            time.sleep(1)
        spent = [
            (+(stand.requests() - requests), program.cpu_s() - cpu_s)
            for stand, program, (requests, cpu_s) in zip(stands, programs, before, strict=True)
        ]
    receives = spent[0][0][_RECEIVE]
    return Report(
        name="idle",
        title=f"An idle worker of one queue for {_WINDOW_S} s",
        columns=("worker", "receives", "other requests", "CPU s", "CPU %"),
        rows=tuple(_row(c.name, *each) for c, each in zip(contestants, spent, strict=True)),
        notes=(
            f"long poll: Sayline {_LONG_POLL_S} s, Celery its default of 10 s; {_SHAPE.processes} processes each",
            "other: of DynamoDB, pauses every 5 s and a sign of life every 30 s, whatever the number of kinds",
        ),
        bounds=(
            Bound(
                promise=f"at most one receive per {_LONG_POLL_S} s",
                found=f"{receives} in {_WINDOW_S} s",
                holds=receives <= _MOST_RECEIVES,
            ),
        ),
        numbers={
            c.name: {"requests": dict(r), "cpu_s": cpu_s} for c, (r, cpu_s) in zip(contestants, spent, strict=True)
        },
    )


def _start(contestants: tuple[Contestant, ...], cleanup: ExitStack) -> tuple[list[Stand], list[Program]]:
    stands, programs = [], []
    for contestant in contestants:
        stand = cleanup.enter_context(Stand(long_poll_s=2))
        contestant.queue_url(stand)
        stand.settings = stand.settings.model_copy(update={"long_poll_s": _LONG_POLL_S})
        stands.append(stand)
        programs.append(cleanup.enter_context(contestant.worker(stand, _SHAPE)))
    for stand in stands:  # Celery asks for its queue's attributes as it starts
        while not stand.requests()[_RECEIVE]:
            time.sleep(0.1)
    return stands, programs


def _row(name: str, requests: Counter[str], cpu_s: float) -> tuple[str, ...]:
    receives = requests[_RECEIVE]
    return name, str(receives), str(requests.total() - receives), f"{cpu_s:.2f}", f"{100 * cpu_s / _WINDOW_S:.1f}"
