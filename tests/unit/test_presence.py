# ruff: noqa: SLF001 - the thread's own end
"""A worker heeds pauses and says that it lives."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.memory_operating import MemoryOperating
from ops.rates import Rates
from ops.sqs_transport.custody import HANDED_BACK, Custody
from ops.sqs_transport.presence import Presence
from schemas.errors import UnavailableError
from schemas.operating import RUNNING_NAMED, Pause
from schemas.outcome import Settled
from tests.conftest import ManualClock
from tests.operating import sign
from tests.transport import OTHER, QUEUE, FakeGuard, body, held, in_thread
from tests.waiting import wait_until

if TYPE_CHECKING:
    from schemas.operating import SignOfLife

KINDS = {QUEUE: "tts", OTHER: "image"}


class Bench:
    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.operating = MemoryOperating()
        self.custody = Custody(slots=4, pool_size=4, guards={})
        self.presence = self.another()

    def another(self, **fields: Any) -> Presence:
        made: dict[str, Any] = {
            "about": sign(self.clock, kinds=tuple(KINDS.values())),
            "kinds": KINDS,
            "pauses": self.operating,
            "workforce": self.operating,
            "look_s": 5,
            "speak_s": 30,
            "clock": self.clock,
        }
        return Presence(**(made | fields))

    def pause(self, kind: str) -> None:
        self.operating.pause(Pause(kind=kind, since=self.clock(), by="mina@desk"))

    def look(self, after_s: float = 0) -> None:
        self.clock.advance(after_s)
        self.presence.look(self.custody)

    @property
    def said(self) -> SignOfLife | None:
        return next(iter(self.operating.workers(now=self.clock())), None)


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    return Bench(clock)


def test_a_paused_kind_is_received_no_more_others_are_and_it_is_again_once_resumed(bench: Bench):
    bench.pause("tts")
    bench.look()
    waiting = in_thread(bench.custody.reserve, QUEUE)

    assert bench.custody.reserve(OTHER) == 4
    assert not waiting.done()
    bench.custody.take(OTHER, ())
    bench.operating.resume("tts")
    bench.look()

    assert waiting.result(timeout=5) == 4


def test_what_runs_goes_on_what_has_not_begun_and_what_a_poll_still_brings_is_handed_back(bench: Bench):
    bench.look()
    bench.custody.take(QUEUE, [held("runs"), held("waits")])
    bench.custody.take(OTHER, [held("another kind's", queue=OTHER)])
    bench.custody.give("runs")
    bench.pause("tts")

    bench.look()
    at_once = [(one.receipt, ending) for one, ending in bench.custody.drain()]
    bench.custody.take(QUEUE, [held("late")])

    assert at_once == [("waits", HANDED_BACK)]
    assert [(one.receipt, ending) for one, ending in bench.custody.drain()] == [("late", HANDED_BACK)]
    assert {one.receipt for one in bench.custody.held()} == {"runs", "another kind's"}
    assert not bench.custody.give("late")


def test_pauses_of_kinds_that_it_does_not_serve_change_nothing(bench: Bench):
    bench.pause("reply")

    bench.look()

    assert bench.said
    assert bench.said.paused == ()


def test_it_speaks_when_it_is_time_and_counts_as_gone_after_three_silences(bench: Bench, clock: ManualClock):
    bench.look()
    first = bench.said
    bench.look(after_s=29.9)
    assert bench.said == first

    bench.look(after_s=0.1)

    assert first
    assert bench.said
    assert bench.said.seen_at == clock()
    assert bench.said.until == clock() + timedelta(seconds=90)


def test_it_speaks_at_once_when_a_pause_begins_and_when_a_paused_kind_is_done(bench: Bench):
    bench.custody.take(QUEUE, [held("runs")])
    bench.custody.give("runs")
    bench.look()
    bench.pause("tts")
    bench.look(after_s=1)
    assert bench.said
    assert (bench.said.paused, bench.said.in_hand) == (("tts",), {"tts": 1})

    bench.custody.end("runs", Settled("ok"))
    for _ in range(2):  # the keeper settles it, and comes again
        bench.custody.drain()
    bench.look(after_s=1)

    assert bench.said.in_hand == {}


def test_it_says_which_jobs_it_runs_the_first_that_began_first_and_of_many_some(bench: Bench):
    begun = [f"job-{number}" for number in range(RUNNING_NAMED + 1)]
    bench.custody.take(QUEUE, [held(job_id, body=body(job_id=job_id)) for job_id in (*reversed(begun), "waits")])
    for job_id in begun:
        bench.custody.give(job_id)
        bench.custody.start(job_id, "host:2")
    bench.look()
    assert bench.said
    assert bench.said.running == tuple(begun[:RUNNING_NAMED])

    for job_id in begun[1:]:
        bench.custody.end(job_id, Settled("ok"))
    bench.look(after_s=30)

    assert bench.said.running == ("job-0",)


def test_it_says_at_once_that_an_engine_is_left_alone(bench: Bench, clock: ManualClock):
    guard = FakeGuard()
    custody = Custody(slots=4, pool_size=4, guards={QUEUE: guard, OTHER: FakeGuard()})
    bench.presence.look(custody)
    guard.is_open = True
    clock.advance(5)

    bench.presence.look(custody)

    assert bench.said
    assert bench.said.out_of_order == ("tts",)


def test_it_says_that_it_drains_and_is_gone_once_it_has(bench: Bench):
    bench.look()
    bench.custody.close()
    bench.look(after_s=1)
    assert bench.said
    assert bench.said.state == "draining"

    bench.presence.leave()
    bench.look(after_s=60)

    assert bench.said is None


def test_what_it_was_done_with_is_said_as_a_rate_over_a_minute(bench: Bench):
    bench.look()
    for number in range(30):
        bench.custody.take(QUEUE, [held(str(number))])
        bench.custody.end(str(number), Settled("ok"))
        bench.custody.take(OTHER, [held("back", queue=OTHER)])
        bench.custody.end("back", HANDED_BACK)
    bench.look(after_s=30)
    assert bench.said
    assert bench.said.settled_per_s == {"tts": 1.0}

    for _ in range(3):
        bench.look(after_s=30)

    assert bench.said.settled_per_s == {}


def test_a_table_out_of_reach_leaves_paused_what_is_and_says_so_later(bench: Bench):
    bench.pause("tts")
    bench.look()

    class Out:
        def __getattr__(self, name: str) -> Any:
            def ask(*_: object, **__: object) -> None:
                raise UnavailableError("DynamoDB", "EndpointConnectionError")

            return ask

    there = bench.operating
    bench.presence.pauses = bench.presence.workforce = Out()
    bench.look(after_s=60)
    assert not in_thread(bench.custody.reserve, QUEUE).done()

    bench.presence.pauses = bench.presence.workforce = there
    bench.look(after_s=1)

    assert bench.said
    assert bench.said.seen_at == bench.clock()


def test_a_worker_ends_though_the_table_is_out_of_reach(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    def out(_name: str) -> None:
        raise UnavailableError("DynamoDB", "EndpointConnectionError")

    monkeypatch.setattr(bench.operating, "forget", out)

    bench.presence.leave()


def test_a_defect_of_one_look_does_not_end_the_looking(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bench.operating, "paused", lambda: 1 / 0)

    bench.look()

    assert bench.said


def test_it_looks_before_anything_is_received_and_until_it_leaves(bench: Bench):
    bench.pause("tts")
    bench.presence.look_s = 0.001

    bench.presence.attend(bench.custody)
    assert bench.said
    assert bench.said.paused == ("tts",)
    bench.operating.resume("tts")

    wait_until(lambda: bench.said and bench.said.paused == (), timeout_s=5)
    bench.presence.leave()
    assert bench.presence._is_over.is_set()


@given(st.lists(st.tuples(st.floats(0.1, 40), st.integers(0, 50)), min_size=1, max_size=40))
def test_a_rate_is_between_the_slowest_and_the_fastest_that_was_seen(steps: list[tuple[float, int]]):
    clock, rates, count, speeds = ManualClock(), Rates(), 0, []
    assert rates.per_s(clock(), {}) == {}
    for seconds, by in steps:
        count += by
        speeds.append(by / seconds)
        rate = rates.per_s(clock.advance(seconds), {"tts": count}).get("tts", 0.0)
        assert min(speeds) - 0.01 <= rate <= max(speeds) + 0.01
