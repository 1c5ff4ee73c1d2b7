"""Beneath the operators' commands: rates that add up, jobs that are stuck."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.operating.jobs import Wanted, candidates, find
from ops.operating.queues import Trend, look
from ops.operating.stuck import why_stuck
from schemas.job import CountAfter, Lease
from schemas.kinds import registry
from schemas.status import Status
from tests.conftest import ManualClock, new_job
from tests.operating import Office, sign

if TYPE_CHECKING:
    from schemas.job import Job

AFTER = {"count": CountAfter(name="practice_count", by=1, day="2026-11-21")}


# --- rates ---


@given(st.integers(0, 1000), st.integers(1, 20), st.integers(0, 20), st.integers(2, 40))
def test_what_came_is_what_went_and_what_there_is_more_of(start: int, out: int, come: int, looks: int):
    clock = ManualClock()
    office, trend, depth = Office(clock), Trend(), 1000 + start
    for _ in range(looks):
        office.depths.held["sayline-dev-tts"]["visible"] = depth
        office.operating.say(sign(clock, settled_per_s={"tts": float(out)}))
        [state] = trend.follow(look(office.desk, ["tts"]))
        clock.advance(2)
        depth += 2 * (come - out)

    assert state.in_per_s == pytest.approx(come)
    if out > come:
        assert state.drained_in_s == pytest.approx(state.total / (out - come))
    else:
        assert state.drained_in_s is None


def test_without_a_worker_nothing_goes_and_all_that_there_is_more_of_has_come(clock: ManualClock):
    office, trend = Office(clock), Trend()
    trend.follow(look(office.desk, ["tts"]))
    office.depths.held["sayline-dev-tts"]["visible"] = 50
    clock.advance(10)

    [state] = trend.follow(look(office.desk, ["tts"]))

    assert (state.out_per_s, state.in_per_s, state.drained_in_s) == (None, 5.0, None)


# --- stuck jobs ---


def running(clock: ManualClock, **fields: Any) -> Job:
    lease = Lease(token="t", until=clock() + timedelta(seconds=30), worker="host:1")
    return new_job("j", clock, **{"status": Status.RUNNING, "started_at": clock(), "lease": lease, **fields})


MINUTES = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fields", "after", "why"),
    [
        ({"lease": Lease(token="t", until=ManualClock().now, worker="h:1")}, 4 * MINUTES, "worker is dead"),
        ({"lease": Lease(token="t", until=ManualClock().now, worker="h:1")}, 2 * MINUTES, None),
        ({}, 5 * MINUTES, "runs for longer"),
        ({}, 1 * MINUTES, None),
        ({"status": Status.QUEUED, "lease": None, "checks": 2}, 0 * MINUTES, "Found waiting at 2 checks"),
        ({"status": Status.QUEUED, "lease": None, "checks": 1}, 0 * MINUTES, None),
        ({"status": Status.RETRYING, "lease": None}, 90 * MINUTES, None),  # a long queue explains it
        ({"status": Status.SCHEDULED, "lease": None}, 14 * MINUTES, "does a clock run?"),
        ({"status": Status.SCHEDULED, "lease": None}, 12 * MINUTES, None),
        ({"status": Status.SUCCEEDED, "lease": None, "after": AFTER}, 14 * MINUTES, "does a clock run?"),
        ({"status": Status.SUCCEEDED, "lease": None}, 14 * MINUTES, None),
        ({"status": Status.DEAD_LETTERED, "lease": None}, 14 * MINUTES, None),
    ],
)
def test_a_job_is_stuck_for_a_reason(clock: ManualClock, fields: dict[str, Any], after: timedelta, why: str | None):
    job = running(clock, **fields)
    if not fields and after > 4 * MINUTES:  # its heartbeat lives all the same
        job = running(clock, lease=Lease(token="t", until=clock() + after, worker="h:1"))

    said = why_stuck(job, registry()["tts"], now=clock() + after)

    assert (said is None) is (why is None)
    assert why is None or why in (said or "")


# --- finding ---


def test_a_job_that_moved_while_it_was_looked_for_is_found_once_as_it_is(clock: ManualClock):
    before = new_job("moved", clock, status=Status.SCHEDULED)
    now = before.model_copy(update={"status": Status.QUEUED, "version": 1})

    other = new_job("other", clock, created_at=clock() - timedelta(minutes=1))

    found = find([before, other, now], Wanted(), limit=2, now=clock())

    assert {job.id: job.status for job in found} == {"moved": Status.QUEUED, "other": Status.QUEUED}
    assert len(found) == 2


@given(st.lists(st.integers(0, 10_000), max_size=60), st.integers(1, 20), st.booleans())
def test_the_newest_or_oldest_are_found_in_whatever_order_they_come(ages: list[int], limit: int, oldest: bool):  # noqa: FBT001
    clock = ManualClock()
    jobs = [new_job(str(n), clock, created_at=clock() - timedelta(seconds=age)) for n, age in enumerate(ages)]

    found = find(iter(jobs), Wanted(), limit=limit, now=clock(), oldest_first=oldest)

    wanted = sorted(ages, reverse=oldest)[:limit]
    assert [round((clock() - job.created_at).total_seconds()) for job in found] == wanted


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        (Wanted(owner="mina", statuses=frozenset({Status.QUEUED})), {"owned"}),
        (Wanted(statuses=frozenset({Status.QUEUED, Status.RUNNING})), {"open_jobs"}),
        (Wanted(stuck=True), {"open_jobs"}),
        (Wanted(statuses=frozenset({Status.DEAD_LETTERED})), {"dead_keys"}),
        (Wanted(statuses=frozenset({Status.DEAD_LETTERED, Status.FAILED})), {"select"}),
        (Wanted(), {"select"}),
    ],
)
def test_an_index_is_asked_where_there_is_one(wanted: Wanted, asked: set[str]):
    seen = set()

    class Lists:
        def __getattr__(self, name: str) -> Any:
            seen.add(name)
            return lambda *_, **__: iter(())

    lists: Any = Lists()
    assert list(candidates(lists, wanted)) == []
    assert seen == asked
