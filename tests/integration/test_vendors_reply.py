"""Replies by Bedrock's and Anthropic's models, from task to answer, and the job's fate where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.kinds.reply import Tokens
from schemas.reply.answers import ConversationAnswer
from tests import replies
from tests.integration.calling import Attempt
from tests.integration.vendors_replying import Vendor, vendor_of
from tests.replies import GROUNDED, OPTIONS, QUESTION, SCENE, SENTENCES, TURN, spoken
from tests.vendors import bedrock
from tests.vendors.server import Hang
from workers.retry import Fail, Park, Retry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engines.ports import Asked

TASKS: dict[str, tuple[Asked, dict[str, Any]]] = {
    "conversation": (replies.turn(), TURN),
    "practice_sentences": (replies.sentences(), SENTENCES),
    "scenario": (replies.scene(), SCENE),
    "reply_options": (replies.options(), OPTIONS),
    "grounded_answer": (replies.question(), GROUNDED),
    "daily_question": (replies.daily(), QUESTION),
}


@pytest.fixture(params=["bedrock", "anthropic"])
def vendor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with vendor_of(request.param, monkeypatch) as vendor:
        yield vendor


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_answered_whole_and_streamed(vendor: Vendor, task: str, *, stream: bool):
    asked, said = TASKS[task]
    vendor.writes(spoken(said))

    reply = vendor.reply(asked, stream=stream)

    assert reply.answer.type == task
    assert (reply.prompt, reply.repaired, reply.truncated) == (f"{task}-1", False, False)
    assert reply.tokens == Tokens(input=211, output=9)


def test_a_learners_reply_shows_while_it_is_written(vendor: Vendor):
    vendor.writes(spoken(TURN))
    attempt = Attempt()

    reply = vendor.reply(call=attempt)

    assert isinstance(reply.answer, ConversationAnswer)
    assert [one.suggestion for one in reply.answer.corrections] == ["went", "really like"]
    shown = [text for text in attempt.partial if text]
    assert len(set(shown)) > 3
    assert all(reply.answer.reply.startswith(text) for text in shown)


def test_a_price_of_the_settings_is_counted(vendor: Vendor):
    vendor.writes(spoken(TURN))

    reply = vendor.reply(price={"input": 1.0, "output": 5.0, "as_of": "2026-11-01"})

    assert reply.cost_microusd == 211 + 45


def test_an_answer_of_another_form_is_repaired_once(vendor: Vendor):
    vendor.writes("Sure! Here you are.", spoken(TURN))

    reply = vendor.reply()

    assert reply.repaired
    assert reply.tokens == Tokens(input=422, output=18)
    assert [message["role"] for message in vendor.paid[1]["messages"]] == ["user", "assistant", "user"]


def test_an_answer_that_stays_of_another_form_fails_the_job(vendor: Vendor):
    vendor.writes("Sure!", "Here you are.", "Once more.")

    error, fate = vendor.fails()

    assert error.code == "malformed_answer"
    assert fate == Fail()
    assert len(vendor.paid) == 2


def test_an_answer_that_is_cut_gets_more_tokens_once(vendor: Vendor):
    vendor.writes(spoken(TURN)[:60], spoken(TURN)[:60], stop=vendor.stops["length"])

    reply = vendor.reply()

    assert reply.truncated
    assert len(vendor.paid) == 2


@pytest.mark.parametrize(("stop", "code"), [("refused", "refused_by_policy"), ("tool", "unexpected_stop")])
def test_a_stop_that_is_no_answer_fails_the_job(vendor: Vendor, stop: str, code: str):
    vendor.writes(spoken(TURN), stop=vendor.stops[stop])

    error, fate = vendor.fails()

    assert (error.code, fate) == (code, Fail())
    assert len(vendor.paid) == 1


def test_a_prompt_that_is_too_long_is_made_shorter_once(vendor: Vendor):
    vendor.plan(vendor.errors["too long"])
    vendor.writes(spoken(TURN))
    assert vendor.reply().answer.type == "conversation"

    vendor.plan(*[vendor.errors["too long"]] * 9)
    error, fate = vendor.fails()

    assert (error.code, fate) == ("context_overflow", Fail())


def test_a_throttled_job_waits_as_long_as_is_asked(vendor: Vendor):
    vendor.plan(vendor.errors["throttled"])

    error, fate = vendor.fails()

    assert error.code == "throttled"
    assert isinstance(fate, Retry)
    assert fate.delay_s >= 9


@pytest.mark.parametrize("meaning", ["failed", "no entry"])
def test_a_vendor_that_fails_has_the_job_try_again_later(vendor: Vendor, meaning: str):
    vendor.plan(*[vendor.errors[meaning]] * 99)

    error, fate = vendor.fails(call=Attempt(seconds=6.0))

    assert error.code == "engine_unavailable"
    assert isinstance(fate, Retry | Park)


@pytest.mark.parametrize(("meaning", "code"), [("refused", "refused_by_engine"), ("gone", "model_not_found")])
def test_a_refused_request_fails_the_job(vendor: Vendor, meaning: str, code: str):
    vendor.plan(vendor.errors[meaning])

    error, fate = vendor.fails()

    assert (error.code, fate) == (code, Fail())
    assert vendor.paid == []


def test_a_vendor_that_hangs_has_the_job_try_again_later(vendor: Vendor):
    vendor.plan(Hang())

    error, fate = vendor.fails(timeout_s=0.3)

    assert error.code == "engine_unavailable"
    assert isinstance(fate, Retry)


# --- Bedrock's own class of errors: once more, and no more ---


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with vendor_of("bedrock", monkeypatch) as vendor:
        yield vendor


@pytest.mark.parametrize("code", ["ModelTimeoutException", "ModelErrorException"])
def test_a_model_that_fails_is_asked_once_more(amazon: Vendor, code: str):
    amazon.plan(bedrock.refusal(code))
    amazon.writes(spoken(TURN))

    assert amazon.reply().answer.type == "conversation"


@pytest.mark.parametrize("code", ["ModelTimeoutException", "ModelErrorException"])
def test_a_model_that_fails_again_fails_the_job(amazon: Vendor, code: str):
    amazon.plan(*[bedrock.refusal(code)] * 9)

    error, fate = amazon.fails()

    assert (error.code, fate) == ("model_failed", Fail())


def test_output_that_bedrock_cannot_read_is_asked_for_once_more(amazon: Vendor):
    amazon.writes("", stop="malformed_model_output")
    amazon.writes(spoken(TURN))
    assert amazon.reply().repaired

    amazon.writes("", "", "", stop="malformed_model_output")
    error, fate = amazon.fails()

    assert (error.code, fate) == ("malformed_answer", Fail())
