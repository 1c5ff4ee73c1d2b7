"""The runner over in-memory stores: every way that a delivery can go."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from schemas import moves
from schemas.errors import PermanentError, TransientError, UnavailableError
from schemas.job import Payload
from schemas.outcome import Hidden, Left, Settled
from schemas.status import Status
from tests.workers import LEASE_S, Bench, EchoRequest, EchoResult, say_back

if TYPE_CHECKING:
    from schemas.move import Move
    from tests.conftest import ManualClock
    from workers.work import Work


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    return Bench(clock)


def crash(_request: EchoRequest, _work: Work[Any]) -> EchoResult:
    raise TransientError("engine_crashed", "The engine crashed.", engine="echo")


def test_a_job_runs_and_its_result_is_recorded(bench: Bench):
    bench.submit()

    assert bench.deliver() == Settled("ok")

    job = bench.job()
    assert job.status is Status.SUCCEEDED
    assert job.result == Payload(inline={"engine": "echo", "model": "1", "text": "Hello"})
    assert bench.objects.get(job.files["echo.txt"]) == b"Hello"
    assert job.open_shard is None
    assert bench.store.counter("mina", "2026-11-21", "practice_count") == 1


def test_a_large_result_lies_in_the_bucket(bench: Bench):
    bench.submit(request=Payload(inline={"text": "x" * 2000}))

    bench.deliver()

    result = bench.job().result
    assert result is not None
    assert result.inline is None
    assert result.key == "echo/job-1/0.1-first/result.json"
    assert b"xxx" in bench.objects.get(result.key)


def test_a_second_delivery_of_a_finished_job_runs_nothing(bench: Bench):
    bench.submit()
    bench.deliver("first")
    finished = bench.job()

    assert bench.deliver("second") == Settled()

    assert bench.handled == 1
    assert bench.job() == finished


@pytest.mark.parametrize(("passed_s", "hidden_s"), [(10, 20), (LEASE_S - 8, 9)])
def test_a_delivery_that_finds_a_live_lease_hides_until_it_may_be_over(bench: Bench, passed_s: int, hidden_s: int):
    told: list[Any] = []
    bench.submit()

    def meanwhile(request: EchoRequest, work: Work[Any]) -> EchoResult:
        bench.clock.advance(passed_s)
        told.append(bench.deliver("second"))
        return say_back(request, work)

    bench.handle = meanwhile

    assert bench.deliver("first") == Settled("ok")
    assert told == [Hidden(hidden_s, "leased")]
    assert bench.handled == 1
    assert bench.job().attempt == 1


def test_a_transient_error_hides_the_same_message_and_counts_the_attempt(bench: Bench):
    bench.submit()
    bench.handle = crash

    outcome = bench.deliver()

    assert isinstance(outcome, Hidden)
    assert 0 <= outcome.seconds <= 2
    job = bench.job()
    assert (job.status, job.attempt) == (Status.RETRYING, 1)
    assert job.error is not None
    assert job.error.code == "engine_crashed"


def test_the_last_attempt_dead_letters_with_its_reason(bench: Bench):
    bench.submit()
    bench.handle = crash
    bench.deliver("first")

    assert bench.deliver("second") == Settled("engine_crashed")

    assert bench.job().status is Status.DEAD_LETTERED
    ((envelope, error),) = bench.queues.dead
    assert envelope.job_id == "job-1"
    assert error.code == "engine_crashed"
    assert [line.outcome for line in bench.job().history] == ["retry", "dead_letter"]


def test_a_dead_lettered_job_seen_again_is_sent_again(bench: Bench):
    bench.submit()
    bench.handle = crash
    bench.deliver("first")
    bench.deliver("second")

    assert bench.deliver("third") == Settled()

    assert bench.handled == 2
    assert len(bench.queues.dead) == 2


def test_a_dead_letter_that_could_not_be_sent_is_sent_by_the_next_delivery(bench: Bench, monkeypatch: Any):
    bench.submit()
    bench.handle = crash
    bench.deliver("first")
    with monkeypatch.context() as broken:
        broken.setattr(bench.queues, "bury", _out_of_reach)
        assert isinstance(bench.deliver("second"), Hidden)
    assert bench.job().status is Status.DEAD_LETTERED
    assert bench.queues.dead == []

    assert bench.deliver("third") == Settled()

    assert [envelope.job_id for envelope, _ in bench.queues.dead] == ["job-1"]


def _out_of_reach(*_args: object, **_kwargs: object) -> None:
    raise UnavailableError("SQS", "EndpointConnectionError")


def test_a_permanent_error_fails_the_job_at_once(bench: Bench):
    def refuse(_request: EchoRequest, _work: Work[Any]) -> EchoResult:
        raise PermanentError("nothing_to_speak", "There is nothing to speak.")

    bench.submit()
    bench.handle = refuse

    assert bench.deliver() == Settled("nothing_to_speak")

    job = bench.job()
    assert job.status is Status.FAILED
    assert job.error is not None
    assert not job.error.retryable
    assert bench.queues.dead == []


def test_an_unknown_error_counts_as_transient_and_its_text_is_kept_out(bench: Bench):
    def break_(request: EchoRequest, _work: Work[Any]) -> EchoResult:
        raise ValueError(f"can't say {request.text!r}")

    bench.submit()
    bench.handle = break_

    assert isinstance(bench.deliver(), Hidden)

    job = bench.job()
    assert job.status is Status.RETRYING
    assert job.error is not None
    assert "Hello" not in job.model_dump_json(include={"error", "history"})


def test_a_request_that_is_not_valid_any_more_fails_and_is_not_quoted(bench: Bench):
    bench.submit(request=Payload(inline={"secret": "my diary"}))

    bench.deliver()

    job = bench.job()
    assert job.status is Status.FAILED
    assert job.error is not None
    assert job.error.code == "invalid_request"
    assert "diary" not in job.error.message


def test_a_long_wait_is_parked_in_the_record(bench: Bench):
    def ask_to_wait(_request: EchoRequest, _work: Work[Any]) -> EchoResult:
        raise TransientError("quota", "The quota is used up.", retry_after_s=3600)

    bench.submit()
    bench.handle = ask_to_wait

    assert bench.deliver() == Settled("quota")

    job = bench.job()
    assert job.status is Status.SCHEDULED
    assert job.due_at == job.next_check_at == bench.clock() + timedelta(seconds=3600)


def test_the_job_of_a_dead_worker_is_taken_over(bench: Bench):
    job = bench.submit()
    bench.store.apply(
        moves.claim(job.id, epoch=0, lease=bench.delivery("dead").lease(LEASE_S, bench.clock()), now=bench.clock())
    )
    bench.clock.advance(LEASE_S + 1)

    assert bench.deliver("next") == Settled("ok")

    assert bench.job().status is Status.SUCCEEDED
    assert [(line.outcome, line.code) for line in bench.job().history] == [
        ("take_over", "worker_lost"),
        ("succeed", None),
    ]


def test_a_job_that_kills_its_workers_is_not_run_again(bench: Bench):
    job = bench.submit()
    bench.store.apply(
        moves.claim(job.id, epoch=0, lease=bench.delivery("a").lease(LEASE_S, bench.clock()), now=bench.clock())
    )
    bench.clock.advance(LEASE_S + 1)
    lease = bench.delivery("b").lease(LEASE_S, bench.clock())
    bench.store.apply(moves.take_over(bench.job(), lease=lease, max_attempts=2, now=bench.clock()))
    bench.clock.advance(LEASE_S + 1)

    assert bench.deliver("c") == Settled()

    assert bench.handled == 0
    assert bench.job().status is Status.DEAD_LETTERED
    assert [error.code for _, error in bench.queues.dead] == ["worker_lost"]


def test_who_stalled_past_its_lease_leaves_no_result_and_no_file(bench: Bench):
    told: list[Any] = []

    def stall(request: EchoRequest, work: Work[Any]) -> EchoResult:
        bench.handle = say_back
        bench.clock.advance(LEASE_S + 1)
        told.append(bench.deliver("second"))
        return say_back(EchoRequest(text="from the stalled"), work)

    bench.submit()
    bench.handle = stall

    assert bench.deliver("first") == Left()

    assert told == [Settled("ok")]
    job = bench.job()
    assert job.result == Payload(inline={"engine": "echo", "model": "1", "text": "Hello"})
    assert list(bench.objects.keys("")) == ["echo/job-1/0.2-second/echo.txt"]


def test_what_a_dead_attempt_left_in_the_bucket_is_deleted(bench: Bench):
    job = bench.submit()
    bench.store.apply(
        moves.claim(job.id, epoch=0, lease=bench.delivery("dead").lease(LEASE_S, bench.clock()), now=bench.clock())
    )
    bench.objects.put("echo/job-1/0.1/echo.txt", b"half", mime="text/plain")
    bench.clock.advance(LEASE_S + 1)

    bench.deliver("next")

    assert list(bench.objects.keys("echo/job-1/")) == ["echo/job-1/0.2-next/echo.txt"]


def test_a_cancel_before_the_finish_wins(bench: Bench):
    def cancelled_meanwhile(request: EchoRequest, work: Work[Any]) -> EchoResult:
        bench.store.apply(moves.request_cancel("job-1", now=bench.clock()))
        return say_back(request, work)

    bench.submit()
    bench.handle = cancelled_meanwhile

    assert bench.deliver() == Settled()

    assert bench.job().status is Status.CANCELLED
    assert bench.job().result is None
    assert list(bench.objects.keys("")) == []


def test_a_cancel_before_a_retry_wins(bench: Bench):
    def cancelled_meanwhile(request: EchoRequest, work: Work[Any]) -> EchoResult:
        bench.store.apply(moves.request_cancel("job-1", now=bench.clock()))
        return crash(request, work)

    bench.submit()
    bench.handle = cancelled_meanwhile

    assert bench.deliver() == Settled()

    assert bench.job().status is Status.CANCELLED


def test_a_dead_letter_has_no_files(bench: Bench):
    job = bench.submit(attempt=1, status=Status.RETRYING)
    bench.store.apply(
        moves.claim(job.id, epoch=0, lease=bench.delivery("dead").lease(LEASE_S, bench.clock()), now=bench.clock())
    )
    bench.objects.put("echo/job-1/0.2/echo.txt", b"half", mime="text/plain")
    bench.clock.advance(LEASE_S + 1)

    bench.deliver("next")

    assert bench.job().status is Status.DEAD_LETTERED
    assert list(bench.objects.keys("")) == []


@pytest.mark.parametrize("epoch", [0, 2])
def test_a_message_of_another_epoch_is_deleted_and_runs_nothing(bench: Bench, epoch: int):
    bench.submit(epoch=1)

    assert bench.deliver(epoch=epoch) == Settled()

    assert bench.handled == 0


def test_a_message_whose_record_was_withdrawn_is_deleted(bench: Bench):
    assert bench.deliver() == Settled()


def test_no_attempt_is_burnt_while_the_table_is_out_of_reach(bench: Bench, monkeypatch: Any):
    bench.submit()
    with monkeypatch.context() as broken:
        broken.setattr(bench.store, "apply", _out_of_reach)
        assert isinstance(bench.deliver(), Hidden)

    assert bench.job().attempt == 0


def test_an_end_whose_answer_was_lost_is_still_the_jobs_end(bench: Bench, monkeypatch: Any):
    bench.submit()
    apply = bench.store.apply
    lost: list[Move] = []

    def lose_first_finish(move: Move) -> object:
        job = apply(move)
        if move.name == "succeed" and not lost:
            lost.append(move)
            raise UnavailableError("DynamoDB", "ReadTimeoutError")
        return job

    monkeypatch.setattr(bench.store, "apply", lose_first_finish)

    assert bench.deliver() == Settled("ok")

    assert bench.job().status is Status.SUCCEEDED
    assert bench.store.counter("mina", "2026-11-21", "practice_count") == 1
    assert list(bench.objects.keys("")) == ["echo/job-1/0.1-first/echo.txt"]


def test_what_follows_is_done_by_the_next_delivery_where_the_first_could_not(bench: Bench, monkeypatch: Any):
    bench.submit()
    with monkeypatch.context() as broken:
        broken.setattr(bench.store, "complete_after", _out_of_reach)
        assert isinstance(bench.deliver("first"), Hidden)
    assert bench.job().status is Status.SUCCEEDED
    assert bench.job().is_open

    assert bench.deliver("second") == Settled()

    assert bench.handled == 1
    assert not bench.job().is_open
    assert bench.store.counter("mina", "2026-11-21", "practice_count") == 1
