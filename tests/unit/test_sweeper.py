"""The sweeper over in-memory stores."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from ops.clock.outbox import Outbox
from ops.clock.process import Rounds, build_rounds
from ops.clock.sweeper import Sweeper
from ops.memory import MemoryJobStore, MemoryQueues
from ops.settings import Settings
from schemas import moves
from schemas.envelope import Envelope, envelope_of
from schemas.errors import NoQueueError, UnavailableError
from schemas.job import CountAfter, JobError, Lease, Payload, parked_shard
from schemas.kinds import registry
from schemas.moves import End, Holder, Success
from schemas.status import Status
from tests.conftest import ManualClock, new_job

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemas.job import Job

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
        return self.sweeper().sweep("tts")

    def claim(self, job_id: str, *, lease_s: float = 115) -> None:
        lease = Lease(token="t", until=self.clock() + timedelta(seconds=lease_s), worker="w")
        self.store.apply(moves.claim(job_id, epoch=0, lease=lease, now=self.clock()))


def holder(job_id: str) -> Holder:
    return Holder(kind="tts", job_id=job_id, epoch=0, attempt=1, token="t", worker="w", max_attempts=3)


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


def test_a_backlog_is_not_sent_again_though_a_job_is_parked(yard: Yard):
    later = yard.clock() + timedelta(days=1)
    yard.store.create(
        new_job(
            "parked",
            yard.clock,
            status=Status.SCHEDULED,
            due_at=later,
            next_check_at=later,
            open_shard=parked_shard("tts"),
        )
    )
    for n in range(5):
        job = new_job(f"job-{n}", yard.clock)
        yard.store.create(job)
        yard.queues.send(envelope_of(job), owner=job.owner)
    yard.clock.advance(3601)

    assert yard.sweep() == 0
    assert len(yard.queues.sent) == 5


def backlog(yard: Yard, jobs: int) -> None:
    """Have jobs wait, each with its message."""
    for n in range(jobs):
        job = new_job(f"job-{n}", yard.clock)
        yard.store.create(job)
        yard.queues.send(envelope_of(job), owner=job.owner)


def test_a_message_that_is_missing_among_others_is_sent_again(yard: Yard):
    yard.store.create(new_job("lost", yard.clock))
    backlog(yard, 4)
    yard.clock.advance(3601)

    assert yard.sweep() == 5  # which of them is missing nobody knows

    assert "lost" in {envelope.job_id for envelope in yard.queues.sent}


def test_a_job_on_its_way_to_a_long_queue_has_few_of_it_sent_again(yard: Yard):
    backlog(yard, 100)
    yard.clock.advance(601)
    yard.store.create(new_job("on its way", yard.clock))

    assert yard.sweep() == 10
    assert yard.sweep() == 0  # the queue is longer now than the index


def test_of_a_long_queue_the_oldest_are_sent_again_of_whichever_shard(yard: Yard):
    """Jobs before it are done one day, so that the one whose message is lost is the oldest."""
    yard.store.create(new_job("lost", yard.clock))
    yard.clock.advance(0.001)
    backlog(yard, 100)
    yard.clock.advance(601)

    assert yard.sweep() == 10

    assert "lost" in {envelope.job_id for envelope in yard.queues.sent}


def test_a_lost_message_is_replaced_though_those_of_cancelled_jobs_fill_the_queue(yard: Yard):
    yard.store.create(new_job("lost", yard.clock))
    for n in range(3):
        yard.queues.send(Envelope(job_id=f"cancelled-{n}", kind="tts"), owner="mina")
    yard.clock.advance(600 + 3600)
    assert yard.sweep() == 0

    yard.clock.advance(1)

    assert yard.sweep() == 1
    assert "lost" in {envelope.job_id for envelope in yard.queues.sent}
    assert yard.sweep() == 0


def test_of_a_very_long_backlog_one_a_round_is_sent_again(yard: Yard):
    backlog(yard, 30)
    yard.clock.advance(600 + 3601)

    assert [yard.sweep() for _ in range(3)] == [1, 1, 1]


def test_a_retry_is_not_begun_before_its_time_by_another_message(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    yard.clock.advance(595)
    yard.claim("a")
    error = JobError(code="throttled", message="m", retryable=True)
    yard.store.apply(moves.retry(holder("a"), error, now=yard.clock()))

    yard.clock.advance(10)
    assert yard.sweep() == 0  # 10 s of backoff
    yard.clock.advance(1200)
    assert yard.sweep() == 1  # after 20 min, its message is gone


def test_two_sweepers_send_one_message(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    yard.clock.advance(601)
    due = list(yard.store.due_for_check("tts", now=yard.clock()))
    first, second = yard.sweeper(), yard.sweeper()

    with Outbox(yard.queues) as outbox:
        sent = [sweeper._resend(job, outbox) for sweeper in (first, second) for job in due]  # noqa: SLF001 - the race

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
    after = {"n": CountAfter(name="n", by=2, day="2026-11-21")}
    end = End(expires_at=yard.clock() + timedelta(days=30), after=after)
    success = Success(result=Payload(inline={}), files={}, engine="e", model="m")
    yard.store.apply(moves.succeed(holder("a"), success, end=end, now=yard.clock()))
    yard.clock.advance(61)

    assert yard.sweep() == 0

    assert yard.store.counter("mina", "2026-11-21", "n") == 2
    assert list(yard.store.due_for_check("tts", now=yard.clock())) == []


def test_one_clock_has_the_duty_at_a_time(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    rounds(yard, "one").go()
    yard.clock.advance(45)
    rounds(yard, "two").go()
    yard.clock.advance(0.001)
    assert yard.store.acquire("clock", "two", now=yard.clock(), ttl=timedelta(seconds=1))
    assert not yard.store.acquire("clock", "one", now=yard.clock(), ttl=timedelta(seconds=1))


def scheduled(yard: Yard, **fields: Any) -> Job:
    job = new_job("a", yard.clock, status=Status.SCHEDULED, due_at=yard.clock(), next_check_at=yard.clock(), **fields)
    yard.store.create(job)
    return job


def out_of_reach(*_: object, **__: object) -> None:
    raise UnavailableError("SQS", "EndpointConnectionError")


def test_a_released_job_gets_its_message_of_its_epoch_and_trace(yard: Yard):
    scheduled(yard, epoch=2, trace="00-trace")

    assert yard.sweep() == 1

    assert yard.queues.sent == [Envelope(job_id="a", kind="tts", epoch=2, traceparent="00-trace")]


def test_a_message_that_is_sent_again_is_of_the_jobs_epoch_trace_and_owner(yard: Yard, monkeypatch: Any):
    owners: list[tuple[Envelope, str]] = []
    monkeypatch.setattr(yard.queues, "send", lambda envelope, *, owner: owners.append((envelope, owner)))
    yard.store.create(new_job("a", yard.clock, epoch=1, trace="00-trace", owner="juno"))
    yard.clock.advance(601)

    yard.sweep()

    assert owners == [(Envelope(job_id="a", kind="tts", epoch=1, traceparent="00-trace"), "juno")]


def test_a_job_that_another_clock_releases_first_is_sent_by_it_alone(yard: Yard):
    job = scheduled(yard)
    yard.sweep()
    yard.clock.advance(0.001)

    assert yard.sweeper()._release(job, Outbox(yard.queues)) is False  # noqa: SLF001 - the race itself
    assert len(yard.queues.sent) == 1


def test_a_job_whose_release_was_not_written_is_not_sent(yard: Yard, monkeypatch: Any):
    scheduled(yard)
    monkeypatch.setattr(yard.store, "apply", out_of_reach)

    with pytest.raises(UnavailableError):
        yard.sweep()

    assert yard.queues.sent == []


def test_a_released_job_whose_message_was_not_sent_is_sent_once_it_is_late(yard: Yard, monkeypatch: Any):
    scheduled(yard)
    with monkeypatch.context() as broken:
        broken.setattr(yard.queues, "send", out_of_reach)
        with pytest.raises(UnavailableError):
            yard.sweep()
    assert yard.sweep() == 0

    yard.clock.advance(601)

    assert yard.sweep() == 1


def pages(yard: Yard, monkeypatch: Any) -> list[int]:
    """How many messages each request from now on has."""
    sizes: list[int] = []
    send_batch = yard.queues.send_batch

    def counted(messages: Any) -> None:
        sizes.append(len(messages))
        send_batch(messages)

    monkeypatch.setattr(yard.queues, "send_batch", counted)
    return sizes


def test_late_and_due_jobs_are_sent_by_tens(yard: Yard, monkeypatch: Any):
    sizes = pages(yard, monkeypatch)
    for n in range(11):
        yard.store.create(new_job(f"late-{n}", yard.clock))
    due_at = yard.clock.advance(601)
    for n in range(12):
        job = new_job(f"due-{n}", yard.clock, status=Status.SCHEDULED, due_at=due_at, open_shard=parked_shard("tts"))
        yard.store.create(job.model_copy(update={"next_check_at": due_at}))

    assert yard.sweep() == 23

    assert sizes == [10, 10, 3]
    assert len({envelope.job_id for envelope in yard.queues.sent}) == 23


def test_a_sweep_with_nothing_to_send_asks_the_queue_for_nothing(yard: Yard, monkeypatch: Any):
    sizes = pages(yard, monkeypatch)

    yard.sweep()

    assert sizes == []


def test_jobs_whose_checks_are_counted_are_sent_though_the_sweep_breaks_off(yard: Yard, monkeypatch: Any):
    for n in range(3):
        yard.store.create(new_job(f"job-{n}", yard.clock))
    yard.clock.advance(601)
    postpone = yard.store.postpone_check
    counted: list[str] = []

    def break_off(job: Job, until: Any) -> bool:
        if len(counted) == 2:
            raise UnavailableError("DynamoDB", "EndpointConnectionError")
        counted.append(job.id)
        return postpone(job, until)

    monkeypatch.setattr(yard.store, "postpone_check", break_off)

    with pytest.raises(UnavailableError, match="DynamoDB"):
        yard.sweep()

    assert [envelope.job_id for envelope in yard.queues.sent] == counted


def test_a_redriven_job_whose_message_was_never_sent_is_sent_of_its_new_epoch(yard: Yard):
    job = new_job("a", yard.clock, status=Status.FAILED, attempt=1, open_shard=None, next_check_at=None)
    yard.store.create(job)
    now = yard.clock()
    yard.store.apply(moves.redrive(job, next_check_at=now + CHECK_AFTER, now=now))
    yard.clock.advance(601)

    yard.sweep()

    assert yard.queues.sent == [Envelope(job_id="a", kind="tts", epoch=1)]


def test_a_message_is_not_sent_before_its_check_is_counted(yard: Yard, monkeypatch: Any):
    yard.store.create(new_job("a", yard.clock))
    yard.clock.advance(601)
    monkeypatch.setattr(yard.store, "postpone_check", out_of_reach)

    with pytest.raises(UnavailableError):
        yard.sweep()

    assert yard.queues.sent == []


def test_what_follows_a_job_is_done_by_the_one_clock_that_postponed_its_check(yard: Yard, monkeypatch: Any):
    after = {"n": CountAfter(name="n", by=1, day="2026-11-21")}
    job = new_job("a", yard.clock, status=Status.SUCCEEDED, after=after, next_check_at=yard.clock())
    yard.store.create(job)
    asked: list[str] = []
    monkeypatch.setattr(yard.store, "complete_after", lambda job, _entry: asked.append(job.id))

    for sweeper in (yard.sweeper(), yard.sweeper()):
        sweeper._complete(job)  # noqa: SLF001 - the race itself

    assert asked == ["a"]


def test_a_job_that_runs_is_looked_at_less_and_less_often_but_is_not_forgotten(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    distances = set()
    for _ in range(12):
        job = yard.store.get("a")
        assert job is not None
        assert job.next_check_at is not None
        yard.clock.now = job.next_check_at
        yard.queues.sent.clear()
        assert yard.sweep() == 1
        later = yard.store.get("a")
        assert later is not None
        assert later.next_check_at is not None
        distances.add((later.next_check_at - job.next_check_at) / CHECK_AFTER)

    assert distances == {2, 4, 8, 16, 32, 64}


def test_a_job_whose_lease_is_live_is_left_alone_though_its_message_is_missing(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    yard.clock.advance(500)
    yard.claim("a")
    yard.clock.advance(101)

    assert yard.sweep() == 0

    assert yard.queues.sent == []
    job = yard.store.get("a")
    assert job is not None
    assert job.checks == 1


def rounds(yard: Yard, name: str, *, kinds: Sequence[str] = ("tts",)) -> Rounds:
    return Rounds(
        sweeper=yard.sweeper(),
        store=yard.store,
        kinds=kinds,
        name=name,
        interval=timedelta(seconds=15),
        clock=yard.clock,
    )


def test_a_clock_that_has_the_duty_sweeps_and_another_does_not(yard: Yard):
    yard.store.create(new_job("a", yard.clock))
    rounds(yard, "one").go()
    yard.store.create(new_job("b", yard.clock, next_check_at=yard.clock()))

    yard.clock.advance(44)
    rounds(yard, "two").go()
    assert yard.queues.sent == []

    rounds(yard, "one").go()
    assert [envelope.job_id for envelope in yard.queues.sent] == ["b"]


def test_a_round_that_reaches_nothing_does_not_end_the_clock(yard: Yard, monkeypatch: Any):
    def unreachable(*_: object, **__: object) -> Iterator[Job]:
        raise UnavailableError("DynamoDB", "EndpointConnectionError")

    with monkeypatch.context() as broken:
        broken.setattr(yard.store, "due_for_check", unreachable)
        rounds(yard, "one").go()
    yard.store.create(new_job("a", yard.clock, next_check_at=yard.clock()))

    rounds(yard, "one").go()

    assert len(yard.queues.sent) == 1


def test_a_kind_without_a_queue_does_not_keep_the_clock_from_the_others(yard: Yard, monkeypatch: Any):
    yard.store.create(new_job("a", yard.clock, kind="image", next_check_at=yard.clock()))
    yard.store.create(new_job("b", yard.clock, next_check_at=yard.clock()))
    depth = yard.queues.depth

    def depth_of(kind: str) -> int:
        if kind == "image":
            raise NoQueueError("SQS", "sayline-dev-image")
        return depth(kind)

    monkeypatch.setattr(yard.queues, "depth", depth_of)

    with capture_logs() as logs:
        rounds(yard, "one", kinds=["image", "tts"]).go()

    assert [envelope.job_id for envelope in yard.queues.sent] == ["b"]
    assert [(line["event"], line["kind"]) for line in logs if "reason" in line] == [("round_missed", "image")]


def test_a_record_that_can_not_be_read_does_not_keep_the_clock_from_other_kinds(yard: Yard, monkeypatch: Any):
    yard.store.create(new_job("b", yard.clock, next_check_at=yard.clock()))
    due = yard.store.due_for_check

    def due_of(kind: str, **more: Any) -> Iterator[Job]:
        if kind == "image":
            raise ValueError("a record of the next century")
        return due(kind, **more)

    monkeypatch.setattr(yard.store, "due_for_check", due_of)

    with capture_logs() as logs:
        rounds(yard, "one", kinds=["image", "tts"]).go()

    assert [envelope.job_id for envelope in yard.queues.sent] == ["b"]
    assert [(line["log_level"], line["kind"]) for line in logs if line["event"] == "round_failed"] == [
        ("error", "image")
    ]


def test_the_clock_looks_at_every_kind_as_its_settings_say():
    built = build_rounds(Settings(_env_file=None, check_after_s=60, clock_interval_s=3))

    assert set(built.kinds) == set(registry())
    assert built.interval == timedelta(seconds=3)
    assert built.sweeper.check_after == timedelta(seconds=60)
