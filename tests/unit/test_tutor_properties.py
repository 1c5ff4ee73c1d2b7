"""Whatever a learner writes: no crash, no question twice, under 100 ms after warm-up, with the shipped checker."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tutoring import Learner, questions_of
from workers.engines.practice.engine import PracticeEngine

LIMIT_S = 0.1
_ODD = [
    "",
    "yes",
    "?",
    "김치가 좋아요",
    "😀😀",
    "Let's talk about {topic}",
    "“quote” \u2019s \u2018x\u2019 %s {np} \\n",
    "My mother cook it and I goed to Busan.",
    "I want to die",
    "bye",
    "a" * 10_000,
    "I " * 5_000,
    ". " * 5_000,
    "a. b? " * 1_700,
    "김" * 10_000,
    "I went to the park with my friend and we ate ice cream. " * 180,
    "\x00\ud7ff\u202e\ufeff",
]
_MESSAGES = st.lists(
    st.one_of(
        st.text(max_size=200),
        st.text(alphabet="가나다라 .?!", max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "I",
                    "my",
                    "mother",
                    "like",
                    "went",
                    "to",
                    "Busan",
                    "because",
                    "it",
                    "is",
                    "fun",
                    "and",
                    "you",
                    "?",
                    ".",
                    ",",
                    "don't",
                ]
            )
        ).map(" ".join),
        st.sampled_from(_ODD),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def engine():
    PracticeEngine.preload()
    return PracticeEngine()


_SETTINGS = st.fixed_dictionaries(
    {
        "level": st.sampled_from(["low", "mid", "high", "A1", "C2"]),
        "topic": st.one_of(
            st.none(), st.sampled_from(["food", "my cat", "우주", "..."]), st.text(min_size=1, max_size=20)
        ),
        "role": st.sampled_from(["a friendly tutor", "a waiter", "a pirate"]),
        "explain_in": st.sampled_from(["en", "ko"]),
    }
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=_MESSAGES, given=_SETTINGS)
def test_any_message_is_answered_and_no_question_comes_twice(
    engine: PracticeEngine, messages: list[str], given: dict[str, Any]
):
    pupil = Learner(engine=engine, **given)
    asked: list[str] = []
    for message in messages:
        answer = pupil.say(message)
        assert answer.reply
        assert answer.message == message
        ends = [correction.end for correction in answer.corrections]
        assert all(message[c.start : c.end] == c.original for c in answer.corrections)
        assert all(end <= c.start for end, c in zip(ends, answer.corrections[1:], strict=False))
        asked += questions_of(answer.reply)

    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("message", _ODD, ids=lambda message: repr(message[:16]))
def test_a_turn_takes_less_than_100_ms_of_cpu(engine: PracticeEngine, message: str):
    taken = []
    for _ in range(3):
        pupil = Learner(engine=engine, topic="food")
        began = time.process_time()
        pupil.say(message)
        taken.append(time.process_time() - began)

    assert min(taken) < LIMIT_S
