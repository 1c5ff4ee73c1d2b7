"""The runner where it is seldom: races, long waits, files of attempts that came to nothing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from ops.memory import MemoryJobStore, MemoryQueues
from schemas import moves
from schemas.ending import Ending
from schemas.errors import RefusedError, TransientError, UnavailableError
from schemas.job import Attempt, JobError, Lease, Payload
from schemas.media import StoredFile
from schemas.outcome import Hidden, Left, Settled
from schemas.status import Status
from schemas.usage import Usage
from tests.conftest import ManualClock, new_job
from tests.workers import ECHO, LEASE_S, Bench, EchoRequest, EchoResult, say_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from schemas.envelope import Envelope
    from schemas.job import Job
    from schemas.move import Move
    from workers.work import Work


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    return Bench(clock)


class BeatenStore(MemoryJobStore):
    """Somebody is faster: what `first` holds for a move's name is done once, just before the move."""

    def __init__(self) -> None:
        super().__init__()
        self.first: dict[str, Callable[[], object]] = {}

    def apply(self, move: Move) -> Job:
        if move.name in self.first:
            self.first.pop(move.name)()
        return super().apply(move)


def claimed_by(bench: Bench, token: str, job_id: str = "job-1") -> moves.Holder:
    delivery = bench.delivery(token)
    lease = delivery.lease(LEASE_S, bench.clock())
    job = bench.store.apply(moves.claim(job_id, epoch=0, lease=lease, now=bench.clock()))
    return delivery.holder(job, bench.kind)


def taken_over_by(bench: Bench, token: str) -> None:
    lease = bench.delivery(token).lease(LEASE_S, bench.clock())
    attempts = bench.kind.max_attempts
    bench.store.apply(moves.take_over(bench.job(), lease=lease, max_attempts=attempts, now=bench.clock()))


# --- claims ---


def test_the_message_of_a_parked_job_is_deleted_as_the_clock_sends_another(bench: Bench):
    due_at = bench.clock() + timedelta(hours=1)
    bench.submit(status=Status.SCHEDULED, due_at=due_at)

    assert bench.deliver() == Settled()

    assert bench.handled == 0


def test_a_job_that_its_stalled_worker_puts_back_before_it_is_taken_over_is_claimed(clock: ManualClock):
    bench = Bench(clock, store=BeatenStore())
    bench.submit()
    stalled = claimed_by(bench, "stalled")
    bench.clock.advance(LEASE_S + 1)
    error = JobError(code="engine_crashed", message="", retryable=True)
    bench.store.first["take_over"] = lambda: bench.store.apply(moves.retry(stalled, error, now=bench.clock()))

    assert bench.deliver("next") == Settled("ok")

    assert bench.job().status is Status.SUCCEEDED
    assert [line.outcome for line in bench.job().history] == ["retry", "succeed"]


def test_who_loses_every_race_puts_the_message_back(clock: ManualClock):
    class NeverWon(MemoryJobStore):
        def apply(self, move: Move) -> Job:
            lease = Lease(token="another's", until=clock() - timedelta(seconds=1), worker="host:2")
            job = new_job(move.job_id, clock, kind="echo", status=Status.RUNNING, attempt=1, lease=lease)
            raise RefusedError(move.name, job, move.conditions)

    bench = Bench(clock, store=NeverWon())

    assert bench.deliver() == Hidden(1, "raced")


def test_a_dead_letter_says_where_and_after_how_many_attempts_it_died(clock: ManualClock):
    class Told(MemoryQueues):
        context: Mapping[str, str | int] = {}

        def bury(self, envelope: Envelope, *, error: JobError, context: Mapping[str, str | int]) -> None:
            self.context = context
            super().bury(envelope, error=error, context=context)

    bench = Bench(clock, crash, kind=replace(ECHO, max_attempts=1), queues=Told())
    bench.submit(trace="00-trace")

    bench.deliver()

    assert bench.queues.context == {"attempts": 1, "epoch": 0, "worker": "host:1", "trace": "00-trace"}


# --- waits ---


