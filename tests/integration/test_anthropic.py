"""Anthropic's Messages API at a local server, through its SDK: what is asked, and what is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from schemas.kinds.reply import Tokens
from tests.integration.anthropic_chatting import BOTH, KEY, chat, server_of
from tests.integration.bedrock_chatting import releasing
from tests.integration.chatting import SCHEMA, SECRET_TEXT, complete
from tests.vendors.anthropic import MODEL, PATH, AnthropicServer, delta, event, streamed
from tests.vendors.server import Held, answer
from workers.engines.anthropic.options import AnthropicOptions
from workers.engines.llm.model import Stop
from workers.engines.secrets import SecretRef

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnthropicServer]:
    with server_of(monkeypatch) as server:
        yield server


@BOTH
def test_a_prompt_is_asked_and_its_answer_read(server: AnthropicServer, way: str):
    server.written.deltas = ('{"reply": "만나서 ', "반가워요. 🙂 ", 'What do you cook?"}')

    completion = complete(chat(server, way, model="claude-haiku-4-5"))

    assert completion.text == '{"reply": "만나서 반가워요. 🙂 What do you cook?"}'
    assert completion.stop is Stop.END
    assert completion.tokens == Tokens(input=211, output=9)
    assert completion.model == MODEL  # the one that an alias stands for
    (asked,) = server.paid
    asked.pop("stream", None)
    assert asked == {
        "model": "claude-haiku-4-5",
        "max_tokens": 300,
        "system": "You are a tutor. 한국어로 설명하세요.",
        "messages": [
            {"role": "user", "content": "Hi, I am Mina."},
            {"role": "assistant", "content": '{"reply": "Hello, Mina. What do you cook?"}'},
            {"role": "user", "content": SECRET_TEXT},
        ],
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
    }


def test_text_is_passed_on_at_every_event_as_far_as_it_is_there(server: AnthropicServer):
    server.written.deltas = ("Hello", ", Mina", ".")
    seen: list[str] = []

    complete(chat(server), seen=seen)

    assert seen == ["", "", "Hello", "Hello, Mina", *["Hello, Mina."] * 4]


def test_the_first_text_is_there_before_the_model_has_written_the_rest(server: AnthropicServer):
    server.written.deltas = ("Hello, Mina.", " What do you cook?")
    with releasing() as released:
        server.plan(PATH, Held(before=b" What do you cook", released=released))

        class Watching(list[str]):
            def append(self, text: str) -> None:
                super().append(text)
                if text == "Hello, Mina.":
                    released.set()

        completion = complete(chat(server, timeout_s=10), seen=Watching())

        assert released.is_set()
    assert completion.text == "Hello, Mina. What do you cook?"


@pytest.mark.parametrize("length", [1, 7, 100])
def test_events_may_come_in_pieces(server: AnthropicServer, length: int):
    ended = event("message_delta", delta={"stop_reason": "end_turn"})
    whole = delta("만나서 반가워요. 🙂") + ended + event("message_stop")
    server.plan(PATH, streamed(*(whole[start : start + length] for start in range(0, len(whole), length))))

    assert complete(chat(server)).text == "만나서 반가워요. 🙂"


@BOTH
def test_what_a_model_thinks_is_no_part_of_its_answer(server: AnthropicServer, way: str):
    server.written.deltas = ("Hello.",)
    server.written.thoughts = "The learner greets me."

    assert complete(chat(server, way)).text == "Hello."


@BOTH
def test_what_the_options_say_is_asked_for(server: AnthropicServer, way: str):
    options = chat(server, way, json_schema=False, thinking="disabled", effort="low")
    complete(options, temperature=0.25)

    (asked,) = server.paid
    assert asked["temperature"] == 0.25
    assert asked["thinking"] == {"type": "disabled"}
    assert asked["output_config"] == {"effort": "low"}


@BOTH
@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", Stop.END),
        ("stop_sequence", Stop.END),
        ("max_tokens", Stop.LENGTH),
        ("refusal", Stop.REFUSED),
        ("model_context_window_exceeded", Stop.OVERFLOW),
        ("tool_use", Stop.TOOL),
        ("pause_turn", Stop.TOOL),
        ("something_new", Stop.TOOL),
    ],
)
def test_stop_reasons_are_told_apart(server: AnthropicServer, way: str, reason: str, stop: Stop):
    server.written.stop = reason

    completion = complete(chat(server, way))

    assert completion.stop is stop
    assert completion.text


@BOTH
def test_what_is_read_from_a_prompt_cache_was_read(server: AnthropicServer, way: str):
    server.written.usage |= {"cache_read_input_tokens": 1_000, "cache_creation_input_tokens": 20}

    assert complete(chat(server, way)).tokens == Tokens(input=1_231, output=9)


def test_a_stream_counts_what_it_says_last(server: AnthropicServer):
    events = (
        event("message_start", message={"model": MODEL, "usage": {"input_tokens": 5, "output_tokens": 1}}),
        delta("Hello."),
        event("message_delta", delta={"stop_reason": "end_turn"}, usage={"input_tokens": 7, "output_tokens": 3}),
        event("message_stop"),
    )
    server.plan(PATH, streamed(*events))

    assert complete(chat(server)).tokens == Tokens(input=7, output=3)


@pytest.mark.parametrize(
    "body", [b"<h1>Sign in</h1>", b"", b"[]", b"{}", b'{"model": "x", "content": [{"type": "text"']
)
def test_a_whole_answer_that_is_none_is_malformed(server: AnthropicServer, body: bytes):
    server.plan(PATH, answer(200, "application/json", body))

    assert complete(chat(server, "whole")).stop is Stop.MALFORMED


@pytest.mark.parametrize(
    "events",
    [
        (b"event: message_start\ndata: {\n\n",),
        (b"event: content_block_delta\ndata: 7\n\n",),
        (event("content_block_delta", delta=[]),),
    ],
)
def test_a_stream_that_is_none_is_malformed(server: AnthropicServer, events: tuple[bytes, ...]):
    server.plan(PATH, streamed(*events))

    assert complete(chat(server)).stop is Stop.MALFORMED


def test_blocks_that_are_new_to_us_are_no_part_of_the_answer(server: AnthropicServer):
    content = [{"type": "aura", "text": "blue"}, {"type": "text", "text": "Hello."}]
    body = json.dumps({"model": MODEL, "content": content, "stop_reason": "end_turn"}).encode()
    server.plan(PATH, answer(200, "application/json", body))

    assert complete(chat(server, "whole")).text == "Hello."


def test_events_that_are_new_to_us_are_passed_over(server: AnthropicServer):
    server.plan(
        PATH,
        streamed(
            event("message_start", message={"model": MODEL}),
            event("content_block_start", index=0, content_block={"type": "aura", "text": 7}),
            event("content_block_delta", index=0, delta={"type": "aura_delta", "text": "blue"}),
            event("weather", delta={}),
            delta("Hello."),
            event("message_delta", delta={"stop_reason": "end_turn"}),
            event("message_stop"),
        ),
    )

    completion = complete(chat(server))

    assert (completion.text, completion.stop, completion.tokens) == ("Hello.", Stop.END, None)


def test_the_key_is_the_options_own_and_shows_nowhere(server: AnthropicServer):
    complete(chat(server))

    assert KEY in str(server.asked[0][1].headers)
    options = AnthropicOptions(model=MODEL, api_key=SecretRef("env:SAYLINE_TEST_KEY"))
    assert KEY not in f"{options!r} {options.model_dump_json()}"
