# ruff: noqa: SLF001 - who waits is seen by its condition alone
"""What a worker has in hand: slots, batches, the way in and the one way out, the guards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from ops.sqs_transport.custody import HANDED_BACK, Custody
from ops.sqs_transport.held import Lost
from schemas.outcome import Hidden, Settled
from tests.transport import OTHER, QUEUE, FakeAllowance, FakeGuard, FakeTime, held, in_thread
from tests.waiting import wait_until


@dataclass(frozen=True)
class Waits(Exception):  # noqa: N818 - an answer
    """It would wait so long; None: until something changes."""

    seconds: float | None


def reserve(custody: Custody, queue: str = QUEUE) -> int | Waits:
    """Reserve, or say that it would wait."""

    def wait(timeout: float | None = None) -> None:
        raise Waits(timeout)

    condition: Any = custody._room_changed
    condition.wait = wait
    try:
        return custody.reserve(queue)
    except Waits as waits:
        return waits
    finally:
        del condition.wait


def custody(*, slots: int = 2, pool_size: int = 2, now: FakeTime | None = None, **guards: FakeGuard) -> Custody:
    return Custody(slots=slots, pool_size=pool_size, guards=guards, now=now or FakeTime())


def guarded(guard: FakeGuard, *, slots: int = 20) -> Custody:
    return Custody(slots=slots, pool_size=slots, guards={QUEUE: guard}, now=FakeTime())


def take(custody: Custody, *receipts: str, queue: str = QUEUE) -> None:
    custody.take(queue, [held(receipt, queue=queue) for receipt in receipts])


def waiters(custody: Custody) -> int:
    conditions: list[Any] = [custody._room_changed, custody._something_ended]
    return sum(len(condition._waiters) for condition in conditions)


# --- slots ---


def test_no_more_are_received_than_there_are_slots():
    full = custody(slots=3, pool_size=3)

    assert reserve(full) == 3
    take(full, "one", "two", "three")
    assert reserve(full) == Waits(None)
    full.end("two", Settled())
    assert reserve(full) == 1


def test_no_more_are_asked_for_than_sqs_gives():
    assert reserve(custody(slots=50, pool_size=50)) == 10


@pytest.mark.parametrize(("slots", "pool_size", "low_water"), [(2, 2, 1), (6, 2, 4), (40, 4, 10)])
def test_while_the_pool_has_work_slots_are_refilled_by_the_batch(slots: int, pool_size: int, low_water: int):
    waiting = custody(slots=slots, pool_size=pool_size)
    receipts = [str(n) for n in range(slots)]
    take(waiting, *receipts)

    for receipt in receipts[: low_water - 1]:
        waiting.end(receipt, Settled())
        assert reserve(waiting) == Waits(None)
    waiting.end(receipts[low_water - 1], Settled())

    assert reserve(waiting) == low_water


def test_what_is_on_its_way_takes_slots_but_no_queue_waits_for_anothers_long_poll():
    shared = custody(slots=4, pool_size=4)

    assert reserve(shared, QUEUE) == 4
    assert reserve(shared, OTHER) == 1
    take(shared, queue=QUEUE)
    assert reserve(shared, QUEUE) == 3


def test_a_receive_that_brought_nothing_gives_its_slots_back():
    empty = custody(slots=4, pool_size=4)
    reserve(empty)
    take(empty)

    assert reserve(empty) == 4
    assert empty.held() == []


def test_a_stuck_thread_takes_a_slot_until_it_says_something():
    worker = custody(slots=2, pool_size=2)
    take(worker, "one", "two")

    worker.give_up("one", Lost("timed_out"))
    worker.end("two", Settled())
    assert (worker.stuck, reserve(worker)) == (1, 1)

    assert not worker.end("one", Settled())
    take(worker)
    assert (worker.stuck, reserve(worker)) == (0, 2)


def test_giving_up_what_is_over_leaves_no_thread_stuck():
    worker = custody()
    take(worker, "one")
    worker.end("one", Settled())

    worker.give_up("one", Lost("timed_out"))

    assert worker.stuck == 0


# --- the way out ---


def test_the_first_end_counts_and_no_other():
    worker = custody()
    take(worker, "one")

    assert worker.end("one", Hidden(7, "engine_crashed"))
    assert not worker.end("one", Settled())

    assert [ending for _, ending in worker.drain()] == [Hidden(7, "engine_crashed")]
    assert worker.drain() == []


def test_closing_hands_back_what_the_pool_has_not_and_nothing_else():
    worker = custody()
    take(worker, "given", "waits")
    worker.give("given")

    worker.close()

    assert [(message.receipt, ending) for message, ending in worker.drain()] == [("waits", HANDED_BACK)]
    assert [message.receipt for message in worker.held()] == ["given"]
    assert reserve(worker) == 0


def test_what_was_handed_back_is_not_given_to_the_pool():
    worker = custody()
    take(worker, "one")
    worker.close()

    assert not worker.give("one")


def test_what_comes_after_closing_is_handed_back():
    worker = custody()
    reserve(worker)
    worker.close()
    assert not worker.is_empty

    take(worker, "late")

    assert [ending for _, ending in worker.drain()] == [HANDED_BACK]
    assert worker.is_empty


def test_a_queue_whose_consumer_begins_anew_hands_back_what_the_pool_has_not():
    worker = custody(slots=4, pool_size=4)
    take(worker, "given", "forgotten")
    take(worker, "anothers", queue=OTHER)
    worker.give("given")

    worker.hand_back(QUEUE)

    assert [(message.receipt, ending) for message, ending in worker.drain()] == [("forgotten", HANDED_BACK)]
    assert {message.receipt for message in worker.held()} == {"given", "anothers"}
    assert not worker.is_closed


def test_a_worker_is_not_empty_before_what_has_ended_is_said():
    worker = custody()
    take(worker, "one")
    worker.end("one", Settled())
    assert not worker.is_empty

    worker.drain()

    assert worker.is_empty


def test_the_most_urgent_is_the_first_in_hand():
    worker = custody()
    worker.take(QUEUE, [held("later", visible_at=60.0), held("sooner", visible_at=50.0)])

    assert [message.receipt for message in worker.held()] == ["sooner", "later"]


def test_an_attempt_begins_when_its_process_says_so():
    now = FakeTime()
    worker = custody(now=now)
    take(worker, "one")
    now.advance(3)

    worker.start("one", "host:4711")
    worker.start("gone", "host:4711")

    [message] = worker.held()
    assert (message.started_at, message.worker) == (3, "host:4711")


# --- guards ---


def test_a_guard_lets_fewer_in_than_there_are_slots_and_says_when_to_ask_again():
    guard = FakeGuard(FakeAllowance(2))
    worker = guarded(guard)

    assert reserve(worker) == 2
    take(worker, "one", "two")
    guard.allowed = FakeAllowance(0, retry_in_s=1.5)

    assert reserve(worker) == Waits(1.5)
    assert guard.asked == [0, 2]
    assert guard.taken == [2]


def test_a_receive_that_brought_nothing_is_nothing_to_a_guard():
    guard = FakeGuard()

    take(guarded(guard))

    assert guard.taken == []


def test_a_guard_learns_how_each_message_ended_and_of_which_generation_it_was():
    guard = FakeGuard()
    worker = guarded(guard)
    take(worker, "ran", "waited")
    worker.give("ran")

    worker.end("ran", Settled("ok"))
    worker.close()

    assert guard.endings == [(Settled("ok"), 7), (HANDED_BACK, 7)]


def test_a_guard_that_opens_hands_back_what_has_not_begun_on_its_queue():
    guard = FakeGuard()
    worker = guarded(guard)
    take(worker, "failed", "given", "waits")
    take(worker, "anothers", queue=OTHER)
    worker.give("failed")
    worker.give("given")

    guard.is_open = True
    worker.end("failed", Settled("engine_unavailable"))

    assert [(message.receipt, ending) for message, ending in worker.drain()] == [
        ("failed", Settled("engine_unavailable")),
        ("waits", HANDED_BACK),
    ]
    assert {message.receipt for message in worker.held()} == {"given", "anothers"}


def test_what_was_on_its_way_when_the_guard_opened_is_handed_back():
    guard = FakeGuard()
    worker = guarded(guard)
    reserve(worker)

    guard.is_open = True
    take(worker, "late")

    assert [(message.receipt, ending) for message, ending in worker.drain()] == [("late", HANDED_BACK)]
    assert guard.taken == [1]


@pytest.mark.parametrize("probing", [True, False])
def test_a_message_knows_whether_it_probes(probing: bool):  # noqa: FBT001
    worker = guarded(FakeGuard(FakeAllowance(1, probing=probing)))
    reserve(worker)

    take(worker, "one")

    assert [message.probing for message in worker.held()] == [probing]


# --- who waits is woken ---


def test_a_receiver_that_waits_is_woken_by_a_message_that_ends():
    worker = custody(slots=1, pool_size=1)
    take(worker, "one")
    reserved = in_thread(worker.reserve, QUEUE)
    wait_until(lambda: waiters(worker))

    worker.end("one", Settled())

    assert reserved.result(timeout=10) == 1


def test_a_receiver_that_waits_is_woken_by_a_stuck_thread_that_ends():
    worker = custody(slots=4, pool_size=2)
    take(worker, "stuck", "one", "two")
    worker.give_up("stuck", Lost("timed_out"))
    reserved = in_thread(worker.reserve, QUEUE)
    wait_until(lambda: waiters(worker))

    worker.end("stuck", Settled())

    assert reserved.result(timeout=10) == 2


def test_all_who_wait_are_woken_by_the_close():
    worker = custody(slots=1, pool_size=1)
    take(worker, "one")
    worker.give("one")
    reserved = in_thread(worker.reserve, QUEUE)
    rested = in_thread(worker.rest, 600)
    wait_until(lambda: waiters(worker) == 2)

    worker.close()

    assert reserved.result(timeout=10) == 0
    rested.result(timeout=10)


def test_the_keeper_waits_for_what_ends_and_no_longer_for_a_full_batch():
    worker = custody(slots=20, pool_size=20)
    take(worker, *map(str, range(10)))
    waited = in_thread(worker.wait, 600, linger_s=600)
    wait_until(lambda: waiters(worker))

    for receipt in range(10):
        worker.end(str(receipt), Settled())

    waited.result(timeout=10)


def test_the_keeper_waits_no_longer_than_it_is_told():
    worker = custody()

    worker.wait(0, linger_s=600)
    take(worker, "one")
    worker.end("one", Settled())
    worker.wait(600, linger_s=0)