def crash(_request: EchoRequest, _work: Work[Any]) -> EchoResult:
    raise TransientError("engine_crashed", "The engine crashed.", engine="echo")


def test_workers_that_reach_nothing_do_not_come_back_all_at_once(bench: Bench, monkeypatch: Any):
    def out_of_reach(_move: Move) -> None:
        raise UnavailableError("DynamoDB", "EndpointConnectionError")

    monkeypatch.setattr(bench.store, "apply", out_of_reach)
    runner = bench.runner()

    outcomes = [runner.run(bench.delivery()) for _ in range(100)]

    waits = {outcome.seconds for outcome in outcomes if isinstance(outcome, Hidden)}
    assert len(waits) > 5
    assert waits <= set(range(1, 17))


def test_a_message_that_can_be_hidden_no_longer_is_parked(bench: Bench):
    """SQS hides a message for 12 hours from its receive, however often the visibility is changed."""

    def late(_request: EchoRequest, _work: Work[Any]) -> EchoResult:
        bench.clock.advance(12 * 60 * 60 - 100)
        raise TransientError("throttled", "Too many requests.", retry_after_s=60)

    bench.submit()
    bench.handle = late

    assert bench.deliver() == Settled("throttled")

    assert bench.job().status is Status.SCHEDULED


@pytest.mark.parametrize("waited_s", [0, 50, 600])
def test_an_attempt_has_its_kinds_time_from_when_it_began(bench: Bench, waited_s: float):
    told: list[float] = []

    def look(request: EchoRequest, work: Work[Any]) -> EchoResult:
        told.append(work.remaining_s)
        return say_back(request, work)

    bench.submit()
    bench.handle = look
    delivery = bench.delivery()
    bench.clock.advance(waited_s)

    bench.runner().run(delivery)

    assert told == [bench.kind.timeout_s]


def test_a_transient_error_hides_the_message_as_long_as_was_asked_for(bench: Bench):
    def ask_to_wait(_request: EchoRequest, _work: Work[Any]) -> EchoResult:
        raise TransientError("throttled", "Too many requests.", retry_after_s=99)

    bench.submit()
    bench.handle = ask_to_wait

    assert bench.deliver() == Hidden(99, "throttled", retry_after_s=99)


# --- files ---


def half_done(request: EchoRequest, work: Work[Any]) -> EchoResult:
    say_back(request, work)
    raise TransientError("engine_crashed", "The engine crashed.")


def test_an_attempt_that_failed_leaves_no_file(bench: Bench):
    bench.submit()
    bench.handle = half_done

    bench.deliver()

    assert bench.job().status is Status.RETRYING
    assert list(bench.objects.keys("")) == []


def test_a_file_whose_answer_was_lost_is_deleted_by_the_next_attempt(bench: Bench, monkeypatch: Any):
    """Not at once: what was paid for may be wanted, and nothing can be deleted while the bucket is out of reach."""
    put = bench.objects.put

    def lose_answer(key: str, data: bytes, *, mime: str) -> None:
        put(key, data, mime=mime)
        raise UnavailableError("S3", "ReadTimeoutError")

    bench.submit()
    with monkeypatch.context() as broken:
        broken.setattr(bench.objects, "put", lose_answer)
        bench.deliver("first")
    assert bench.job().status is Status.RETRYING

    bench.deliver("second")

    assert bench.job().status is Status.SUCCEEDED
    assert list(bench.objects.keys("")) == ["echo/job-1/0.2-second/echo.txt"]


def test_who_stalled_deletes_nothing_of_who_took_over(clock: ManualClock):
    bench = Bench(clock, kind=replace(ECHO, max_attempts=3))
    told: list[Any] = []

    def stall(request: EchoRequest, work: Work[Any]) -> EchoResult:
        bench.handle = say_back
        bench.clock.advance(LEASE_S + 1)
        told.append(bench.deliver("third"))
        return say_back(request, work)

    bench.submit()
    claimed_by(bench, "first")
    bench.clock.advance(LEASE_S + 1)
    bench.handle = stall

    assert bench.deliver("second") == Left()

    assert told == [Settled("ok")]
    assert list(bench.objects.keys("")) == ["echo/job-1/0.3-third/echo.txt"]


