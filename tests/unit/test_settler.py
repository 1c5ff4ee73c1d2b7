"""What is said to SQS of messages that are over: in batches, and again until it is done or too late."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ops.sqs_transport.batches import Batches
from ops.sqs_transport.settler import Settler
from tests.transport import OTHER, QUEUE, FakeSqs, FakeTime, held, out_of_reach, refusal, url


@dataclass
class Bench:
    now: FakeTime = field(default_factory=FakeTime)
    sqs: FakeSqs = field(default_factory=FakeSqs)

    def __post_init__(self) -> None:
        self.settler = Settler(Batches(self.sqs), now=self.now)  # type: ignore[arg-type]

    def flush_when_due(self) -> float:
        """Let time pass until something is due, say it, and return how long that was."""
        began = self.now.now
        assert self.settler.next_at is not None
        self.now.now = max(began, self.settler.next_at)
        self.settler.flush()
        return self.now.now - began


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_nothing_is_said_of_nothing(bench: Bench):
    bench.settler.flush()

    assert (bench.sqs.said, bench.settler.next_at) == ([], None)


def test_a_message_is_deleted_or_hidden_once(bench: Bench):
    bench.settler.delete(held("done"))
    bench.settler.hide(held("again"), 7)

    bench.settler.flush()
    bench.settler.flush()

    assert bench.sqs.said == [("delete", url(), {"done": None}), ("hide", url(), {"again": 7})]
    assert bench.settler.next_at is None


def test_ten_go_into_a_request_and_each_queue_has_its_own(bench: Bench):
    for number in range(12):
        bench.settler.delete(held(str(number)))
    bench.settler.delete(held("another's", queue=OTHER))

    bench.settler.flush()

    assert [(operation, where, len(said)) for operation, where, said in bench.sqs.said] == [
        ("delete", url(QUEUE), 10),
        ("delete", url(QUEUE), 2),
        ("delete", url(OTHER), 1),
    ]


def test_visible_at_once_is_not_deleted(bench: Bench):
    bench.settler.hide(held("one"), 0)

    bench.settler.flush()

    assert bench.sqs.said == [("hide", url(), {"one": 0})]


@pytest.mark.parametrize("error", [out_of_reach(), refusal(500), refusal(403), refusal(429)])
def test_a_request_that_fails_is_made_again_later_each_time_and_never_raises(bench: Bench, error: Exception):
    bench.sqs.error = error
    bench.settler.delete(held("one"))

    pauses = [bench.flush_when_due() for _ in range(7)]
    bench.sqs.error = None
    bench.flush_when_due()

    assert pauses[0] == 0
    for pause, longest in zip(pauses[1:], [0.5, 1, 2, 4, 5, 5], strict=True):
        assert longest / 2 <= pause <= longest
    assert bench.settler.next_at is None


def test_while_sqs_is_out_of_reach_one_time_out_is_enough(bench: Bench):
    bench.sqs.error = out_of_reach()
    for number in range(100):
        bench.settler.delete(held(str(number)))

    bench.settler.flush()
    assert len(bench.sqs.said) == 1

    bench.sqs.error = None
    bench.now.advance(1)
    bench.settler.flush()
    assert len(bench.sqs.said) == 1 + 10
    assert bench.settler.next_at is None


def test_a_request_that_is_refused_keeps_no_other_from_being_made(bench: Bench):
    bench.sqs.error = refusal(429)
    for number in range(20):
        bench.settler.delete(held(str(number)))

    bench.settler.flush()

    assert len(bench.sqs.said) == 2


def test_what_sqs_could_not_do_is_said_again_and_the_rest_is_not(bench: Bench):
    bench.sqs.faults = {"slow": False}
    bench.settler.delete(held("done"))
    bench.settler.delete(held("slow"))

    bench.settler.flush()
    bench.sqs.faults = {}
    bench.flush_when_due()

    assert bench.sqs.receipts("delete") == ["done", "slow", "slow"]
    assert bench.settler.next_at is None


def test_a_receipt_that_is_no_longer_good_is_dropped(bench: Bench):
    bench.sqs.faults = {"gone": True}
    bench.settler.delete(held("gone"))

    bench.settler.flush()

    assert bench.settler.next_at is None


def test_nothing_is_said_again_once_another_may_have_the_message(bench: Bench):
    bench.sqs.error = out_of_reach()
    bench.settler.delete(held("one", visible_at=20.0))
    bench.settler.hide(held("two", visible_at=20.0), 900)

    while bench.settler.next_at is not None and bench.now.now < 60:
        bench.flush_when_due()

    assert 19 < bench.now.now < 20 + 5


def test_a_message_is_hidden_until_the_same_time_however_late_that_is_said(bench: Bench):
    bench.sqs.error = out_of_reach()
    bench.settler.hide(held("one"), 10)
    bench.settler.hide(held("two"), 2)
    bench.settler.flush()

    bench.sqs.error = None
    bench.now.advance(4)
    bench.settler.flush()

    assert bench.sqs.said[-1] == ("hide", url(), {"one": 6, "two": 0})


def test_what_is_not_due_waits_while_others_are_said(bench: Bench):
    bench.sqs.error = out_of_reach()
    bench.settler.delete(held("failed"))
    bench.settler.flush()

    bench.sqs.error = None
    bench.settler.delete(held("new"))
    bench.settler.flush()

    assert bench.sqs.receipts("delete") == ["failed", "new"]
    assert bench.settler.next_at is not None
