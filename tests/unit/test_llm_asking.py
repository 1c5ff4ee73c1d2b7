"""What is asked once more, and what is not."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError
from schemas.kinds.reply import Tokens
from tests import replies
from tests.integration.calling import Attempt
from tests.scripted_model import ScriptedEngine, ask, says
from workers.engines.llm.model import OnceMoreError, Stop
from workers.engines.llm.options import LanguageModelOptions, Price
from workers.work import CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable

ROT = "I'm sorry, but here is some prose."
GOOD = replies.QUESTION


def code_of(*script: object, **options: Any) -> str:
    with pytest.raises(PermanentError) as raised:
        ask(replies.daily(), *script, **options)
    assert raised.value.engine == "scripted"
    return raised.value.code


def test_an_answer_of_another_form_is_repaired_once():
    reply, engine = ask(replies.daily(), ROT, GOOD)

    assert reply.repaired
    assert [turn.role for turn in engine.prompts[1].turns] == ["user", "assistant", "user"]
    assert engine.prompts[1].turns[0] == engine.prompts[0].turns[0]
    assert engine.prompts[1].turns[1].text == ROT
    assert "it is no JSON object" in engine.prompts[1].turns[2].text


def test_an_answer_that_stays_of_another_form_fails_clearly():
    assert code_of(ROT, '{"category": "fun"}') == "malformed_answer"


def test_an_empty_answer_is_asked_for_again_without_an_empty_turn():
    _, engine = ask(replies.daily(), "  ", GOOD)

    assert engine.prompts[1] == engine.prompts[0]


def test_what_is_shown_again_to_a_model_is_not_without_end():
    _, engine = ask(replies.daily(), "x" * 100_000, GOOD)

    assert len(engine.prompts[1].turns[1].text) == 8_000


def test_a_model_without_tokens_left_has_twice_as_many_once():
    reply, engine = ask(replies.daily(), says('{"quest', Stop.LENGTH), GOOD, max_tokens=500)

    assert [prompt.max_tokens for prompt in engine.prompts] == [500, 1_000]
    assert (reply.truncated, reply.repaired) == (False, False)


def test_what_a_model_has_said_after_that_is_taken_and_called_truncated():
    cut = says(replies.spoken(replies.TURN)[:120], Stop.LENGTH)

    reply, _ = ask(replies.turn(), cut, cut)

    assert reply.truncated
    assert reply.answer.type == "conversation"
    assert reply.answer.reply == replies.TURN["reply"]


def test_what_is_not_enough_for_an_answer_fails():
    assert code_of(says("{", Stop.LENGTH), says("{", Stop.LENGTH)) == "malformed_answer"


def test_an_answer_that_is_whole_at_the_last_token_is_whole():
    reply, _ = ask(replies.daily(), says(GOOD, Stop.LENGTH))

    assert not reply.truncated


def test_twice_the_tokens_are_never_more_than_half_of_what_a_model_can_read():
    cut = says('{"quest', Stop.LENGTH)

    _, engine = ask(replies.daily(), cut, GOOD, max_tokens=3_000, context_tokens=8_000)

    assert engine.prompts[1].max_tokens == 4_000


def test_a_model_that_has_half_already_is_not_asked_again_for_the_same():
    cut = says(replies.spoken(replies.TURN)[:120], Stop.LENGTH)

    reply, _ = ask(replies.turn(), cut, max_tokens=4_000, context_tokens=8_000)

    assert reply.truncated


@pytest.mark.parametrize(
    ("stop", "code"),
    [(Stop.REFUSED, "refused_by_policy"), (Stop.TOOL, "unexpected_stop")],
)
def test_a_refusal_is_not_argued_with(stop: Stop, code: str):
    assert code_of(says("I'd rather not", stop)) == code


def test_what_a_vendor_can_not_read_itself_is_asked_for_once_more():
    reply, engine = ask(replies.daily(), says("", Stop.MALFORMED), GOOD)

    assert reply.repaired
    assert engine.prompts[0] == engine.prompts[1]
    assert code_of(says("", Stop.MALFORMED), says("", Stop.MALFORMED)) == "malformed_answer"


def test_a_model_that_failed_is_asked_once_more():
    failed = OnceMoreError("model_timeout", "It took too long.", engine="scripted")

    reply, _ = ask(replies.daily(), failed, GOOD)

    assert not reply.repaired
    assert code_of(failed, failed) == "model_timeout"


def test_a_prompt_that_was_too_long_is_made_shorter_once():
    past = replies.history(*[(f"message {number} " + "x" * 300, "reply") for number in range(60)])

    reply, engine = ask(replies.turn(past=past), says("", Stop.OVERFLOW), replies.TURN)

    long, short = (prompt.turns[0].text for prompt in engine.prompts)
    assert "message 0 " in long
    assert len(short) < 0.7 * len(long)
    assert "message 0 " not in short
    assert "message 59 " in short
    assert reply.answer.type == "conversation"
    assert reply.answer.forgotten_turns == 60 - short.count("<learner>")
    assert code_of(says("", Stop.OVERFLOW), says("", Stop.OVERFLOW)) == "context_overflow"


def test_each_reason_has_a_try_of_its_own_and_no_more():
    reply, engine = ask(
        replies.daily(),
        says("{", Stop.LENGTH),
        says("", Stop.OVERFLOW),
        says("", Stop.MALFORMED),
        OnceMoreError("x", "y"),
        ROT,
        GOOD,
    )

    assert reply.repaired
    assert len(engine.prompts) == 6


def test_a_throttle_of_a_moment_is_waited_out():
    reply, _ = ask(replies.daily(), ThrottledError(retry_after_s=0.01), GOOD)

    assert reply.model == "scripted-1"


@pytest.mark.parametrize(
    "error",
    [
        ThrottledError(retry_after_s=60),
        EngineUnavailableError(retry_after_s=3),
        PermanentError("insufficient_quota", "No money."),
    ],
)
def test_other_errors_are_the_jobs(error: Exception):
    with pytest.raises(type(error)) as raised:
        ask(replies.daily(), error)

    assert raised.value is error


def test_tokens_of_all_calls_are_counted_and_paid():
    price = Price(input=0.3, output=2.5, as_of=date(2026, 11, 1))

    reply, _ = ask(replies.daily(), ROT, GOOD, price=price)

    assert reply.tokens == Tokens(input=2_000, output=200)
    assert reply.cost_microusd == 600 + 500


def test_tokens_that_one_call_does_not_tell_are_not_known():
    price = Price(input=1, output=1, as_of=date(2026, 11, 1))

    reply, _ = ask(replies.daily(), says(ROT, tokens=None), GOOD, price=price)

    assert reply.tokens is None
    assert reply.cost_microusd == 1_100


def test_a_price_is_rounded_up_to_whole_micro_dollars():
    price = Price(input=0.25, output=0, as_of=date(2026, 11, 1))

    assert [price.microusd(Tokens(input=tokens, output=9)) for tokens in (0, 1, 4, 5)] == [0, 1, 1, 2]


def test_a_model_that_reads_no_more_than_it_may_write_is_no_model():
    with pytest.raises(ValueError, match="context_tokens"):
        LanguageModelOptions(max_tokens=4_000, context_tokens=6_000)


def test_a_job_that_was_cancelled_ends_in_the_middle_of_an_answer():
    attempt = Attempt(on_progress=_after(20, CancelledError()))
    engine = ScriptedEngine(replies.TURN)

    with pytest.raises(CancelledError):
        engine.answer(replies.turn(), attempt)

    assert 0 < len(attempt.partial) < 20


def test_a_stream_that_never_ends_is_left_when_time_is_up():
    engine = ScriptedEngine(replies.TURN, timeout_s=0.2)
    slow = Attempt(on_progress=lambda: time.sleep(0.01))

    with pytest.raises(EngineUnavailableError, match="too long"):
        engine.answer(replies.turn(), slow)

    assert slow.partial


def test_closing_the_engine_closes_the_model():
    engine = ScriptedEngine()

    engine.close()

    assert engine.model.closed


def _after(times: int, error: BaseException) -> Callable[[], None]:
    left = iter(range(times))

    def progress() -> None:
        if next(left, None) is None:
            raise error

    return progress
