"""In which order a worker reads the pauses, says what it takes, and takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest

from ops.memory_operating import MemoryOperating
from ops.operating.draining import Left, left, pause_all
from ops.sqs_transport.custody import Custody
from ops.sqs_transport.held import Lost
from ops.sqs_transport.presence import Presence
from schemas.errors import UnavailableError
from schemas.operating import SILENT_FOR, Pause
from schemas.outcome import Settled
from tests.desks import memory_desk
from tests.operating import sign
from tests.transport import QUEUE, held, in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from schemas.operating import SignOfLife
    from tests.conftest import ManualClock

T = TypeVar("T")
NOTHING = Left(unheard=0, in_hand=0)


class Table(MemoryOperating):
    """The table, which may be out of reach."""

    is_out = False

    def paused(self) -> Mapping[str, Pause]:
        return self._reached(super().paused)

    def say(self, sign: SignOfLife) -> None:
        self._reached(lambda: super(Table, self).say(sign))

    def _reached(self, act: Callable[[], T]) -> T:
        return self.out() if self.is_out else act()

    @staticmethod
    def out() -> NoReturn:
        raise UnavailableError("DynamoDB", "EndpointConnectionError")


class Bench:
    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.table = clock, Table()
        self.custody = Custody(slots=4, pool_size=4, guards={})
        ports: Any = {"pauses": self.table, "workforce": self.table}
        about = sign(clock, kinds=("tts",))
        self.presence = Presence(about=about, kinds={QUEUE: "tts"}, look_s=5, speak_s=30, clock=clock, **ports)

    def pause(self) -> None:
        self.table.pause(Pause(kind="tts", since=self.clock(), by="mina@desk"))

    def look(self, after_s: float = 0) -> None:
        self.clock.advance(after_s)
        self.presence.look(self.custody)


@pytest.fixture
def bench(clock: ManualClock) -> Bench:
    return Bench(clock)


def test_a_worker_takes_nothing_before_it_could_say_that_it_does(bench: Bench):
    bench.table.is_out = True
    bench.look()
    waiting = in_thread(bench.custody.reserve, QUEUE)
    assert not waiting.done()

    bench.table.is_out = False
    bench.look(after_s=5)

    assert waiting.result(timeout=5) == 4


def test_a_worker_that_cannot_speak_takes_nothing_any_more_long_before_it_is_forgotten(bench: Bench):
    bench.look()
    bench.table.is_out = True
    bench.look(after_s=60)
    assert bench.custody.reserve(QUEUE) == 4
    bench.custody.take(QUEUE, ())

    bench.look(after_s=SILENT_FOR.total_seconds() / 2 + 90)
    waiting = in_thread(bench.custody.reserve, QUEUE)
    assert not waiting.done()
    assert bench.table.workers(now=bench.clock()), "not forgotten yet"

    bench.table.is_out = False
    bench.look(after_s=5)
    assert waiting.result(timeout=5) == 4


def test_a_thread_that_hangs_and_an_end_to_be_settled_are_in_hand(bench: Bench):
    bench.custody.take(QUEUE, [held("hangs"), held("lost")])
    for receipt in ("hangs", "lost"):
        bench.custody.give(receipt)
    bench.custody.give_up("hangs", Lost("timed_out"))
    bench.custody.end("lost", Lost("broke"))
    assert bench.custody.counts()[0] == {QUEUE: 2}

    assert len(bench.custody.drain()) == 2
    assert bench.custody.counts()[0] == {QUEUE: 2}, "the keeper is about to record them"
    bench.custody.drain()
    assert bench.custody.counts()[0] == {QUEUE: 1}

    bench.custody.end("hangs", Settled("ok"))
    assert bench.custody.counts()[0] == {}


def test_a_worker_that_drains_has_in_hand_all_that_it_will_have(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    bench.look()
    counts = bench.custody.counts

    def then_receives_and_is_told_to_end() -> object:
        counted = counts()
        bench.custody.take(QUEUE, [held("late")])
        bench.custody.give("late")
        bench.custody.close()
        return counted

    monkeypatch.setattr(bench.custody, "counts", then_receives_and_is_told_to_end)
    bench.look(after_s=30)

    [said] = bench.table.workers(now=bench.clock())
    assert (said.state, said.in_hand) == ("running", {})


def cross(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[Left]:
    """Have an operator pause right after the worker has read that nothing is, and look whether that has drained it."""
    paused, seen_left = bench.table.paused, []
    desk = memory_desk(now=bench.clock, pauses=bench.table, workforce=bench.table)

    def then_pauses() -> object:
        seen = paused()
        pause_all(desk, ["tts"], by="mina@desk")
        seen_left.append(left(desk, ["tts"]))
        return seen

    monkeypatch.setattr(bench.table, "paused", then_pauses)
    return seen_left


def takes(bench: Bench) -> bool:
    return QUEUE not in bench.custody._paused  # noqa: SLF001 - `reserve` would wait


def test_a_pause_between_a_workers_first_look_and_its_first_word_is_heeded(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    seen = cross(bench, monkeypatch)

    bench.look()

    assert (seen[0], takes(bench)) == (NOTHING, False)


def test_a_pause_right_after_a_resume_does_not_take_the_word_on_the_pause_before_for_its_own(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    bench.look()
    bench.pause()
    bench.look(after_s=5)
    bench.table.resume("tts")
    seen = cross(bench, monkeypatch)

    bench.look(after_s=5)

    assert (seen[0], takes(bench)) == (NOTHING, False)


def test_a_word_that_may_have_been_said_counts_as_said(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    bench.look()
    bench.pause()
    say = bench.table.say

    def says_and_times_out(sign: SignOfLife) -> None:
        say(sign)
        raise UnavailableError("DynamoDB", "ReadTimeoutError")

    monkeypatch.setattr(bench.table, "say", says_and_times_out)
    bench.look(after_s=5)
    bench.table.resume("tts")
    monkeypatch.setattr(bench.table, "say", lambda _: bench.table.out())
    bench.look(after_s=5)
    assert not takes(bench), "the table says that it has paused"

    monkeypatch.setattr(bench.table, "say", say)
    bench.look(after_s=5)
    assert takes(bench)
