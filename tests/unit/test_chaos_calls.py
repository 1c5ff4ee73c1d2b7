"""Each call of the vendor beyond a job's first needs a reason from a ledger."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from schemas.job import Attempt
from tests.chaos.calls import Call, bill, read_ledger
from tests.chaos.violence import Deed
from tests.conftest import new_job

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.job import Job
    from tests.conftest import ManualClock


def line(at: float, outcome: str, code: str | None = None) -> Attempt:
    return Attempt(epoch=0, attempt=1, outcome=outcome, at=datetime.fromtimestamp(at, UTC), code=code)


@pytest.fixture
def job(clock: ManualClock) -> Job:
    return new_job("j", clock, kind="vendor", history=(line(30, "succeed"),))


def first(**fields: object) -> Call:
    return Call("first", 1, 100, 100, 10.0, **fields)  # type: ignore[arg-type]


SECOND = Call("second", 1, 200, 200, 25.0)


def judged(job: Job, *calls: Call, lost: str = "", deeds: tuple[Deed, ...] = ()):
    found = bill(calls, frozenset({lost}), deeds, {1: job})
    return dict(found.excused), [finding.code for finding in found.findings]


def test_one_call_needs_no_reason(job: Job):
    assert judged(job, SECOND) == ({}, [])


def test_a_second_call_without_a_reason_is_a_finding(job: Job):
    assert judged(job, first(), SECOND) == ({}, ["called_more_than_once"])


def test_a_lost_answer_is_a_reason(job: Job):
    assert judged(job, first(), SECOND, lost="first") == ({"answer_lost": 1}, [])


@pytest.mark.parametrize(("killed_at", "reason"), [(10.5, "killed_in_call"), (12.0, "caller_gave_up")])
def test_a_caller_that_is_gone_was_killed_or_gave_up(job: Job, killed_at: float, reason: str):
    deed = Deed(killed_at, "kill_child", "worker-1", frozenset({100}))
    assert judged(job, first(cut=11.0), SECOND, deeds=(deed,)) == ({reason: 1}, [])


@pytest.mark.parametrize(
    ("at", "pid", "excused"), [(11.0, 100, {"killed_after_call": 1}), (9.0, 100, {}), (11.0, 300, {})]
)
def test_a_kill_is_a_reason_if_it_struck_the_caller_after_its_call_began(job: Job, at: float, pid: int, excused: dict):
    deed = Deed(at, "kill_group", "worker-1", frozenset({pid}))
    assert judged(job, first(), SECOND, deeds=(deed,))[0] == excused


@pytest.mark.parametrize(("sleeper", "excused"), [(200, True), (300, False)], ids=["who called", "another"])
def test_a_call_by_who_woke_up_after_the_job_was_taken_over_has_a_reason(job: Job, sleeper: int, *, excused: bool):
    lost = Attempt(
        epoch=0,
        attempt=1,
        outcome="take_over",
        at=datetime.fromtimestamp(20, UTC),
        worker=f"host:{sleeper}",
        code="worker_lost",
    )
    taken = job.model_copy(update={"history": (lost, line(22, "succeed"))})
    deed = Deed(5.0, "stop_worker", "worker-1", frozenset({sleeper}))

    assert ("called_after_takeover" in judged(taken, first(), SECOND, deeds=(deed,))[0]) is excused


def test_a_kill_in_the_threads_next_call_is_no_reason(job: Job):
    deed = Deed(13.0, "kill_child", "worker-1", frozenset({100}))
    assert judged(job, first(until=12.0), SECOND, deeds=(deed,)) == ({}, ["called_more_than_once"])


@pytest.mark.parametrize(
    ("code", "found"),
    [("unavailable", ({"unavailable_after_call": 1}, [])), ("flaky", ({}, ["called_more_than_once"]))],
)
def test_an_attempt_that_could_not_keep_its_answer_is_a_reason(job: Job, code: str, found: tuple):
    retried = job.model_copy(update={"history": (line(12, "retry", code), line(30, "succeed"))})
    assert judged(retried, first(), SECOND) == found


def test_the_ledger_is_read_with_what_became_of_each_call(tmp_path: Path):
    asked = {"job": 1, "pid": 5, "thread": 6}
    events = [
        {"event": "begun", "at": 1.0, "call": "a", **asked},
        {"event": "unanswered", "at": 2.0, "call": "a", **asked},
        {"event": "begun", "at": 3.0, "call": "b", **asked},
        {"event": "answered", "at": 4.0, "call": "b", **asked},
    ]
    path = tmp_path / "ledger"
    path.write_text("\n".join(map(json.dumps, events)))

    one, two = read_ledger(path)

    assert (one.begun, one.cut, one.until, two.cut) == (1.0, 2.0, 3.0, None)
