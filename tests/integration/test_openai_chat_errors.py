"""OpenAI-compatible chat servers that fail, hang and refuse: what is let out, and what becomes of the job."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError
from tests import replies
from tests.integration.calling import Attempt, impatient
from tests.integration.openai_chatting import KEY, failure_of, reply_of, server_of
from tests.replies import TURN, spoken
from tests.vendors.openai import refusal
from tests.vendors.openai_chat import PATH, OpenAIChatServer, Says, sse, stream
from tests.vendors.server import Cut, Hang, HangUp, answer
from workers.retry import Fail, Park, Retry

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKING = "workers.engines.llm.asking"
#: What vLLM answers to a prompt that is too long: a status for a code, and OpenAI's older sentence.
VLLM_TOO_LONG = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIChatServer]:
    with server_of(monkeypatch) as server:
        server.will_say(Says(text=spoken(TURN)))
        yield server


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize(
    ("effect", "wait_s"),
    [
        (refusal(429, "requests", "rate_limit_exceeded", retry_after="20"), 20),
        (refusal(429, "tokens", "rate_limit_exceeded", retry_after_ms="21500"), 22),
        (refusal(429, "requests", "rate_limit_exceeded", retry_after="600"), 600),
    ],
)
def test_a_throttled_job_waits_as_long_as_is_asked(
    server: OpenAIChatServer, effect: bytes, wait_s: int, *, streamed: bool
):
    server.plan(PATH, effect)

    error, fate = failure_of(server, stream=streamed)

    assert isinstance(error, ThrottledError)
    assert fate == Retry(wait_s)
    assert server.completed == []


def test_a_job_that_is_to_wait_for_hours_is_parked(server: OpenAIChatServer):
    server.plan(PATH, refusal(429, "requests", "rate_limit_exceeded", retry_after="7200"))

    assert failure_of(server)[1] == Park(7_200)


def test_a_throttle_of_a_moment_is_waited_out(server: OpenAIChatServer):
    server.plan(PATH, refusal(429, "requests", "rate_limit_exceeded", retry_after_ms="10"))

    assert reply_of(server).answer.type == "conversation"


@pytest.mark.parametrize("status", [429, 403])
def test_an_account_without_credit_fails_the_job(server: OpenAIChatServer, status: int):
    server.plan(PATH, refusal(status, "insufficient_quota", "insufficient_quota"))

    error, fate = failure_of(server)

    assert (error.code, fate) == ("insufficient_quota", Fail())
    assert server.times(PATH) == 1


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize(
    ("effect", "wait_s"),
    [
        (refusal(500, "server_error"), None),
        (refusal(503, "server_error", "overloaded", retry_after="5"), 5.0),
        (answer(502, "text/html", b"<h1>Bad Gateway</h1>"), None),
        (answer(504, "text/html", b""), None),
        (refusal(408, "timeout"), None),
        (refusal(409, "conflict"), None),
        (HangUp(), None),
        (HangUp(carried_out=True), None),
        (Cut(900), None),
    ],
)
def test_a_server_that_fails_has_the_job_try_again_later(
    server: OpenAIChatServer, effect: Any, wait_s: float | None, *, streamed: bool
):
    server.plan(PATH, effect)

    error, fate = failure_of(server, stream=streamed)

    assert isinstance(error, EngineUnavailableError)
    assert error.may_have_run
    assert error.retry_after_s == wait_s
    assert isinstance(fate, Retry)
    assert server.times(PATH) == 1


@pytest.mark.parametrize("streamed", [True, False])
def test_a_server_that_hangs_is_left_after_the_time_out(server: OpenAIChatServer, *, streamed: bool):
    server.plan(PATH, Hang())

    error, fate = failure_of(server, stream=streamed, timeout_s=0.3)

    assert isinstance(error, EngineUnavailableError)
    assert isinstance(fate, Retry)


def test_a_call_takes_no_longer_than_the_attempt_may(server: OpenAIChatServer):
    server.plan(PATH, Hang())

    assert isinstance(failure_of(server, call=Attempt(seconds=5.3))[0], EngineUnavailableError)


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_nothing_that_a_job_is_to_blame_for(server: OpenAIChatServer, status: int):
    server.plan(PATH, *[refusal(status, "invalid_request_error", "invalid_api_key")] * 99)

    with impatient(ASKING):
        error, fate = failure_of(server)

    assert isinstance(error, EngineUnavailableError)
    assert not error.may_have_run
    assert isinstance(fate, Retry)
    assert KEY not in str(error)


def test_nobody_listening_is_certainly_nothing_begun(server: OpenAIChatServer):
    with impatient(ASKING):
        error, fate = failure_of(server, base_url="http://127.0.0.1:9/v1")

    assert isinstance(error, EngineUnavailableError)
    assert not error.may_have_run
    assert isinstance(fate, Retry)


@pytest.mark.parametrize(
    ("effect", "code"),
    [
        (refusal(400, "invalid_request_error", "invalid_value", f"no: {replies.MESSAGE}"), "refused_by_engine"),
        (refusal(422, "invalid_request_error", replies.MESSAGE), "refused_by_engine"),
        (refusal(404, "invalid_request_error", "model_not_found"), "model_not_found"),
        (refusal(404, "api_error", None, 'model "llama9" not found, try pulling it first'), "model_not_found"),
        (refusal(400, "invalid_request_error", "content_filter"), "refused_by_policy"),
    ],
)
def test_a_refused_request_fails_the_job_and_the_servers_words_are_not_passed_on(
    server: OpenAIChatServer, effect: bytes, code: str
):
    server.plan(PATH, effect)

    error, fate = failure_of(server)

    assert isinstance(error, PermanentError)
    assert (error.code, fate) == (code, Fail())
    assert replies.MESSAGE not in str(error)
    assert server.times(PATH) == 1


@pytest.mark.parametrize(
    "says",
    [
        Says(text='{"reply": "I ', finish_reason="content_filter"),
        Says(text="", refusal="I can't help with that."),
    ],
)
@pytest.mark.parametrize("streamed", [True, False])
def test_what_a_filter_or_the_model_refuses_fails_the_job(server: OpenAIChatServer, says: Says, *, streamed: bool):
    server.will_say(says)

    error, fate = failure_of(server, stream=streamed)

    assert (error.code, fate) == ("refused_by_policy", Fail())
    assert len(server.completed) == 1


@pytest.mark.parametrize("reason", ["tool_calls", "function_call", "something_new"])
def test_a_model_that_wants_a_tool_has_none(server: OpenAIChatServer, reason: str):
    server.will_say(Says(text="", finish_reason=reason))

    error, fate = failure_of(server)

    assert (error.code, fate) == ("unexpected_stop", Fail())


@pytest.mark.parametrize(
    "effect",
    [
        refusal(400, "invalid_request_error", "context_length_exceeded"),
        refusal(400, "BadRequestError", "400", VLLM_TOO_LONG),
        refusal(413, "invalid_request_error"),
        stream(sse({"error": {"message": VLLM_TOO_LONG, "type": "BadRequestError", "param": None, "code": 400}})),
    ],
)
def test_a_prompt_that_is_too_long_is_made_shorter_once(server: OpenAIChatServer, effect: bytes):
    past = replies.history(*[(f"message {number}", "reply") for number in range(20)])
    server.plan(PATH, effect)

    reply = reply_of(server, replies.turn(past=past))

    assert reply.answer.type == "conversation"
    assert reply.answer.forgotten_turns > 0
    server.plan(PATH, effect, effect)
    error, fate = failure_of(server)
    assert (error.code, fate) == ("context_overflow", Fail())


@pytest.mark.parametrize(
    ("error", "code", "fate"),
    [
        ({"message": "The server had an error", "type": "server_error", "code": None}, "engine_unavailable", Retry),
        ({"message": "EngineDeadError", "type": "InternalServerError", "code": 500}, "engine_unavailable", Retry),
        ({"message": "slow down", "type": "rate_limit_error", "code": None}, "throttled", Retry),
        ({"message": "slow down", "type": "tokens", "code": "rate_limit_exceeded"}, "throttled", Retry),
        ({"message": "no", "type": "insufficient_quota", "code": "insufficient_quota"}, "insufficient_quota", Fail),
        ({"message": "no", "type": "BadRequestError", "code": 400}, "refused_by_engine", Fail),
        ("it broke", "engine_unavailable", Retry),
    ],
)
def test_an_error_within_a_stream_means_what_it_does_elsewhere(
    server: OpenAIChatServer, error: Any, code: str, fate: type
):
    begun = {"id": "x", "choices": [{"index": 0, "delta": {"content": '{"reply": "Hello'}}]}
    broken = stream(sse(begun) + sse({"error": error}))
    server.plan(PATH, *[broken] * 99)

    failure, decision = failure_of(server)

    assert failure.code == code
    assert isinstance(decision, fate)


@pytest.mark.parametrize(
    ("streamed", "effect"),
    [
        (False, answer(200, "application/json", b'{"choices": []}')),
        (False, answer(200, "text/html", b"<h1>Sign in</h1>")),
        (False, answer(200, "application/json", b"")),
        (False, answer(200, "application/json", b'{"choices": [{"message": {"content": ["x"]}}]}')),
        (True, stream(b"data: {not json\n\n")),
        (True, stream(b'data: "hello"\n\n')),
        (True, stream(sse({"choices": [{"delta": {"content": 7}, "finish_reason": "stop"}]}))),
        (True, stream(sse({"choices": "none"}))),
    ],
)
def test_what_is_no_answer_of_the_protocol_is_asked_for_once_more(
    server: OpenAIChatServer, effect: bytes, *, streamed: bool
):
    server.plan(PATH, effect)
    assert reply_of(server, stream=streamed).repaired

    server.plan(PATH, effect, effect)
    error, fate = failure_of(server, stream=streamed)

    assert (error.code, fate) == ("malformed_answer", Fail())


@pytest.mark.parametrize(
    "effect",
    [
        stream(sse({"choices": [{"index": 0, "delta": {"content": "{"}}]}) + b"data: [DONE]\n\n"),
        stream(b": keep-alive\n\n"),
        answer(200, "text/html", b"<h1>Sign in</h1>"),
    ],
)
def test_a_stream_that_ends_before_the_model_has_is_tried_again_later(server: OpenAIChatServer, effect: bytes):
    server.plan(PATH, effect)

    error, fate = failure_of(server)

    assert error.code == "engine_unavailable"
    assert isinstance(fate, Retry)


def test_an_answer_that_stays_of_another_form_fails_the_job(server: OpenAIChatServer):
    server.will_say(Says(text="I'd love to help!"))

    error, fate = failure_of(server)

    assert (error.code, fate) == ("malformed_answer", Fail())
    assert len(server.completed) == 2


def test_a_stream_that_trickles_does_not_outlast_the_time_out(server: OpenAIChatServer):
    server.will_say(Says(text=spoken({**TURN, "reply": "word " * 400})))

    error, fate = failure_of(server, call=Attempt(on_progress=lambda: time.sleep(0.01)), timeout_s=0.5)

    assert isinstance(error, EngineUnavailableError)
    assert isinstance(fate, Retry)


def test_a_stream_that_is_kept_alive_without_a_word_is_left_when_time_is_up(server: OpenAIChatServer):
    server.plan(PATH, stream(b": keep-alive\n\n" * 400 + sse({"choices": []})))

    error, _ = failure_of(server, call=Attempt(on_progress=lambda: time.sleep(0.01)), timeout_s=1)

    assert "took too long" in error.message


def test_an_answer_that_is_not_streamed_does_not_outlast_the_time_out_either(server: OpenAIChatServer):
    server.plan(PATH, answer(200, "application/json", b" " * 8_000_000))

    error, _ = failure_of(server, stream=False, call=Attempt(on_progress=lambda: time.sleep(0.02)), timeout_s=1)

    assert "took too long" in error.message
