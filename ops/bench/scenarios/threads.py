"""One worker with a pool of threads, whose jobs wait for a vendor."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from ops.bench.processes import Program
from ops.bench.report import Bound, Report
from ops.bench.stand import Stand
from ops.bench.stub import VendorStub

if TYPE_CHECKING:
    from ops.bench.report import Tell

_THREADS = 50
_CALL_S = 2.0
_COUNTS = (50, 200)
#: Done-when 8.
_MOST_MB = 250
_COLUMNS = ("calls", "wall s", "least s", "at once", "RSS MB", "threads", "CPU ms/job")


def run(tell: Tell) -> Report:
    """Run each number of calls in one worker."""
    found = []
    with Stand() as stand, VendorStub(_CALL_S) as vendor, _worker(stand) as program:
        _calls(stand, vendor, program, _THREADS)  # threads and connections are made with the first jobs
        for number, count in enumerate(_COUNTS):
            tell(number / len(_COUNTS), f"{count} calls")
            found.append(_calls(stand, vendor, program, count))
    most_mb = max(each["rss_mb"] for each in found)
    return Report(
        name="threads",
        title=f"Calls of {_CALL_S:g} s to a vendor, one worker of {_THREADS} threads",
        columns=_COLUMNS,
        rows=tuple(_row(each) for each in found),
        notes=(f"least: calls / {_THREADS} x {_CALL_S:g} s; after {_THREADS} calls to warm up; peak RSS of the tree",),
        bounds=(
            Bound(
                promise=f"{_THREADS} calls at once in one worker under {_MOST_MB} MB",
                found=f"{found[0]['at_once']} at once, {most_mb:.0f} MB",
                holds=found[0]["at_once"] == _THREADS and most_mb < _MOST_MB,
            ),
        ),
        numbers={str(each["calls"]): each for each in found},
    )


def _worker(stand: Stand) -> Program:
    settings = stand.settings.model_copy(update={"kinds": ("call",), "pool": "threads", "concurrency": _THREADS})
    command = (sys.executable, "-m", "workers.app")
    return Program(command, settings.environ(), log=stand.directory / "worker.log", ready_file=True)


def _calls(stand: Stand, vendor: VendorStub, program: Program, count: int) -> dict[str, Any]:
    vendor.forget()
    messages = stand.create("call", [{"url": vendor.url}] * count)
    url = stand.queues.url(stand.settings.queue_name("call"))
    peaks = [program.memory()]
    cpu_s, began = program.cpu_s(), time.monotonic()
    stand.queues.send_batch(messages)
    stand.wait_empty(url, meanwhile=lambda: peaks.append(program.memory()))
    return {
        "calls": count,
        "wall_s": time.monotonic() - began,
        "least_s": -(-count // _THREADS) * _CALL_S,
        "at_once": vendor.most_at_once,
        "rss_mb": max(peak.rss_mb for peak in peaks),
        "threads": max(peak.threads for peak in peaks),
        "cpu_ms_per_job": 1000 * (program.cpu_s() - cpu_s) / count,
    }


def _row(found: dict[str, Any]) -> tuple[str, ...]:
    return (
        str(found["calls"]),
        f"{found['wall_s']:.1f}",
        f"{found['least_s']:.1f}",
        str(found["at_once"]),
        f"{found['rss_mb']:.0f}",
        str(found["threads"]),
        f"{found['cpu_ms_per_job']:.1f}",
    )
