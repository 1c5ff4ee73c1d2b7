"""What a handler says of its progress, and what it is told in return."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from ops.memory import MemoryJobStore
from schemas import moves
from schemas.errors import TransientError, UnavailableError
from schemas.job import Progress
from schemas.outcome import Hidden, Left, Settled
from schemas.status import Status
from tests.workers import Bench, EchoRequest, EchoResult, say_back
from workers.checkpoint import Checkpoints
from workers.work import LeaseLostError

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.job import Job
    from schemas.move import Move
    from tests.conftest import ManualClock
    from workers.work import Work


class Counting(MemoryJobStore):
    """Counts the requests that DynamoDB would get, and fails the moves that it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[str] = []
        self.read = 0
        self.unreachable: set[str] = set()

    def apply(self, move: Move) -> Job:
        self.made.append(move.name)
        if move.name in self.unreachable:
            raise UnavailableError("DynamoDB", "ReadTimeoutError")
        return super().apply(move)

    def get(self, job_id: str) -> Job | None:
        self.read += 1
        return super().get(job_id)


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    bench = Bench(clock, store=Counting())
    bench.submit()
    return bench


def steps(bench: Bench, *step_s: float) -> Callable[[EchoRequest, Work[Any]], EchoResult]:
    """A handler that says how far it is after each step, then finishes."""

    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        for number, seconds in enumerate(step_s, 1):
            bench.clock.advance(seconds)
            work.progress(number / len(step_s), f"step {number}")
        return say_back(request, work)

    return handle


def reports(bench: Bench) -> int:
    return bench.store.made.count("report")


def test_a_short_job_is_two_writes_and_no_read_however_much_it_says(bench: Bench):
    bench.handle = steps(bench, *[0.02] * 149)

    bench.deliver()

    assert (bench.store.made, bench.store.read) == (["claim", "succeed"], 0)


def test_a_long_job_writes_no_more_than_once_in_three_seconds(bench: Bench):
    bench.handle = steps(bench, *[0.5] * 40)

    bench.deliver()

    assert reports(bench) == 6


def test_what_was_said_last_is_shown_while_the_attempt_runs(bench: Bench):
    seen: list[Progress | None] = []

    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        work.progress(0.25, "reading")
        bench.clock.advance(3)
        work.checkpoint()
        seen.append(bench.job().progress)
        bench.clock.advance(2.9)
        work.progress(0.75)
        seen.append(bench.job().progress)
        bench.clock.advance(0.1)
        work.progress(None, "writing")
        seen.append(bench.job().progress)
        return say_back(request, work)

    bench.handle = handle
    began = bench.clock()

    bench.deliver()

    first = Progress(fraction=0.25, note="reading", at=began.replace(second=began.second + 3))
    assert seen == [first, first, Progress(fraction=None, note="writing", at=bench.clock())]
    assert bench.job().progress is None


@pytest.mark.parametrize(("said", "kept"), [(-1, 0), (1.0000001, 1), (1 / 3, 0.333), (float("nan"), 1)])
def test_a_fraction_is_kept_within_its_bounds(bench: Bench, said: float, kept: float):
    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        bench.clock.advance(3)
        work.progress(said, "x" * 1000)
        progress = bench.job().progress
        assert progress is not None
        assert (progress.fraction, len(progress.note or "")) == (kept, 200)
        return say_back(request, work)

    bench.handle = handle

    assert isinstance(bench.deliver(), Settled)
    assert bench.job().status is Status.SUCCEEDED


def go_on_whatever_happens(bench: Bench, meanwhile: Callable[[], object]) -> Callable[..., EchoResult]:
    """A handler that catches every error, as one that tries engine after engine does."""

    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        work.store("half.txt", b"half", mime="text/plain")
        meanwhile()
        bench.clock.advance(3)
        with suppress(Exception):
            work.checkpoint()
        return say_back(request, work)

    return handle


def test_a_cancelled_job_stops_at_its_next_checkpoint(bench: Bench):
    ask = moves.request_cancel("job-1", now=bench.clock())
    bench.handle = go_on_whatever_happens(bench, lambda: bench.store.apply(ask))

    assert isinstance(bench.deliver(), Settled)

    job = bench.job()
    assert (job.status, job.result, job.progress) == (Status.CANCELLED, None, None)
    assert "succeed" not in bench.store.made
    assert [line.outcome for line in job.history] == ["stop"]
    assert list(bench.objects.keys("")) == []


def test_an_attempt_whose_job_was_taken_over_ends_at_its_next_checkpoint(bench: Bench):
    def taken_over() -> None:
        bench.clock.advance(1000)
        lease = bench.delivery("other").lease(60, bench.clock())
        bench.store.apply(moves.take_over(bench.job(), lease=lease, max_attempts=2, now=bench.clock()))

    bench.handle = go_on_whatever_happens(bench, taken_over)

    assert bench.deliver() == Left()

    assert "succeed" not in bench.store.made
    assert bench.job().attempt == 2
    assert bench.job().status is Status.RUNNING
    assert list(bench.objects.keys("")) == []


