"""Amazon Bedrock's chat models at a local server, through boto3: what is asked, and what is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from schemas.kinds.reply import Tokens
from tests.integration.bedrock_chatting import BOTH, chat, delta, releasing, server_of
from tests.integration.chatting import SCHEMA, SECRET_TEXT, complete
from tests.vendors import eventstream
from tests.vendors.bedrock import MODEL, STREAM, BedrockServer, streamed
from tests.vendors.server import Held
from workers.engines.llm.model import Stop

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator


@pytest.fixture
def released() -> Iterator[threading.Event]:
    with releasing() as event:
        yield event


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BedrockServer]:
    with server_of(monkeypatch) as server:
        yield server


ARN = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3"


@BOTH
def test_a_prompt_is_asked_and_its_answer_read(server: BedrockServer, operation: str):
    server.written.deltas = ('{"reply": "만나서 ', "반가워요. 🙂 ", 'What do you cook?"}')

    completion = complete(chat(server, operation))

    assert completion.text == '{"reply": "만나서 반가워요. 🙂 What do you cook?"}'
    assert completion.stop is Stop.END
    assert completion.tokens == Tokens(input=211, output=9)
    assert completion.model == MODEL
    (asked,) = server.paid
    assert asked == {
        "model": MODEL,
        "system": [{"text": "You are a tutor. 한국어로 설명하세요."}],
        "messages": [
            {"role": "user", "content": [{"text": "Hi, I am Mina."}]},
            {"role": "assistant", "content": [{"text": '{"reply": "Hello, Mina. What do you cook?"}'}]},
            {"role": "user", "content": [{"text": SECRET_TEXT}]},
        ],
        "inferenceConfig": {"maxTokens": 300},
    }


def test_text_is_passed_on_at_every_event_as_far_as_it_is_there(server: BedrockServer):
    server.written.deltas = ("Hello", ", Mina", ".")
    seen: list[str] = []

    complete(chat(server), seen=seen)

    assert seen == ["", "Hello", "Hello, Mina", *["Hello, Mina."] * 4]


def test_the_first_text_is_there_before_the_model_has_written_the_rest(
    server: BedrockServer, released: threading.Event
):
    server.written.deltas = ("Hello, Mina.", " What do you cook?")
    server.plan(STREAM, Held(before=b" What do you cook", released=released))

    class Watching(list[str]):
        def append(self, text: str) -> None:
            super().append(text)
            if text == "Hello, Mina.":
                released.set()

    completion = complete(chat(server, timeout_s=10), seen=Watching())

    assert released.is_set()
    assert completion.text == "Hello, Mina. What do you cook?"


@pytest.mark.parametrize("length", [1, 7, 100])
def test_frames_may_come_in_pieces(server: BedrockServer, length: int):
    whole = delta("만나서 반가워요. 🙂") + eventstream.event("messageStop", {"stopReason": "end_turn"})
    server.plan(STREAM, streamed(*(whole[start : start + length] for start in range(0, len(whole), length))))

    assert complete(chat(server)).text == "만나서 반가워요. 🙂"


@BOTH
def test_what_a_model_thinks_is_no_part_of_its_answer(server: BedrockServer, operation: str):
    server.written.deltas = ("Hello.",)
    server.written.thoughts = "The learner greets me."

    assert complete(chat(server, operation)).text == "Hello."


@BOTH
def test_what_the_options_say_is_asked_for(server: BedrockServer, operation: str):
    server.profiles = {ARN: []}
    server.guardrails = {"gr4zx1"}
    guardrail = {"id": "gr4zx1", "version": "3"}

    complete(chat(server, operation, model=ARN, guardrail=guardrail, json_schema=True), temperature=0.25)

    (asked,) = server.paid
    assert asked["model"] == ARN
    assert asked["inferenceConfig"] == {"maxTokens": 300, "temperature": 0.25}
    assert asked["guardrailConfig"] == {"guardrailIdentifier": "gr4zx1", "guardrailVersion": "3"}
    form = asked["outputConfig"]["textFormat"]
    assert form["type"] == "json_schema"
    assert form["structure"]["jsonSchema"]["name"] == "said_turn"
    assert json.loads(form["structure"]["jsonSchema"]["schema"]) == SCHEMA


@BOTH
@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", Stop.END),
        ("stop_sequence", Stop.END),
        ("max_tokens", Stop.LENGTH),
        ("guardrail_intervened", Stop.REFUSED),
        ("content_filtered", Stop.REFUSED),
        ("malformed_model_output", Stop.MALFORMED),
        ("malformed_tool_use", Stop.MALFORMED),
        ("model_context_window_exceeded", Stop.OVERFLOW),
        ("tool_use", Stop.TOOL),
        ("something_new", Stop.TOOL),
    ],
)
def test_stop_reasons_are_told_apart(server: BedrockServer, operation: str, reason: str, stop: Stop):
    server.written.stop = reason

    completion = complete(chat(server, operation))

    assert completion.stop is stop
    assert completion.text


@BOTH
def test_what_is_read_from_a_prompt_cache_was_read(server: BedrockServer, operation: str):
    server.written.usage |= {"cacheReadInputTokens": 1_000, "cacheWriteInputTokens": 20}

    assert complete(chat(server, operation)).tokens == Tokens(input=1_231, output=9)


def test_a_stream_without_metadata_has_no_tokens(server: BedrockServer):
    stop = eventstream.event("messageStop", {"stopReason": "end_turn"})
    server.plan(STREAM, streamed(delta("Hello."), stop))

    assert complete(chat(server)).tokens is None
