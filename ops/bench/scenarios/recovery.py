"""How long the jobs of a worker that is killed with -9 lie, until each runs in another on an idle queue."""

from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack
from random import SystemRandom
from statistics import median
from typing import TYPE_CHECKING, Any

from ops.bench.processes import Program
from ops.bench.report import Bound, Report
from ops.bench.stand import Stand

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ops.bench.report import Tell

#: Visibility and heartbeat in seconds, and how many rounds: the default, and a short one.
_PLAN = ((15, 2.0, 3), (60, 15.0, 2))
#: Killed together, each with so many jobs.
_VICTIMS, _JOBS_EACH = 2, 3
#: Done-when 4: visibility and this much.
_MARGIN_S = 5
_TIMEOUT_S = 100
_LONG_S = 600


def run(tell: Tell) -> Report:
    """Kill workers at random moments of their heartbeat, round after round."""
    total = sum(rounds for *_, rounds in _PLAN)
    done, found = 0, []
    for visibility_s, heartbeat_s, rounds in _PLAN:
        waits: list[float] = []
        for _ in range(rounds):
            tell(done / total, f"visibility {visibility_s} s")
            with Stand(visibility_s=visibility_s, heartbeat_s=heartbeat_s) as stand:
                waits += _round(stand)
            done += 1
        found.append((visibility_s, heartbeat_s, sorted(waits)))
    return Report(
        name="recovery",
        title="Recovery: seconds from kill -9 of a worker until its jobs run in another",
        columns=("visibility s", "heartbeat s", "jobs", "min", "p50", "max"),
        rows=tuple(
            (str(v), f"{h:g}", str(len(w)), f"{w[0]:.1f}", f"{median(w):.1f}", f"{w[-1]:.1f}") for v, h, w in found
        ),
        notes=(
            f"{_VICTIMS} workers with {_JOBS_EACH} running jobs each, killed at a random moment of their heartbeat",
            "another worker is idle; the least that is possible is visibility - heartbeat",
        ),
        bounds=tuple(
            Bound(
                promise=f"within visibility + {_MARGIN_S} s at {v} s",
                found=f"{w[-1]:.1f} s",
                holds=w[-1] <= v + _MARGIN_S,
            )
            for v, _, w in found
        ),
        numbers={str(v): w for v, _, w in found},
    )


def _round(stand: Stand) -> list[float]:
    ledger = stand.directory / "ledger"
    ledger.touch()
    jobs = _VICTIMS * _JOBS_EACH
    with ExitStack() as victims, ExitStack() as heirs:
        workers = [victims.enter_context(_worker(stand, number, _JOBS_EACH)) for number in range(_VICTIMS)]
        requests = [{"seconds": _LONG_S, "ledger": str(ledger), "name": str(number)} for number in range(jobs)]
        stand.queues.send_batch(stand.create("noop", requests))
        _wait(lambda: len(_lines(ledger)) == jobs)
        heirs.enter_context(_worker(stand, _VICTIMS, jobs))
        # Any moment of the heartbeat, at least one beat from the receive.
        time.sleep(stand.settings.heartbeat_s * (1 + SystemRandom().random()))
        killed_at = time.time()
        for worker in workers:
            worker.kill()
        _wait(lambda: len(_lines(ledger)) == 2 * jobs)
        return [line["at"] - killed_at for line in _lines(ledger)[jobs:]]


def _worker(stand: Stand, number: int, processes: int) -> Program:
    settings = stand.settings.model_copy(update={"kinds": ("noop",), "concurrency": processes})
    command = (sys.executable, "-m", "workers.app")
    return Program(command, settings.environ(), log=stand.directory / f"worker-{number}.log", ready_file=True)


def _lines(ledger: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ledger.read_text("utf-8").splitlines()]


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"jobs do not run after {_TIMEOUT_S} s")
        time.sleep(0.05)
