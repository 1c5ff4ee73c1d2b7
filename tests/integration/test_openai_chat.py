"""Replies through OpenAI's SDK from a server that speaks its protocol, whole and streamed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from schemas.kinds.reply import Tokens
from tests import replies
from tests.integration.calling import Attempt
from tests.integration.openai_chatting import MODEL, engine, reply_of, server_of
from tests.replies import TURN, spoken
from tests.vendors.openai_chat import (
    HCX_005,
    HCX_007,
    OLLAMA,
    OPENAI,
    OPENAI_NEW,
    PATH,
    VLLM,
    Dialect,
    OpenAIChatServer,
    Says,
)
from tests.vendors.server import Held
from tests.waiting import wait_until
from workers.engines import EngineOptionsError
from workers.work import CancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator

TASKS = {
    "conversation": (replies.turn(), replies.TURN),
    "practice_sentences": (replies.sentences(), replies.SENTENCES),
    "scenario": (replies.scene(), replies.SCENE),
    "reply_options": (replies.options(), replies.OPTIONS),
    "grounded_answer": (replies.question(), replies.GROUNDED),
    "daily_question": (replies.daily(), replies.QUESTION),
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIChatServer]:
    with server_of(monkeypatch) as server:
        server.will_say(Says(text=spoken(TURN)))
        yield server


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_answered_whole_and_streamed(server: OpenAIChatServer, task: str, *, stream: bool):
    asked, said = TASKS[task]
    server.will_say(Says(text=spoken(said)))

    reply = reply_of(server, asked, stream=stream)

    assert reply.answer.type == task
    assert reply.tokens == Tokens(input=1_000, output=100)
    assert (reply.model, reply.prompt) == ("gpt-test-2026-01-01", f"{task}-1")
    assert (reply.repaired, reply.truncated) == (False, False)


def test_a_request_says_what_the_protocol_wants(server: OpenAIChatServer):
    reply_of(server, temperature=0.3)

    (body,) = server.completed
    assert (body["model"], body["max_tokens"], body["temperature"]) == (MODEL, 2_000, 0.3)
    assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body["response_format"]["json_schema"]["name"] == "conversation"
    assert body["response_format"]["json_schema"]["strict"] is True
    assert "reasoning_effort" not in body


def test_a_model_is_told_no_temperature_unless_one_is_set(server: OpenAIChatServer):
    reply_of(server)

    assert "temperature" not in server.completed[0]


def test_the_first_sentence_is_shown_before_the_answer_has_ended(server: OpenAIChatServer):
    released = threading.Event()
    server.plan(PATH, Held(before=b"corrections", released=released))
    attempt = Attempt()

    with ThreadPoolExecutor(1) as pool:
        reply = pool.submit(reply_of, server, call=attempt)
        try:
            wait_until(lambda: attempt.partial and attempt.partial[-1] == TURN["reply"])
            assert not reply.done()
        finally:
            released.set()
        assert reply.result(timeout=30).answer.type == "conversation"


def test_korean_and_emoji_come_whole_out_of_a_stream(server: OpenAIChatServer):
    said = {**TURN, "reply": "김치찌개 좋아해요? 🍲 I love it!", "corrections": []}
    server.will_say(Says(text=spoken(said)))
    attempt = Attempt()

    reply = reply_of(server, replies.turn("저는 김치를 좋아해요 🍲"), call=attempt)

    assert reply.answer.type == "conversation"
    assert reply.answer.reply == said["reply"]
    assert all("\ufffd" not in shown for shown in attempt.partial)


def test_a_job_that_is_cancelled_ends_the_stream(server: OpenAIChatServer):
    released = threading.Event()
    server.plan(PATH, Held(before=b"corrections", released=released))

    def stop() -> None:
        if attempt.partial:
            raise CancelledError

    attempt = Attempt(on_progress=stop)
    made = engine(server)
    try:
        with pytest.raises(CancelledError):
            made.answer(replies.turn(), attempt)
        wait_until(lambda: server.abandoned == 1)
    finally:
        released.set()
        made.close()

    assert len(attempt.partial) == 1


def test_an_engine_is_used_by_several_threads_at_once(server: OpenAIChatServer):
    made = engine(server)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: made.answer(replies.turn(), Attempt()).answer.type, range(24)))
    made.close()

    assert answers == ["conversation"] * 24


def test_an_answer_of_another_form_is_repaired_in_a_second_call(server: OpenAIChatServer):
    server.will_say(Says(text="Sure, here you are!"), Says(text=spoken(TURN)))

    reply = reply_of(server)

    assert reply.repaired
    assert reply.tokens == Tokens(input=2_000, output=200)
    assert [message["role"] for message in server.completed[1]["messages"]] == ["system", "user", "assistant", "user"]


def test_a_model_that_stops_at_its_limit_is_given_twice_as_much(server: OpenAIChatServer):
    server.will_say(Says(text=spoken(TURN)[:40], finish_reason="length"), Says(text=spoken(TURN)))

    reply = reply_of(server)

    assert [body["max_tokens"] for body in server.completed] == [2_000, 4_000]
    assert not reply.truncated


@pytest.mark.parametrize(
    ("dialect", "options", "tokens"),
    [
        (OPENAI, {}, True),
        (OPENAI_NEW, {"max_tokens_field": "max_completion_tokens"}, True),
        (VLLM, {"stream": False}, True),
        (OLLAMA, {"response_format": "json_object"}, True),
        (HCX_005, {"response_format": "none", "usage_in_stream": False}, False),
        (HCX_005, {"response_format": "none", "stream": False}, False),
        (HCX_007, {"max_tokens_field": "max_completion_tokens", "reasoning_effort": "none"}, True),
    ],
)
def test_servers_that_know_less_are_answered_by_options(
    monkeypatch: pytest.MonkeyPatch, dialect: Dialect, options: dict[str, Any], *, tokens: bool
):
    with server_of(monkeypatch, dialect) as server:
        server.will_say(Says(text=f"```json\n{spoken(TURN)}\n```"))

        reply = reply_of(server, **options)

    assert reply.answer.type == "conversation"
    assert (reply.tokens is not None) == tokens


def test_a_stream_whose_tokens_were_not_asked_for_is_no_error(server: OpenAIChatServer):
    assert reply_of(server, usage_in_stream=False).tokens is None


def test_half_a_count_of_tokens_is_none(server: OpenAIChatServer):
    server.will_say(Says(text=spoken(TURN), usage={"prompt_tokens": 7, "completion_tokens": None}))

    assert reply_of(server).tokens is None


def test_what_a_reasoning_model_thinks_is_not_taken_for_its_answer(server: OpenAIChatServer):
    server.will_say(Says(text='<think>{"reply": "no"}</think>' + spoken(TURN)))
    attempt = Attempt()

    reply = reply_of(server, call=attempt)

    assert not reply.repaired
    assert "no" not in attempt.partial


def test_a_server_that_gives_no_reason_to_stop_is_believed_where_the_answer_is_whole(server: OpenAIChatServer):
    server.will_say(Says(text=spoken(TURN), finish_reason=None))

    assert not reply_of(server, stream=False).repaired


def test_an_engine_without_a_model_is_not_made(server: OpenAIChatServer):
    with pytest.raises(EngineOptionsError, match="model"):
        engine(server, model="")


def test_a_price_is_an_option(server: OpenAIChatServer):
    reply = reply_of(server, price={"input": 0.4, "output": 1.6, "as_of": "2026-11-01"})

    assert reply.cost_microusd == 400 + 160
