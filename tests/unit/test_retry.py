"""The retry decision."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import NotYetError, PermanentError, TransientError, UnavailableError
from schemas.kind import Backoff
from tests.workers import ECHO
from workers.retry import LONGEST_HIDE_S, Fail, GiveUp, Park, Retry, Wait, decide, describe

errors = st.one_of(
    st.builds(TransientError, st.just("e"), st.just("m"), retry_after_s=st.none() | st.floats(0, 1e6)),
    st.builds(PermanentError, st.just("e"), st.just("m")),
    st.just(ValueError("boom")),
)


@given(error=errors, attempt=st.integers(1, 5), held_s=st.floats(0, 43_140), seed=st.integers())
def test_every_error_gets_one_decision_within_the_limits(error: Exception, attempt: int, held_s: float, seed: int):
    decision = decide(error, attempt=attempt, kind=ECHO, held_s=held_s, random=Random(seed))

    if isinstance(error, PermanentError):
        assert decision == Fail()
    elif attempt >= ECHO.max_attempts:
        assert decision == GiveUp()
    elif isinstance(decision, Retry):
        assert 0 <= decision.delay_s <= LONGEST_HIDE_S
        assert held_s + decision.delay_s <= 43_200 - 60
    else:
        assert isinstance(decision, Park)


@given(asked=st.floats(0, 1e5), seed=st.integers())
def test_retry_after_is_never_undercut(asked: float, seed: int):
    error = TransientError("throttled", "Too many requests.", retry_after_s=asked)

    decision = decide(error, attempt=1, kind=ECHO, held_s=0, random=Random(seed))

    assert isinstance(decision, Retry | Park)
    assert decision.delay_s >= asked


def test_waits_are_spread_over_the_whole_range():
    error = TransientError("e", "m")
    delays = [decide(error, attempt=1, kind=ECHO, held_s=0, random=Random(seed)).delay_s for seed in range(200)]  # type: ignore[union-attr]

    assert set(delays) == {1, 2}


def test_a_description_says_nothing_of_an_unknown_errors_text():
    assert "diary" not in describe(ValueError("my diary")).message


@pytest.mark.parametrize(("attempt", "longest"), [(1, 2), (2, 4), (3, 8), (4, 10), (40, 10)])
def test_waits_double_up_to_their_cap(attempt: int, longest: int):
    kind = replace(ECHO, max_attempts=99, backoff=Backoff(base_s=2, cap_s=10))
    error = TransientError("e", "m")
    delays = [decide(error, attempt=attempt, kind=kind, held_s=0, random=Random(seed)) for seed in range(300)]

    assert {decision.delay_s for decision in delays} == set(range(1, longest + 1))  # type: ignore[union-attr]


@pytest.mark.parametrize(("held_s", "decision"), [(43_139 - 900, Retry(900)), (43_141 - 900, Park(900))])
def test_a_wait_that_a_message_can_not_be_hidden_for_is_parked(held_s: float, decision: Retry | Park):
    error = TransientError("throttled", "Too many requests.", retry_after_s=900)

    assert decide(error, attempt=1, kind=ECHO, held_s=held_s, random=Random(1)) == decision


def test_aws_out_of_reach_is_told_from_an_unknown_error():
    described = describe(UnavailableError("S3", "ReadTimeoutError"))

    assert (described.code, described.retryable) == ("unavailable", True)
    assert "S3" in described.message


@given(
    asked=st.none() | st.floats(0, 900),
    waited_s=st.floats(0, 900),
    attempt=st.integers(1, 5),
    held_s=st.floats(0, 43_140),
    seed=st.integers(),
)
def test_who_waits_for_another_job_looks_again_soon_whatever_the_attempt(
    asked: float | None, waited_s: float, attempt: int, held_s: float, seed: int
):
    error = NotYetError("not_yet", "Another job comes first.", retry_after_s=asked)

    decision = decide(error, attempt=attempt, kind=ECHO, held_s=held_s, random=Random(seed), waited_s=waited_s)

    assert isinstance(decision, Wait)
    assert max(1, asked or 0) <= decision.delay_s <= max(3, waited_s / 10 + 1, (asked or 0) + 1)


def test_those_who_wait_for_the_same_job_do_not_all_look_at_once():
    error = NotYetError("not_yet", "Another job comes first.")

    delays = {decide(error, attempt=1, kind=ECHO, held_s=0, random=Random(seed)) for seed in range(50)}

    assert delays == {Wait(2), Wait(3)}
