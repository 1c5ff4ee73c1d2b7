"""The engine guard: what each of its parts does, and what they do together."""

from __future__ import annotations

import threading
from random import Random
from typing import Any

import pytest

from workers.guard import Allowance, Change, EngineGuard, State, Verdict
from workers.guard.aimd import ConcurrencyLimit
from workers.guard.bucket import TokenBucket

OK, THROTTLED, UNAVAILABLE, NEUTRAL = Verdict.OK, Verdict.THROTTLED, Verdict.UNAVAILABLE, Verdict.NEUTRAL


class Seconds:
    """A monotonic clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def new_guard(seconds: Seconds, *, most: int = 8, rate_per_s: float | None = None, **more: Any) -> EngineGuard:
    return EngineGuard(most=most, rate_per_s=rate_per_s, now=seconds, random=Random(5), **more)


def state_of(guard: EngineGuard) -> State:
    """Ask anew: a type checker takes a property for what it was."""
    return guard.state


def opened(guard: EngineGuard) -> float:
    """Open the breaker; return its cool-down."""
    for _ in range(5):
        guard.ended(UNAVAILABLE)
    assert state_of(guard) is State.OPEN
    return guard.allowance(0).retry_in_s


def probing(guard: EngineGuard, seconds: Seconds) -> int:
    """Wait for the cool-down and take a probe; return its generation."""
    seconds.advance(guard.allowance(0).retry_in_s)
    assert guard.allowance(0) == Allowance(1, 0.0, probing=True)
    return guard.took(1)


# --- the limit ---


def test_a_limit_is_halved_once_for_calls_that_were_throttled_together():
    limit = ConcurrencyLimit(16)

    assert [limit.congested(now) for now in (0.0, 0.5, 0.99, 1.0)] == [True, False, False, True]

    assert limit.value == 4


def test_a_limit_grows_by_one_with_each_round_of_successes_and_not_beyond_the_most():
    limit = ConcurrencyLimit(4)
    limit.congested(0)
    grown = []
    for _ in range(12):
        limit.succeeded()
        grown.append(limit.value)

    assert grown == [2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4]


def test_at_least_one_attempt_is_allowed_however_much_is_throttled():
    limit = ConcurrencyLimit(3)
    for now in range(20):
        limit.congested(now * 10)

    assert limit.value == 1


@pytest.mark.parametrize("most", [0, -1])
def test_a_limit_of_none_at_all_is_refused(most: int):
    with pytest.raises(ValueError, match="at least one"):
        ConcurrencyLimit(most)


# --- the rate ---


def test_a_bucket_holds_one_seconds_worth_and_fills_at_its_rate():
    bucket = TokenBucket(5, now=0)
    assert bucket.tokens(100) == 5

    bucket.take(5, 100)

    assert bucket.tokens(100) == 0
    assert bucket.wait_s(100) == pytest.approx(0.2)
    assert bucket.tokens(100.6) == pytest.approx(3)


def test_a_slow_rate_has_one_token_at_a_time():
    bucket = TokenBucket(0.1, now=0)
    bucket.take(1, 0)

    assert bucket.wait_s(0) == pytest.approx(10)
    assert bucket.tokens(1_000) == 1


def test_more_than_there_was_is_owed_and_waited_for():
    bucket = TokenBucket(2, now=0)
    bucket.take(6, 0)

    assert bucket.wait_s(0) == pytest.approx(2.5)


def test_a_clock_that_was_read_before_anothers_changes_nothing():
    bucket = TokenBucket(1, now=10)
    bucket.take(1, 10)

    bucket.take(0, 9)

    assert bucket.tokens(10) == 0


def test_a_rate_of_nothing_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        TokenBucket(0, now=0)


# --- together ---


def test_a_new_guard_lets_as_many_through_as_there_is_room_for(seconds: Seconds):
    guard = new_guard(seconds, most=8)

    assert guard.allowance(0) == Allowance(8, 0.0, probing=False)
    assert guard.allowance(5).count == 3
    assert guard.allowance(8).count == 0
    assert guard.allowance(8).retry_in_s > 0
    assert guard.allowance(11).count == 0


def test_the_scarcer_of_limit_and_rate_decides(seconds: Seconds):
    guard = new_guard(seconds, most=8, rate_per_s=3)
    assert guard.allowance(0).count == 3
    assert guard.allowance(6).count == 2

    guard.took(3)

    assert guard.allowance(0).count == 0
    assert guard.allowance(0).retry_in_s == pytest.approx(1 / 3)
    seconds.advance(0.7)
    assert guard.allowance(0).count == 2


def test_a_throttled_attempt_halves_the_limit_and_pauses_for_a_second(seconds: Seconds):
    guard = new_guard(seconds)

    guard.ended(THROTTLED)

    assert guard.allowance(0) == Allowance(0, 1.0, probing=False)
    seconds.advance(1)
    assert guard.allowance(0).count == 4


def test_nothing_is_received_until_the_time_that_the_engine_asked_for(seconds: Seconds):
    """Each message would lose an attempt to an engine that has said that it refuses them."""
    guard = new_guard(seconds)

    guard.ended(THROTTLED, retry_after_s=40)

    assert guard.allowance(0).retry_in_s == 40
    seconds.advance(40)
    assert guard.allowance(0).count == 4


def test_an_engine_that_asks_for_a_day_is_asked_again_after_minutes(seconds: Seconds):
    guard = new_guard(seconds)

    guard.ended(THROTTLED, retry_after_s=86_400)

    assert guard.allowance(0).retry_in_s == 300


def test_an_engine_that_goes_on_throttling_is_left_alone_for_longer_and_longer(seconds: Seconds):
    guard = new_guard(seconds)
    pauses = []
    for _ in range(8):
        guard.ended(THROTTLED)
        pauses.append(guard.allowance(0).retry_in_s)
        seconds.advance(pauses[-1])
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]

    guard.ended(OK)
    guard.ended(THROTTLED)

    assert guard.allowance(0).retry_in_s == 1


# --- the breaker ---


def test_five_failures_in_a_row_open_the_breaker_and_nothing_is_received(seconds: Seconds):
    guard = new_guard(seconds)
    for _ in range(4):
        guard.ended(UNAVAILABLE)
    assert state_of(guard) is State.CLOSED

    guard.ended(UNAVAILABLE)

    assert state_of(guard) is State.OPEN
    allowed = guard.allowance(0)
    assert allowed.count == 0
    assert 10 <= allowed.retry_in_s <= 20


@pytest.mark.parametrize(("between", "state"), [(OK, "closed"), (THROTTLED, "closed"), (NEUTRAL, "open")])
def test_an_answer_ends_a_row_of_failures_and_what_says_nothing_does_not(
    seconds: Seconds, between: Verdict, state: str
):
    guard = new_guard(seconds)
    for verdict in [UNAVAILABLE] * 4 + [between, UNAVAILABLE]:
        guard.ended(verdict)

    assert state_of(guard) == state


def test_after_the_cool_down_one_message_goes_and_no_other_until_it_has_ended(seconds: Seconds):
    guard = new_guard(seconds)
    seconds.advance(opened(guard))

    assert guard.allowance(7) == Allowance(1, 0.0, probing=True)
    guard.took(1)
    assert state_of(guard) is State.HALF_OPEN
    assert guard.allowance(1).count == 0


@pytest.mark.parametrize("answer", [OK, THROTTLED])
def test_a_probe_that_is_answered_closes_the_breaker(seconds: Seconds, answer: Verdict):
    guard = new_guard(seconds)
    opened(guard)

    guard.ended(answer, generation=probing(guard, seconds))

    assert state_of(guard) is State.CLOSED


def test_an_engine_that_is_back_is_met_by_half_of_those_who_wait(seconds: Seconds):
    guard = new_guard(seconds, most=8)
    opened(guard)

    guard.ended(OK, generation=probing(guard, seconds))

    assert guard.allowance(0).count == 4


def test_the_cool_down_doubles_with_each_failed_probe_up_to_five_minutes_and_is_short_again_after_success(
    seconds: Seconds,
):
    guard = new_guard(seconds)
    opened(guard)
    waits = []
    for _ in range(8):
        guard.ended(UNAVAILABLE, generation=probing(guard, seconds))
        waits.append(guard.allowance(0).retry_in_s)

    for wait, cap in zip(waits, [40, 80, 160, 300, 300, 300, 300, 300], strict=True):
        assert cap / 2 <= wait <= cap
    assert len({round(wait, 3) for wait in waits[3:]}) == 5
    guard.ended(OK, generation=probing(guard, seconds))
    assert opened(guard) <= 20


def test_a_probe_that_tells_nothing_makes_way_for_the_next(seconds: Seconds):
    guard = new_guard(seconds)
    opened(guard)
    generation = probing(guard, seconds)

    guard.ended(NEUTRAL, generation=generation)

    assert state_of(guard) is State.HALF_OPEN
    assert guard.allowance(0) == Allowance(1, 0.0, probing=True)


def test_a_probe_that_never_ends_has_failed(seconds: Seconds):
    guard = new_guard(seconds, probe_s=120)
    opened(guard)
    probing(guard, seconds)
    assert guard.allowance(0).retry_in_s == 120
    seconds.advance(120)

    allowed = guard.allowance(0)

    assert state_of(guard) is State.OPEN
    assert 20 <= allowed.retry_in_s <= 40


@pytest.mark.parametrize("state", [State.OPEN, State.HALF_OPEN])
def test_a_probe_that_was_given_up_and_succeeds_after_all_closes_the_breaker(seconds: Seconds, state: State):
    guard = new_guard(seconds, probe_s=120)
    opened(guard)
    generation = probing(guard, seconds)
    seconds.advance(120)
    wait_s = guard.allowance(0).retry_in_s
    if state is State.HALF_OPEN:
        seconds.advance(wait_s)
        guard.allowance(0)
    assert state_of(guard) is state

    guard.ended(OK, generation=generation)

    assert state_of(guard) is State.CLOSED


def test_who_hung_since_before_the_outage_neither_closes_nor_reopens_the_breaker(seconds: Seconds):
    guard = new_guard(seconds)
    before = guard.took(8)
    opened(guard)
    guard.ended(OK, generation=before)
    assert state_of(guard) is State.OPEN
    generation = probing(guard, seconds)

    for verdict in (UNAVAILABLE, OK, NEUTRAL):
        guard.ended(verdict, generation=before)

    assert state_of(guard) is State.HALF_OPEN
    assert guard.allowance(1).count == 0
    guard.ended(OK, generation=generation)
    assert state_of(guard) is State.CLOSED


def test_attempts_that_hang_do_not_keep_the_probe_from_being_made_while_a_hand_is_free(seconds: Seconds):
    guard = new_guard(seconds, most=8)
    seconds.advance(opened(guard))

    assert guard.allowance(8).count == 0
    assert guard.allowance(7).count == 1


def test_an_empty_receive_is_no_probe(seconds: Seconds):
    guard = new_guard(seconds)
    seconds.advance(opened(guard))
    guard.allowance(0)

    guard.took(0)

    assert guard.allowance(0) == Allowance(1, 0.0, probing=True)


# --- what is told ---


def test_each_change_is_told_once_and_who_is_told_may_ask_from_another_thread(seconds: Seconds):
    told: list[Change] = []
    answers: list[Allowance] = []
    waited: list[bool] = []

    def on_change(change: Change) -> None:
        told.append(change)
        thread = threading.Thread(target=lambda: answers.append(guard.allowance(0)))
        thread.start()
        thread.join(5)
        waited.append(thread.is_alive())

    guard = new_guard(seconds, on_change=on_change)
    opened(guard)
    guard.ended(OK, generation=probing(guard, seconds))

    assert [(change.before, change.after) for change in told] == [
        ("closed", "open"),
        ("open", "half_open"),
        ("half_open", "closed"),
    ]
    assert 10 <= told[0].cool_down_s <= 20
    assert len(answers) == 3
    assert waited == [False] * 3


def test_many_threads_at_once_leave_the_guard_as_their_sum_says(seconds: Seconds):
    guard = new_guard(seconds, most=100, rate_per_s=1_000_000)

    def work() -> None:
        for _ in range(500):
            guard.allowance(0)
            generation = guard.took(1)
            guard.ended(OK, generation=generation)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert guard.outlook.tokens == 1_000_000 - 8 * 500
    assert (guard.outlook.state, guard.outlook.limit) == (State.CLOSED, 100)