@pytest.mark.parametrize(("epoch", "left"), [(0, "0.1"), (1, "0.2"), (1, "1.1")])
def test_what_attempts_before_have_left_is_deleted_whichever_epoch_it_is_of(bench: Bench, epoch: int, left: str):
    ended = Attempt(epoch=0, attempt=1, outcome="retry", at=bench.clock())
    attempt = 1 if left == f"{epoch}.1" else 0
    bench.submit(epoch=epoch, attempt=attempt, history=(ended,), status=Status.RETRYING)
    bench.objects.put(f"echo/job-1/{left}/echo.txt", b"half", mime="text/plain")
    bench.objects.put("echo/job-10/0.1/echo.txt", b"another's", mime="text/plain")

    bench.deliver(epoch=epoch)

    own = f"echo/job-1/{epoch}.{attempt + 1}-first/echo.txt"
    assert list(bench.objects.keys("")) == [own, "echo/job-10/0.1/echo.txt"]


def listing(bench: Bench, monkeypatch: Any) -> list[str]:
    """The prefixes that are listed from now on; there is nothing below any."""
    listed: list[str] = []

    def keys(prefix: str) -> Iterator[str]:
        listed.append(prefix)
        return iter(())

    monkeypatch.setattr(bench.objects, "keys", keys)
    return listed


def test_a_first_attempt_that_succeeds_lists_nothing(bench: Bench, monkeypatch: Any):
    listed = listing(bench, monkeypatch)
    bench.submit()

    bench.deliver()

    assert listed == []


def test_an_attempt_that_wrote_nothing_lists_nothing(bench: Bench, monkeypatch: Any):
    listed = listing(bench, monkeypatch)
    bench.submit()
    bench.handle = crash

    bench.deliver()

    assert listed == []


# --- what is recorded and logged ---


def test_a_stored_file_is_described_as_it_is(bench: Bench):
    described: list[StoredFile] = []

    def store(_request: EchoRequest, work: Work[Any]) -> EchoResult:
        described.append(work.store("echo.txt", b"Hello", mime="text/plain"))
        return EchoResult(text="", engine="echo", model="1")

    bench.submit()
    bench.handle = store

    bench.deliver()

    sha256 = hashlib.sha256(b"Hello").hexdigest()
    assert described == [StoredFile(key="echo/job-1/0.1-first/echo.txt", mime="text/plain", bytes=5, sha256=sha256)]


def test_all_that_follows_a_job_is_done_by_its_one_delivery(clock: ManualClock):
    bench = Bench(clock, kind=replace(ECHO, counters={"practice_count": 1, "minutes": 5}))
    bench.submit()

    bench.deliver()

    assert [bench.store.counter("mina", "2026-11-21", name) for name in ("practice_count", "minutes")] == [1, 5]
    assert not bench.job().is_open


def test_what_the_attempt_took_is_recorded(bench: Bench):
    def count(request: EchoRequest, work: Work[Any]) -> EchoResult:
        work.record_usage(Usage(characters=len(request.text)))
        return say_back(request, work)

    bench.submit()
    bench.handle = count

    bench.deliver()

    assert bench.job().usage == Usage(characters=5)


def test_what_engines_took_for_one_attempt_is_added_up(bench: Bench):
    def count(request: EchoRequest, work: Work[Any]) -> EchoResult:
        work.record_usage(Usage(tokens=9, cost_microusd=1))
        work.record_usage(Usage(tokens=30, cost_microusd=50, characters=2))
        return say_back(request, work)

    bench.submit()
    bench.handle = count

    bench.deliver()

    assert bench.job().usage == Usage(tokens=39, cost_microusd=51, characters=2)


def test_no_line_of_the_log_quotes_an_unknown_error(bench: Bench):
    def break_(request: EchoRequest, _work: Work[Any]) -> EchoResult:
        raise ValueError(f"can't say {request.text!r}")

    bench.submit(request=Payload(inline={"text": "my diary"}))
    bench.handle = break_

    with capture_logs() as lines:
        bench.deliver()

    assert "attempt_failed" in {line["event"] for line in lines}
    assert "diary" not in str(lines)