def test_a_cancel_of_the_job_is_no_business_of_who_has_lost_it(bench: Bench):
    delivery = bench.delivery("first")
    claim = moves.claim("job-1", epoch=0, lease=delivery.lease(60, bench.clock()), now=bench.clock())
    holder = delivery.holder(bench.store.apply(claim), bench.kind)
    checkpoints = Checkpoints(holder, store=bench.store, clock=bench.clock)
    bench.clock.advance(61)
    lease = bench.delivery("other").lease(60, bench.clock())
    bench.store.apply(moves.take_over(bench.job(), lease=lease, max_attempts=2, now=bench.clock()))
    bench.store.apply(moves.request_cancel("job-1", now=bench.clock()))

    with pytest.raises(LeaseLostError):
        checkpoints.check()


def test_a_table_out_of_reach_does_not_end_the_work(bench: Bench):
    bench.store.unreachable = {"report"}
    bench.handle = steps(bench, *[1] * 10)

    assert isinstance(bench.deliver(), Settled)

    assert bench.job().status is Status.SUCCEEDED
    assert reports(bench) == 3


def test_an_attempt_that_is_tried_again_has_no_progress_of_the_one_before(bench: Bench):
    def crash(request: EchoRequest, work: Work[Any]) -> EchoResult:
        steps(bench, 3, 3)(request, work)
        assert bench.job().progress
        raise TransientError("engine_crashed", "The engine crashed.")

    bench.handle = crash

    assert isinstance(bench.deliver(), Hidden)

    assert bench.job().progress is None


# --- answers that are being written ---


def writing(bench: Bench, *said: tuple[float, str], seen: list[str | None]) -> Callable[..., EchoResult]:
    """A handler that writes an answer piece by piece; `seen` is what its owner could read after each."""

    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        written = ""
        for seconds, piece in said:
            bench.clock.advance(seconds)
            written += piece
            work.progress(None, "writing", partial=written)
            progress = bench.job().progress
            seen.append(progress.partial if progress else None)
        return say_back(request, work)

    return handle


@pytest.mark.parametrize(
    "answer",
    [
        ("Yes, I do! ", "What", " about you?"),
        ("그럼요. ", "너는", " 어때?"),
        ('"Really?" ', "she", " said."),
        ("First line\n", "second", " line"),
        ("はい。 ", "そう", "です。"),
    ],
)
def test_the_first_whole_sentence_is_shown_at_once(bench: Bench, answer: tuple[str, ...]):
    seen: list[str | None] = []
    bench.handle = writing(bench, *((0.1, piece) for piece in answer), seen=seen)

    bench.deliver()

    assert seen == [None, "".join(answer[:2]), "".join(answer[:2])]
    assert reports(bench) == 1


@pytest.mark.parametrize("answer", ["Yes, I do", "Yes, I do!", "I paid 3.50 for it", "네, 좋아요.  "])
def test_an_answer_of_one_sentence_costs_no_write(bench: Bench, answer: str):
    bench.handle = writing(bench, *((0.05, piece) for piece in answer), seen=[])

    bench.deliver()

    assert (bench.store.made, bench.store.read - len(answer)) == (["claim", "succeed"], 0)


def test_a_long_answer_is_shown_about_once_a_second(bench: Bench):
    seen: list[str | None] = []
    bench.handle = writing(bench, *[(0.1, "Go on. ")] * 100, seen=seen)

    bench.deliver()

    assert reports(bench) == 10
    shown = [text for text in dict.fromkeys(seen) if text]
    assert shown == ["Go on. " * n for n in range(2, 93, 10)]


def test_a_very_long_answer_is_shown_in_part(bench: Bench):
    seen: list[str | None] = []
    bench.handle = writing(bench, (0.1, "Go on. " * 1000), seen=seen)

    bench.deliver()

    assert [len(text or "") for text in seen] == [2000]


def test_what_was_written_stays_while_something_else_is_said(bench: Bench):
    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        work.progress(None, "writing", partial="Yes. I do")
        bench.clock.advance(1)
        work.progress(0.9, "checking")
        progress = bench.job().progress
        assert progress is not None
        assert (progress.note, progress.partial) == ("checking", "Yes. I do")
        return say_back(request, work)

    bench.handle = handle

    assert isinstance(bench.deliver(), Settled)
    assert bench.job().status is Status.SUCCEEDED
    assert bench.job().progress is None


def test_whoever_cancels_a_job_that_writes_stops_it(bench: Bench):
    def handle(request: EchoRequest, work: Work[Any]) -> EchoResult:
        bench.store.apply(moves.request_cancel("job-1", now=bench.clock()))
        work.progress(None, partial="Yes. I do")
        return say_back(request, work)

    bench.handle = handle

    bench.deliver()

    assert bench.job().status is Status.CANCELLED
