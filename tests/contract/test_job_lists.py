"""Everybody's jobs: DynamoDB and its in-memory twin find the same ones."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ops.operating.jobs import Wanted, candidates
from schemas import moves
from schemas.job import dead_shard, open_shards, parked_shard
from schemas.status import Status
from tests.conftest import ManualClock, new_job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from schemas.job import Job


def create(store: Any, clock: ManualClock, kind: str, count: int = 1, **fields: Any) -> list[Job]:
    jobs = [new_job(uuid4().hex, clock, kind=kind, **fields) for _ in range(count)]
    for job in jobs:
        store.create(job)
    return jobs


def ids(jobs: Iterator[Job] | list[Job]) -> set[str]:
    return {job.id for job in jobs}


def test_open_jobs_are_those_that_wait_run_or_are_scheduled_of_a_kind(store: Any, clock: ManualClock, kind: str):
    parked = create(store, clock, kind, status=Status.SCHEDULED, open_shard=parked_shard(kind))
    waiting = create(store, clock, kind, count=120)
    create(store, clock, kind, status=Status.SUCCEEDED, open_shard=None, next_check_at=None)
    create(store, clock, f"{kind}2")

    assert ids(store.open_jobs(kind)) == ids(parked + waiting)


def test_dead_jobs_are_found_and_are_not_open(store: Any, clock: ManualClock, kind: str):
    job = new_job(uuid4().hex, clock, kind=kind, status=Status.DEAD_LETTERED, finished_at=clock())
    job = job.model_copy(update={"open_shard": dead_shard(kind, job.id), "next_check_at": clock()})
    store.create(job)
    wanted = Wanted(kinds=frozenset({kind}), statuses=frozenset({Status.DEAD_LETTERED}))

    assert list(candidates(store, wanted)) == [job]
    assert list(store.open_jobs(kind)) == []
    assert store.oldest_open(kind) is None


def test_an_owners_jobs_come_newest_first(store: Any, clock: ManualClock, kind: str):
    owner = uuid4().hex
    first = create(store, clock, kind, owner=owner, created_at=clock())
    second = create(store, clock, kind, owner=owner, created_at=clock.advance(1))

    assert list(store.owned(owner)) == second + first


def test_the_oldest_is_found_while_the_clock_checks_and_while_it_does_not(store: Any, clock: ManualClock, kind: str):
    def waits_since(minutes: int, *, next_in: int) -> None:
        create(store, clock, kind, created_at=clock() - minutes * minute, next_check_at=clock() + next_in * minute)

    minute = timedelta(minutes=1)
    for age in range(10):
        waits_since(age, next_in=10 - age)
    assert store.oldest_open(kind) == clock() - 9 * minute
    waits_since(15, next_in=-5)  # its queue is long: the clock leaves it as it is
    assert store.oldest_open(kind) == clock() - 15 * minute

    waits_since(40, next_in=30)  # checked, and checked again

    assert store.oldest_open(kind) == clock() - 40 * minute


def test_one_that_has_ended_and_is_only_followed_by_something_does_not_wait(store: Any, clock: ManualClock, kind: str):
    [ended] = create(store, clock, kind, status=Status.SUCCEEDED, created_at=clock() - timedelta(hours=1))
    assert ids(store.open_jobs(kind)) == {ended.id}
    assert store.oldest_open(kind) is None

    create(store, clock, kind)

    assert store.oldest_open(kind) == clock()


def test_one_that_is_to_begin_later_waits_from_then_on(store: Any, clock: ManualClock, kind: str):
    create(store, clock, kind, created_at=clock(), due_at=clock() + timedelta(minutes=5))

    assert store.oldest_open(kind) == clock() + timedelta(minutes=5)


def test_one_that_runs_again_or_whose_time_has_come_waits_from_then_on(store: Any, clock: ManualClock, kind: str):
    [ended] = create(store, clock, kind, status=Status.FAILED, open_shard=None, next_check_at=None)
    parked, due = Status.SCHEDULED, clock() + timedelta(days=3)
    [later] = create(store, clock, kind, status=parked, open_shard=parked_shard(kind), due_at=due, next_check_at=due)
    clock.now = due
    check = due + timedelta(minutes=10)

    again = store.apply(moves.redrive(ended, next_check_at=check, now=due))
    assert (store.oldest_open(kind), again, again.created_at) == (due, store.get(ended.id), ended.created_at)
    store.apply(moves.release(later, next_check_at=check, now=due))

    assert store.oldest_open(kind) == due


def test_the_earliest_check_is_found_among_the_partitions_that_are_asked_for(store: Any, clock: ManualClock, kind: str):
    def checked_in(minutes: int, **fields: Any) -> datetime:
        [job] = create(store, clock, kind, next_check_at=clock() + timedelta(minutes=minutes), **fields)
        assert job.next_check_at
        return job.next_check_at

    scheduled = checked_in(1, status=Status.SCHEDULED, open_shard=parked_shard(kind))
    last, *_, first = [checked_in(minutes) for minutes in range(12, 2, -1)]  # they lie in several partitions

    assert store.first_check(open_shards(kind), by=last) == first
    assert store.first_check(open_shards(kind), by=first) == first
    assert store.first_check(open_shards(kind), by=first - timedelta(milliseconds=1)) is None
    assert store.first_check([parked_shard(kind)], by=last) == scheduled


def test_jobs_are_selected_by_kind_state_and_time(store: Any, clock: ManualClock, kind: str):
    first = create(store, clock, kind, status=Status.FAILED)
    second = create(store, clock, kind, created_at=clock.advance(60))
    create(store, clock, f"{kind}2", status=Status.FAILED)

    def selected(**fields: Any) -> set[str]:
        everything: dict[str, Any] = {"kinds": frozenset({kind}), "statuses": frozenset(), "since": None, "until": None}
        return ids(store.select(**(everything | fields)))

    assert selected() == ids(first + second)
    assert selected(statuses=frozenset({Status.FAILED, Status.SUCCEEDED})) == ids(first)
    assert selected(since=clock()) == ids(second)
    assert selected(until=clock() - timedelta(seconds=60)) == ids(first)
    assert selected(since=clock() - timedelta(seconds=60), until=clock()) == ids(first + second)
