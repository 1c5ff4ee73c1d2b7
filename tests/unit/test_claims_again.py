"""Messages of jobs that were cancelled, and those that somebody has moved back from the dead-letter queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from schemas import moves
from schemas.envelope import Envelope
from schemas.errors import PermanentError, TransientError, UnavailableError
from schemas.job import CountAfter
from schemas.moves import End
from schemas.outcome import Hidden, Outcome, Settled
from schemas.status import Status
from tests.workers import ECHO, Bench, EchoRequest, EchoResult

if TYPE_CHECKING:
    from tests.conftest import ManualClock
    from workers.work import Work

SENT = Envelope(job_id="job-1", kind="echo", epoch=1, traceparent="00-trace")


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    return Bench(clock, kind=replace(ECHO, max_attempts=2))


def crash(_request: EchoRequest, _work: Work[Any]) -> EchoResult:
    raise TransientError("engine_crashed", "The engine crashed.")


def refuse(_request: EchoRequest, _work: Work[Any]) -> EchoResult:
    raise PermanentError("bad_voice", "There is no such voice.")


def put_back(bench: Bench, epoch: int = 0) -> Outcome:
    """Deliver the job's dead letter after somebody moved it back to the queue."""
    return bench.runner().run(replace(bench.delivery("moved", epoch=epoch), redriven=True))


def dead(bench: Bench) -> None:
    bench.submit(trace="00-trace")
    bench.handle = crash
    bench.deliver("first")
    bench.deliver("second")
    assert bench.job().status is Status.DEAD_LETTERED
    bench.handled = 0


def test_a_dead_letter_that_was_moved_back_runs_the_job_again(bench: Bench):
    dead(bench)

    assert isinstance(put_back(bench), Settled)

    job = bench.job()
    assert (job.status, job.epoch, job.attempt, job.error) == (Status.QUEUED, 1, 0, None)
    assert job.next_check_at == bench.clock() + timedelta(minutes=10)
    assert bench.queues.sent == [SENT]
    assert bench.handled == 0
    assert len(bench.queues.dead) == 1
    assert isinstance(bench.deliver("third", epoch=1), Hidden)
    assert bench.handled == 1


def test_a_failed_job_whose_message_was_moved_back_runs_again(bench: Bench):
    bench.submit(trace="00-trace")
    bench.handle = refuse
    bench.deliver()

    assert isinstance(put_back(bench), Settled)

    assert (bench.job().status, bench.job().epoch) == (Status.QUEUED, 1)
    assert bench.queues.sent == [SENT]


def test_a_message_that_nobody_moved_back_runs_no_dead_job_again(bench: Bench):
    dead(bench)

    bench.deliver("third")

    assert (bench.job().status, bench.job().epoch) == (Status.DEAD_LETTERED, 0)
    assert bench.queues.sent == []


def test_a_moved_message_of_a_job_that_is_not_dead_is_any_message(bench: Bench):
    bench.submit()

    assert isinstance(put_back(bench), Settled)
    assert (bench.job().status, bench.job().epoch) == (Status.SUCCEEDED, 0)
    assert isinstance(put_back(bench), Settled)

    assert bench.handled == 1
    assert bench.queues.sent == []


def test_who_could_not_send_the_next_epochs_message_sends_it_the_next_time(bench: Bench, monkeypatch: Any):
    def out_of_reach(*_: object, **__: object) -> None:
        raise UnavailableError("SQS", "EndpointConnectionError")

    dead(bench)
    with monkeypatch.context() as broken:
        broken.setattr(bench.queues, "send", out_of_reach)
        assert isinstance(put_back(bench), Hidden)
    assert bench.job().epoch == 1

    assert isinstance(put_back(bench), Settled)

    assert bench.queues.sent == [SENT]


@pytest.mark.parametrize("epoch", [0, 2])
def test_an_old_dead_letter_of_a_job_that_has_begun_again_sends_nothing(bench: Bench, epoch: int):
    dead(bench)
    put_back(bench)
    bench.deliver("third", epoch=1)
    bench.queues.sent.clear()

    assert put_back(bench, epoch) == Settled()

    assert bench.queues.sent == []
    assert bench.job().epoch == 1


@pytest.mark.parametrize("epoch", [0, 2, 3])
def test_a_message_of_another_epoch_sends_nothing_unless_it_was_moved_back_from_the_one_before(
    bench: Bench, epoch: int
):
    bench.submit(epoch=2)

    bench.deliver(epoch=1)
    if epoch != 2:
        put_back(bench, epoch)

    assert bench.queues.sent == []
    assert bench.handled == 0


def test_two_copies_of_a_dead_letter_begin_one_epoch(bench: Bench):
    dead(bench)

    put_back(bench)
    put_back(bench)

    assert bench.job().epoch == 1
    assert set(bench.queues.sent) == {SENT}


def test_what_follows_the_end_is_done_before_the_job_begins_again(bench: Bench):
    bench.submit()
    holder = holds(bench)
    after = {"n": CountAfter(name="n", by=1, day="2026-11-21")}
    end = End(expires_at=bench.clock() + timedelta(days=30), after=after)
    error = PermanentError("bad_voice", "There is no such voice.")
    bench.store.apply(moves.fail(holder, job_error(error), end=end, now=bench.clock()))

    put_back(bench)

    assert bench.store.counter("mina", "2026-11-21", "n") == 1
    assert bench.job().epoch == 1


def job_error(error: PermanentError) -> Any:
    from workers.retry import describe  # noqa: PLC0415

    return describe(error)


def holds(bench: Bench, token: str = "dead") -> moves.Holder:
    delivery = bench.delivery(token)
    lease = delivery.lease(60, bench.clock())
    job = bench.store.apply(moves.claim("job-1", epoch=0, lease=lease, now=bench.clock()))
    return delivery.holder(job, bench.kind)


@pytest.mark.parametrize("max_attempts", [1, 2])
def test_a_cancelled_job_whose_worker_died_is_not_run_again(clock: ManualClock, max_attempts: int):
    bench = Bench(clock, kind=replace(ECHO, max_attempts=max_attempts))
    bench.submit()
    holds(bench)
    bench.objects.put("echo/job-1/0.1-dead/echo.txt", b"half", mime="text/plain")
    bench.store.apply(moves.request_cancel("job-1", now=bench.clock()))
    assert isinstance(bench.deliver("next"), Hidden)
    bench.clock.advance(61)

    assert bench.deliver("next") == Settled()

    job = bench.job()
    assert (job.status, job.lease, job.open_shard, bench.handled) == (Status.CANCELLED, None, None, 0)
    assert [(line.outcome, line.code) for line in job.history] == [("drop", "worker_lost")]
    assert list(bench.objects.keys("")) == []
    assert bench.queues.dead == []


def test_the_message_of_a_job_that_was_cancelled_while_it_waited_runs_nothing(bench: Bench):
    bench.submit()
    end = End(expires_at=bench.clock() + timedelta(days=30))
    bench.store.apply(moves.cancel("job-1", end=end, now=bench.clock()))

    assert isinstance(bench.deliver(), Settled)

    assert bench.handled == 0


def test_an_attempt_that_was_handed_back_leaves_its_files_to_the_next_to_delete(bench: Bench):
    bench.submit()
    holder = holds(bench, "first-of-all")
    bench.objects.put("echo/job-1/0.1-first-of/echo.txt", b"half", mime="text/plain")
    bench.store.apply(moves.hand_back(holder, now=bench.clock()))

    bench.deliver("second-one")

    assert bench.job().attempt == 1
    assert list(bench.objects.keys("")) == ["echo/job-1/0.1-second-o/echo.txt"]
