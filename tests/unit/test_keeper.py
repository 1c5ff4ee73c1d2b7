"""The keeper: every ending of a message, attempts that can't end by themselves, and the worker's own end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from ops.sqs_transport.batches import Batches
from ops.sqs_transport.custody import Custody
from ops.sqs_transport.heartbeat import Heartbeat
from ops.sqs_transport.held import Lost, Refused
from ops.sqs_transport.keeper import Keeper
from ops.sqs_transport.settler import Settler
from schemas.outcome import Hidden, Left, Settled
from tests.transport import (
    HEARTBEAT_S,
    QUEUE,
    VISIBILITY_S,
    FakeAttempts,
    FakeSqs,
    FakeTime,
    body,
    held,
    out_of_reach,
    url,
)

LIMIT_S = 40.0
LONGEST_S = 50.0
GRACE_S = 100.0


@dataclass
class Bench:
    """A keeper whose rounds a test goes through itself, with one message that runs and one that waits."""

    now: FakeTime = field(default_factory=FakeTime)
    sqs: FakeSqs = field(default_factory=FakeSqs)
    attempts: FakeAttempts = field(default_factory=FakeAttempts)
    drained: int = 0
    left: list[str] = field(default_factory=list)
    stalled: str | None = None

    def __post_init__(self) -> None:
        batches = Batches(self.sqs)  # type: ignore[arg-type]
        self.custody = Custody(slots=9, pool_size=9, guards={}, now=self.now)
        self.keeper = Keeper(
            custody=self.custody,
            settler=Settler(batches, now=self.now),
            heartbeat=Heartbeat(
                batches=batches,
                attempts=self.attempts,
                interval_s=HEARTBEAT_S,
                visibility_s=VISIBILITY_S,
                now=self.now,
            ),
            attempts=self.attempts,
            limit_s=lambda _queue: LIMIT_S,
            longest_s=LONGEST_S,
            watch=lambda: self.stalled,
            on_drained=self._drained,
            leave=self.left.append,
            now=self.now,
        )
        custody: Any = self.custody
        custody.wait = lambda *_args, **_kwargs: None
        self.custody.take(QUEUE, [held("runs"), held("waits")])
        self.custody.give("runs")
        self.custody.start("runs", "host:1")

    def _drained(self) -> None:
        self.drained += 1

    def round(self, *, after_s: float = 0.5) -> None:
        self.now.advance(after_s)
        self.keeper.round()

    def end(self, ending: Any, receipt: str = "runs") -> None:
        self.custody.end(receipt, ending)
        self.round()

    def told(self, what: str) -> list[str]:
        return [receipt for told, receipt, *_ in self.attempts.told if told == what]


@pytest.fixture
def bench() -> Bench:
    return Bench()


# --- endings ---


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (Settled("ok"), [("delete", url(), {"runs": None})]),
        (Hidden(7, "engine_crashed"), [("hide", url(), {"runs": 7})]),
        (Left(), []),
    ],
)
def test_what_an_attempt_says_of_its_message_is_done(bench: Bench, ending: Any, said: list[Any]):
    bench.end(ending)

    assert bench.sqs.said == said
    assert bench.attempts.told == []


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Settled("worker_lost"), [("delete", url(), {"runs": None})]),
        (Hidden(3, "worker_lost"), [("hide", url(), {"runs": 3})]),
        (Left(), []),
    ],
)
def test_an_attempt_that_is_lost_is_recorded_and_its_message_follows_the_record(
    bench: Bench, outcome: Any, said: list[Any]
):
    bench.attempts.outcome = outcome

    bench.end(Lost("worker_lost"))

    assert bench.attempts.told == [("abandon", "runs", "worker_lost")]
    assert bench.sqs.said == said


def test_a_message_that_is_no_job_is_dead_lettered_with_the_reason_and_then_deleted(bench: Bench):
    bench.end(Refused("unknown_task"))

    assert bench.attempts.told == [("refuse", QUEUE, body(), "unknown_task")]
    assert bench.sqs.receipts("delete") == ["runs"]


@pytest.mark.parametrize("ending", [Lost("worker_lost"), Refused("unknown_task")])
def test_a_message_is_left_while_its_end_cannot_be_recorded(bench: Bench, ending: Any):
    bench.attempts.is_out = True

    bench.end(ending)

    assert bench.sqs.said == []
    assert bench.left == []


def test_a_message_with_which_nothing_can_be_done_does_not_end_the_worker(bench: Bench, monkeypatch: Any):
    def too_long(*_: object) -> None:
        raise ValueError("too long for a dead letter")

    monkeypatch.setattr(bench.attempts, "refuse", too_long)
    bench.custody.end("waits", Refused("unreadable_message"))

    bench.end(Settled())

    assert bench.sqs.receipts("delete") == ["runs"]


def test_a_lease_that_breaks_on_extension_does_not_end_the_worker(bench: Bench, monkeypatch: Any):
    def broken(*_: object) -> None:
        raise ValueError("too large an item")

    monkeypatch.setattr(bench.attempts, "extend", broken)

    bench.round(after_s=HEARTBEAT_S)

    assert bench.sqs.said == [("hide", url(), {"runs": VISIBILITY_S, "waits": VISIBILITY_S})]


def test_what_is_in_hand_is_kept(bench: Bench):
    bench.round(after_s=HEARTBEAT_S)

    assert bench.told("extend") == ["runs"]
    assert bench.sqs.said == [("hide", url(), {"runs": VISIBILITY_S, "waits": VISIBILITY_S})]


# --- attempts without an end ---


def test_an_attempt_that_no_pool_ends_is_ended_once(bench: Bench):
    bench.round(after_s=LIMIT_S)
    assert bench.told("abandon") == []

    for _ in range(3):
        bench.round()
    assert not bench.custody.end("runs", Settled())
    bench.round()

    assert [told for told in bench.attempts.told if told[0] == "abandon"] == [("abandon", "runs", "timed_out")]
    assert bench.custody.stuck == 0


def test_a_message_that_waits_for_the_pool_is_not_overdue(bench: Bench):
    bench.end(Settled())

    bench.round(after_s=10 * LIMIT_S)

    assert bench.told("abandon") == []


def test_what_the_pool_was_given_and_never_began_is_given_to_others(bench: Bench):
    bench.custody.give("waits")
    bench.end(Settled())
    bench.round(after_s=LONGEST_S - 1)
    assert "waits" not in bench.told("abandon")

    bench.round(after_s=1)
    bench.round()

    assert bench.told("abandon") == []
    assert bench.sqs.said[-1] == ("hide", url(), {"waits": 0})
    assert bench.custody.stuck == 0


# --- the worker's end ---


def test_at_its_end_a_worker_gives_back_what_waits_at_once_and_waits_for_what_runs(bench: Bench):
    bench.keeper.drain(GRACE_S)
    bench.round()
    bench.round()
    assert bench.sqs.said == [("hide", url(), {"waits": 0})]
    assert (bench.drained, bench.left) == (0, [])

    bench.end(Settled("ok"))

    assert bench.sqs.said[1:] == [("delete", url(), {"runs": None})]
    assert (bench.drained, bench.left) == (1, [])


def test_what_runs_is_kept_while_the_worker_drains(bench: Bench):
    bench.keeper.drain(GRACE_S)
    bench.round()

    bench.round(after_s=HEARTBEAT_S)

    assert bench.told("extend") == ["runs"]


def test_a_worker_does_not_end_before_all_is_said(bench: Bench):
    bench.sqs.error = out_of_reach()
    bench.keeper.drain(GRACE_S)
    bench.end(Settled())
    assert bench.drained == 0

    bench.sqs.error = None
    bench.round(after_s=1)

    assert bench.drained == 1


def test_what_still_runs_near_the_end_of_the_grace_period_is_handed_back(bench: Bench):
    bench.keeper.limit_s = lambda _queue: 3600.0
    bench.keeper.drain(GRACE_S)
    bench.round()
    bench.round(after_s=GRACE_S - 11)
    assert bench.left == []

    bench.round(after_s=1)

    assert bench.told("hand_back") == ["runs"]
    assert bench.sqs.said[-1] == ("hide", url(), {"runs": 0})
    assert bench.left == ["grace_period_over"]


def test_a_short_grace_period_is_shared_out(bench: Bench):
    bench.keeper.drain(6)

    bench.round(after_s=3.9)
    assert bench.left == []
    bench.round(after_s=0.2)

    assert bench.left == ["grace_period_over"]


def test_a_worker_that_is_to_stop_twice_has_its_grace_period_once(bench: Bench):
    bench.keeper.limit_s = lambda _queue: 3600.0
    bench.keeper.drain(GRACE_S)
    bench.round(after_s=GRACE_S - 20)
    bench.keeper.drain(GRACE_S)

    bench.round(after_s=10)

    assert bench.left == ["grace_period_over"]


def test_a_worker_in_a_hurry_hands_all_back_at_once(bench: Bench):
    bench.keeper.drain(GRACE_S)
    bench.round()
    bench.keeper.hurry()
    bench.round()

    assert bench.told("hand_back") == ["runs"]
    assert bench.left == ["grace_period_over"]


def test_what_cannot_be_handed_back_is_visible_all_the_same_and_so_is_the_rest(bench: Bench):
    bench.custody.take(QUEUE, [held("too")])
    bench.custody.give("too")
    bench.attempts.is_out = True
    bench.keeper.hurry()

    bench.round()

    assert bench.sqs.said == [("hide", url(), {"waits": 0, "runs": 0, "too": 0})]
    assert bench.left == ["grace_period_over"]


def test_an_attempt_that_ends_while_it_is_handed_back_changes_nothing(bench: Bench, monkeypatch: Any):
    hand_back = bench.attempts.hand_back

    def ends_meanwhile(message: Any) -> None:
        hand_back(message)
        bench.custody.end(message.receipt, Settled("ok"))

    monkeypatch.setattr(bench.attempts, "hand_back", ends_meanwhile)
    bench.keeper.hurry()

    bench.round()

    assert "runs" in bench.sqs.receipts("delete")  # what it said first
    assert bench.sqs.receipts("hide") == ["waits"]


def test_a_worker_in_which_something_has_stalled_hands_all_back_and_leaves(bench: Bench):
    bench.stalled = "event_loop_stalled"

    bench.round()

    assert bench.told("hand_back") == ["runs"]
    assert bench.sqs.said == [("hide", url(), {"runs": 0, "waits": 0})]
    assert bench.left == ["event_loop_stalled"]


def test_a_worker_whose_keeper_has_a_defect_leaves(bench: Bench, monkeypatch: Any):
    def broken(_in_hand: object) -> None:
        raise KeyError("defect")

    monkeypatch.setattr(bench.keeper.heartbeat, "beat", broken)

    bench.keeper._run()  # noqa: SLF001 - what its thread does

    assert bench.left == ["keeper_failed"]


def test_a_keeper_ends_with_its_worker(bench: Bench):
    bench.keeper.drain(GRACE_S)
    bench.custody.end("runs", Settled())

    bench.keeper._run()  # noqa: SLF001

    assert (bench.drained, bench.left) == (1, [])
