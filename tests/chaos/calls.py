"""The vendor's bill: each call beyond a job's first has a reason, and which.

A call is excused where the ledgers of vendor, proxy, violence or record say that its answer did not become a result:

    begun ------ answered ------ result stored ------ succeeded
       |  cut       |   answer lost, killed, stopped, AWS out of reach
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

from ops.audit import Finding
from schemas.errors import WORKER_LOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from schemas.job import Attempt, Job
    from tests.chaos.violence import Deed

#: Ends of attempts that had their answer and could not keep it: codes in the history.
_AFTER_THE_CALL = frozenset({"unavailable", "timed_out", "worker_lost", "unexpected_error"})


@dataclass
class Call:
    """A call that the vendor has begun, and is paid for."""

    name: str
    job: int
    pid: int
    thread: int
    begun: float
    cut: float | None = None
    """When the vendor found its caller gone."""
    until: float = inf
    """When the same thread began its next one."""


@dataclass(frozen=True)
class Bill:
    """What the vendor was asked for."""

    calls: int
    jobs: int
    excused: Mapping[str, int]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, object]:
        """Return the bill for JSON."""
        return {"calls": self.calls, "jobs": self.jobs, "excused": dict(self.excused)}


def read_ledger(path: Path) -> list[Call]:
    """Return the calls in the order in which they began."""
    calls: dict[str, Call] = {}
    for line in map(json.loads, path.read_text().splitlines()):
        if line["event"] == "begun":
            calls[line["call"]] = Call(line["call"], line["job"], line["pid"], line["thread"], line["at"])
        elif line["event"] == "unanswered":
            calls[line["call"]].cut = line["at"]
    by_thread: dict[tuple[int, int], list[Call]] = defaultdict(list)
    for call in calls.values():
        by_thread[call.pid, call.thread].append(call)
    for earlier, later in (pair for made in by_thread.values() for pair in pairwise(made)):
        earlier.until = later.begun
    return list(calls.values())


def bill(calls: Sequence[Call], lost: frozenset[str], deeds: Sequence[Deed], jobs: Mapping[int, Job]) -> Bill:
    """Judge all calls, given the answers that the proxy has lost and the vendor's records by number."""
    excused: Counter[str] = Counter()
    unexcused: dict[int, list[Call]] = defaultdict(list)
    for call in calls:
        reason = _excuse(call, lost, deeds, jobs[call.job].history if call.job in jobs else ())
        if reason:
            excused[reason] += 1
        else:
            unexcused[call.job].append(call)
    return Bill(len(calls), len(jobs), excused, tuple(_too_many(unexcused, jobs)))


def _too_many(unexcused: Mapping[int, list[Call]], jobs: Mapping[int, Job]) -> Iterator[Finding]:
    for number, calls in unexcused.items():
        if number not in jobs:
            yield Finding("call_of_no_job", str(number))
        elif len(calls) > 1:
            yield Finding("called_more_than_once", jobs[number].id, ", ".join(f"{call.begun:.3f}" for call in calls))


def _woke_up_too_late(call: Call, deeds: Iterable[Deed], history: Iterable[Attempt]) -> bool:
    """Whether the caller was stopped before it called, and when it went on the job was another's."""
    taken_over = any(
        line.code == WORKER_LOST and (line.worker or "").endswith(f":{call.pid}") and line.at.timestamp() <= call.begun
        for line in history
    )
    return taken_over and any(call.pid in deed.pids and deed.at <= call.begun for deed in deeds)


def _excuse(call: Call, lost: frozenset[str], deeds: Sequence[Deed], history: Sequence[Attempt]) -> str | None:
    if _woke_up_too_late(call, deeds, history):
        return "called_after_takeover"
    struck = [deed for deed in deeds if call.pid in deed.pids and call.begun <= deed.at]
    if call.cut is not None:
        return "killed_in_call" if any(deed.at <= call.cut for deed in struck) else "caller_gave_up"
    if call.name in lost:
        return "answer_lost"
    ended = next((line for line in history if line.at.timestamp() >= call.begun), None)
    # The thread's next call, or the job's end in this very attempt, is the end of what a blow can have struck.
    until = min(call.until, ended.at.timestamp() if ended and ended.code is None else inf)
    if any(deed.at <= until for deed in struck):
        return "killed_after_call"
    return f"{ended.code}_after_call" if ended and ended.code in _AFTER_THE_CALL else None
