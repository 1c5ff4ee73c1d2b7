"""The sweeper over in-memory stores."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ops.clock.process import Rounds
from ops.clock.sweeper import Sweeper
from ops.memory import MemoryJobStore, MemoryQueues
from schemas import moves
from schemas.job import After, Lease, Payload
from schemas.moves import End, Holder, Success
from schemas.status import Status
from tests.conftest import ManualClock, new_job

CHECK_AFTER = timedelta(minutes=10)


class Yard:
    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.store = MemoryJobStore()
        self.queues = MemoryQueues()

    def sweeper(self) -> Sweeper:
        return Sweeper(
            store=self.store, enqueuer=self.queues, queues=self.queues, clock=self.clock, check_after=CHECK_AFTER
        )

    def sweep(self) -> int:
        return self.sweeper().sweep(["tts"])

    def claim(self, job_id: str, *, lease_s: float = 115) -> None:
        lease = Lease(token="t", until=self.clock() + timedelta(seconds=lease_s), worker="w")
        self.store.apply(moves.claim(job_id, epoch=0, lease=lease, now=self.clock()))


@pytest.fixture
def yard(clock: ManualClock) -> Yard:
    return Yard(clock)


def test_a_job_whose_message_was_never_sent_is_sent_once_it_is_late(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    assert yard.sweep() == 0

    yard.clock.advance(601)

    assert yard.sweep() == 1
    assert [envelope.job_id for envelope in yard.queues.sent] == ["a"]


def test_the_next_check_is_twice_as_far(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    yard.clock.advance(601)
    yard.sweep()
    yard.queues.sent.clear()

    yard.clock.advance(1199)
    assert yard.sweep() == 0
    yard.clock.advance(2)
    assert yard.sweep() == 1


def test_a_backlog_is_not_sent_again(yard: Yard):
    for n in range(5):
        job = new_job(f"job-{n}", yard.clock)
        yard.store.create(job)
        yard.sweeper()._send(job)  # noqa: SLF001 - as the API sends
    yard.clock.advance(3601)

    assert yard.sweep() == 0
    assert len(yard.queues.sent) == 5


def test_two_sweepers_send_one_message(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    yard.clock.advance(601)
    due = list(yard.store.due_for_check("tts", now=yard.clock()))
    first, second = yard.sweeper(), yard.sweeper()

    sent = [sweeper._resend(job) for sweeper in (first, second) for job in due]  # noqa: SLF001 - the race itself

    assert sent == [True, False]
    assert len(yard.queues.sent) == 1


def test_a_job_that_runs_is_left_alone(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    yard.clock.advance(601)
    yard.claim("a")

    assert yard.sweep() == 0


def test_a_job_whose_worker_and_message_are_gone_is_sent(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    yard.claim("a")
    yard.clock.advance(601)

    assert yard.sweep() == 1


def test_a_scheduled_job_is_queued_when_it_is_due(yard: Yard):
    due_at = yard.clock() + timedelta(hours=1)
    yard.store.create(new_job("a", yard.clock, status=Status.SCHEDULED, due_at=due_at, next_check_at=due_at))
    yard.clock.advance(3599)
    assert yard.sweep() == 0

    yard.clock.advance(1)

    assert yard.sweep() == 1
    job = yard.store.get("a")
    assert job is not None
    assert job.status is Status.QUEUED
    assert job.due_at is None


def test_what_follows_a_finished_job_is_done_in_its_workers_place(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    yard.claim("a")
    holder = Holder(job_id="a", epoch=0, attempt=1, token="t", worker="w", max_attempts=3)
    after = {"n": After(type="count", name="n", by=2, day="2026-11-21")}
    end = End(expires_at=yard.clock() + timedelta(days=30), after=after)
    success = Success(result=Payload(inline={}), files={}, engine="e", model="m")
    yard.store.apply(moves.succeed(holder, success, end=end, now=yard.clock()))
    yard.clock.advance(61)

    assert yard.sweep() == 0

    assert yard.store.counter("mina", "2026-11-21", "n") == 2
    assert list(yard.store.due_for_check("tts", now=yard.clock())) == []


def test_one_clock_has_the_duty_at_a_time(yard: Yard):
    def clock_named(name: str) -> Rounds:
        return Rounds(
            sweeper=yard.sweeper(),
            store=yard.store,
            kinds=["tts"],
            name=name,
            interval=timedelta(seconds=15),
            clock=yard.clock,
        )

    yard.store.create(new_job("a", yard.clock))
    clock_named("one").go()
    yard.clock.advance(45)
    clock_named("two").go()
    yard.clock.advance(0.001)
    assert yard.store.acquire("clock", "two", now=yard.clock(), ttl=timedelta(seconds=1))
    assert not yard.store.acquire("clock", "one", now=yard.clock(), ttl=timedelta(seconds=1))