def test_the_record_of_a_job_that_ended_badly_outlives_its_dead_letter(clock: ManualClock):
    short, long = Ending(record_retention_days=1), Ending(record_retention_days=30)

    assert short.badly(clock()).expires_at == clock().replace(microsecond=0) + timedelta(days=14 + 7)
    assert long.badly(clock()).expires_at == clock() + timedelta(days=30)


def test_the_record_of_a_job_that_succeeded_outlives_its_files(clock: ManualClock):
    lasting = replace(ECHO, retention_days=365)

    assert Ending(record_retention_days=30).well(ECHO, clock()).expires_at == clock() + timedelta(days=30)
    # The bucket deletes at the midnight after the last day.
    assert Ending(record_retention_days=30).well(lasting, clock()).expires_at == clock() + timedelta(days=366)


# --- the end ---


class FakeTime:
    """Time for tenacity, which passes by its own pauses alone."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    fake = FakeTime()
    monkeypatch.setattr("tenacity.time", fake)
    monkeypatch.setattr("tenacity.nap.time", fake)
    return fake


class Unsteady(MemoryJobStore):
    """Out of reach for a number of the moves of a name."""

    def __init__(self, name: str, *, times: float) -> None:
        super().__init__()
        self.name = name
        self.left = times

    def apply(self, move: Move) -> Job:
        if move.name == self.name and self.left > 0:
            self.left -= 1
            raise UnavailableError("DynamoDB", "ReadTimeoutError")
        return super().apply(move)


def test_a_finished_attempt_waits_for_the_table_but_not_for_ever(clock: ManualClock, time: FakeTime):
    bench = Bench(clock, store=Unsteady("succeed", times=float("inf")))
    bench.submit()

    outcome = bench.deliver()

    assert isinstance(outcome, Hidden)
    assert outcome.code == "unavailable"
    assert bench.job().status is Status.RUNNING
    assert 20 <= time.now <= 25


def test_a_finished_attempt_that_is_taken_over_at_last_finds_its_files(clock: ManualClock, time: FakeTime):
    bench = Bench(clock, store=Unsteady("succeed", times=4))
    bench.submit()

    assert bench.deliver() == Settled("ok")

    assert time.now > 0
    assert list(bench.objects.keys("")) == ["echo/job-1/0.1-first/echo.txt"]


def cancelled_meanwhile(bench: Bench) -> Callable[[EchoRequest, Work[Any]], EchoResult]:
    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        bench.store.apply(moves.request_cancel("job-1", now=bench.clock()))
        return say_back(request, work)

    return handle


@pytest.mark.usefixtures("time")
def test_a_cancelled_job_is_stopped_though_the_table_was_out_of_reach(clock: ManualClock):
    bench = Bench(clock, store=Unsteady("stop", times=2))
    bench.submit()
    bench.handle = cancelled_meanwhile(bench)

    assert bench.deliver() == Settled()

    assert bench.job().status is Status.CANCELLED


def test_a_cancelled_job_that_another_drops_before_it_stops_is_left(clock: ManualClock):
    bench = Bench(clock, store=BeatenStore())
    bench.submit()
    bench.handle = cancelled_meanwhile(bench)

    def another_finds_the_lease_over() -> None:
        bench.clock.advance(LEASE_S + 1)
        assert bench.deliver("second") == Settled()

    bench.store.first["stop"] = another_finds_the_lease_over

    assert bench.deliver("first") == Left()

    assert bench.job().status is Status.CANCELLED
    assert [line.outcome for line in bench.job().history] == ["drop"]


def test_a_defect_at_the_end_is_not_waited_for(clock: ManualClock, time: FakeTime, monkeypatch: Any):
    bench = Bench(clock)
    bench.submit()
    apply = bench.store.apply

    def broken(move: Move) -> Job:
        if move.name == "succeed":
            raise TypeError("no attribute for a set")
        return apply(move)

    monkeypatch.setattr(bench.store, "apply", broken)

    with pytest.raises(TypeError):
        bench.deliver()

    assert time.now == 0
