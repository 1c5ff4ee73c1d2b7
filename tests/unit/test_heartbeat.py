"""The heartbeat: the lease before the visibility, in batches, and never for what is another's."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ops.sqs_transport.batches import Batches
from ops.sqs_transport.heartbeat import Heartbeat
from tests.transport import HEARTBEAT_S, VISIBILITY_S, FakeAttempts, FakeSqs, FakeTime, held, out_of_reach, url


@dataclass
class Bench:
    """Extends what it has in hand; `journal` is what was done, in order."""

    now: FakeTime = field(default_factory=FakeTime)
    journal: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sqs, self.attempts = FakeSqs(journal=self.journal), FakeAttempts(journal=self.journal)
        self.heartbeat = Heartbeat(
            batches=Batches(self.sqs),  # type: ignore[arg-type]
            attempts=self.attempts,
            interval_s=HEARTBEAT_S,
            visibility_s=VISIBILITY_S,
            now=self.now,
        )
        self.hand = [held("one", started_at=1.0)]

    def beat(self, *, after_s: float = HEARTBEAT_S) -> None:
        self.now.advance(after_s)
        self.heartbeat.beat(self.hand)

    def extended(self) -> list[str]:
        return [receipt for what, receipt, *_ in self.attempts.told if what == "extend"]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_lease_is_extended_before_the_visibility(bench: Bench):
    bench.hand = [held(str(n), started_at=1.0) for n in range(20)]

    bench.beat()

    assert bench.journal == ["extend"] * 20 + ["hide"] * 2


def test_nothing_is_extended_before_it_is_due(bench: Bench):
    bench.beat(after_s=HEARTBEAT_S - 0.1)
    assert bench.journal == []

    bench.beat(after_s=0.1)
    assert bench.sqs.said == [("hide", url(), {"one": VISIBILITY_S})]


def test_what_was_extended_is_due_one_interval_later(bench: Bench):
    bench.beat()
    [message] = bench.hand
    assert (message.visible_at, message.beat_at) == (HEARTBEAT_S + VISIBILITY_S, 2 * HEARTBEAT_S)

    bench.beat(after_s=1)
    assert len(bench.sqs.said) == 1
    bench.beat(after_s=HEARTBEAT_S - 1)
    assert len(bench.sqs.said) == 2


def test_the_visibility_of_what_has_not_begun_is_extended_alone(bench: Bench):
    bench.hand = [held("waits")]

    bench.beat()

    assert bench.journal == ["hide"]


def test_what_is_anothers_by_now_is_never_extended_again(bench: Bench):
    bench.attempts.others = {"one"}
    bench.hand.append(held("two", started_at=1.0))

    bench.beat()
    bench.beat()

    assert bench.sqs.receipts("hide") == ["two", "two"]
    assert sorted(bench.extended()) == ["one", "two", "two"]
    assert bench.hand[0].visible_at == VISIBILITY_S


def test_while_the_table_is_out_messages_are_kept_and_leases_tried_again(bench: Bench):
    bench.attempts.is_out = True
    bench.beat()
    bench.attempts.is_out = False
    bench.beat()

    assert bench.sqs.receipts("hide") == ["one", "one"]
    assert bench.extended() == ["one", "one"]


def test_a_table_that_is_out_is_not_asked_for_each_message(bench: Bench):
    bench.attempts.is_out = True
    bench.hand = [held(str(n), started_at=1.0) for n in range(100)]

    bench.beat()

    assert len(bench.extended()) < 20  # those that were asked for at the same time
    assert len(bench.sqs.receipts("hide")) == 100


def test_a_receipt_that_is_no_longer_good_is_never_extended_again(bench: Bench):
    bench.sqs.faults = {"one": True}

    bench.beat()
    bench.beat()

    assert bench.sqs.receipts("hide") == ["one"]


@pytest.mark.parametrize("is_request", [True, False])
def test_a_visibility_that_was_not_extended_is_tried_again_soon(bench: Bench, is_request: bool):  # noqa: FBT001
    if is_request:
        bench.sqs.error = out_of_reach()
    else:
        bench.sqs.faults = {"one": False}
    bench.beat()
    [message] = bench.hand
    assert (message.visible_at, message.beat_at) == (VISIBILITY_S, HEARTBEAT_S + 2)

    bench.sqs.error, bench.sqs.faults = None, {}
    bench.beat(after_s=2)

    assert message.visible_at == HEARTBEAT_S + 2 + VISIBILITY_S


def test_what_is_due_soon_goes_into_the_same_batch(bench: Bench):
    slack_s = HEARTBEAT_S / 4
    bench.hand = [held("due"), held("soon", beat_at=HEARTBEAT_S + slack_s), held("later", beat_at=2 * HEARTBEAT_S)]

    bench.beat()

    assert bench.sqs.said == [("hide", url(), {"due": VISIBILITY_S, "soon": VISIBILITY_S})]


def test_a_slow_table_does_not_make_the_visibility_seem_longer_than_it_is(bench: Bench):
    """What SQS counts from is when it is told, and not when the beat began."""
    extend = bench.attempts.extend

    def slowly(message: object) -> bool:
        bench.now.advance(4)
        return extend(message)  # type: ignore[arg-type]

    bench.attempts.extend = slowly  # type: ignore[method-assign, assignment]

    bench.beat()

    [message] = bench.hand
    assert (message.visible_at, message.beat_at) == (19 + VISIBILITY_S, 19 + HEARTBEAT_S)
