"""The watchdog: each stall is seen, and a process that was asleep itself is forgiven."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from ops.sqs_transport.watch import Watch
from tests.transport import FakeTime


@dataclass
class Bench:
    """A watch over a loop, a keeper and a receiver that are as a test says."""

    now: FakeTime = field(default_factory=FakeTime)
    receiver: Any = field(default_factory=lambda: SimpleNamespace(polling_since=None, ident=1, is_alive=lambda: True))
    custody: Any = field(default_factory=lambda: SimpleNamespace(stuck=0, is_closed=False))

    def __post_init__(self) -> None:
        self.watch = Watch(custody=self.custody, pool_size=2, wait_s=20, keeper_limit_s=90, now=self.now)
        self.watch.receivers = [self.receiver]

    def pass_time(self, seconds: float, *, is_loop_well: bool = True, is_keeper_well: bool = True) -> str | None:
        """Let time pass second by second, as those look who are well; return what is said first."""
        for _ in range(int(seconds)):
            self.now.advance(1)
            found = self.watch.from_loop() if is_loop_well else None
            found = found or (self.watch.from_keeper() if is_keeper_well else None)
            if found:
                return found
        return None


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_nothing_has_stalled_where_all_look_on(bench: Bench):
    assert bench.pass_time(600) is None


def test_an_event_loop_that_stalls_is_seen_by_the_keeper(bench: Bench):
    bench.pass_time(10)

    assert bench.pass_time(60, is_loop_well=False) is None
    assert bench.pass_time(1, is_loop_well=False) == "event_loop_stalled"


def test_a_keeper_that_stalls_is_seen_by_the_event_loop(bench: Bench):
    bench.pass_time(10)

    assert bench.pass_time(90, is_keeper_well=False) is None
    assert bench.pass_time(1, is_keeper_well=False) == "keeper_stalled"


def test_a_receive_that_never_answers_is_seen(bench: Bench):
    bench.pass_time(10)
    bench.receiver.polling_since = bench.now()

    assert bench.pass_time(20 + 40) is None
    assert bench.pass_time(1) == "receive_stalled"


def test_a_receiver_that_waits_for_slots_has_not_stalled(bench: Bench):
    bench.receiver.polling_since = None

    assert bench.pass_time(3600) is None


def test_a_receiver_that_has_ended_before_its_worker_is_seen(bench: Bench):
    bench.receiver.is_alive = lambda: False
    bench.custody.is_closed = True
    assert bench.pass_time(1) is None

    bench.custody.is_closed = False
    assert bench.pass_time(1) == "receiver_ended"


def test_a_receiver_that_has_not_begun_has_not_ended(bench: Bench):
    bench.receiver.ident, bench.receiver.is_alive = None, lambda: False

    assert bench.pass_time(1) is None


@pytest.mark.parametrize(("stuck", "found"), [(1, None), (2, "pool_stuck")])
def test_a_pool_whose_every_thread_is_stuck_is_seen(bench: Bench, stuck: int, found: str | None):
    bench.custody.stuck = stuck

    assert bench.pass_time(1) == found


def test_a_process_that_was_asleep_is_forgiven_whoever_looks_first(bench: Bench):
    """SIGSTOP, a laptop's lid, a paused virtual machine: nobody has looked, and nobody is to blame."""
    bench.receiver.polling_since = bench.now()
    bench.now.advance(3600)
    assert bench.watch.from_keeper() is None
    assert bench.watch.from_loop() is None

    bench.now.advance(3600)
    assert bench.watch.from_loop() is None
    assert bench.watch.from_keeper() is None


def test_who_stalls_after_the_sleep_is_seen_all_the_same(bench: Bench):
    bench.receiver.polling_since = bench.now()
    bench.now.advance(3600)

    assert bench.pass_time(60) is None
    assert bench.pass_time(2) == "receive_stalled"
