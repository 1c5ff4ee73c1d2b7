"""Amazon Bedrock that fails, hangs, refuses and breaks off, within its streams too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError
from tests.integration.bedrock_chatting import BOTH, chat, delta, releasing, server_of
from tests.integration.calling import Attempt
from tests.integration.chatting import SECRET_TEXT, complete
from tests.vendors import eventstream
from tests.vendors.bedrock import STREAM, BedrockServer, refusal, streamed
from tests.vendors.server import Cut, Hang, HangUp, Held, answer
from workers.engines.llm.model import OnceMoreError, Stop
from workers.work import CancelledError

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


@BOTH
@pytest.mark.parametrize(
    ("effect", "retry_after_s"),
    [
        (refusal("ThrottlingException"), None),
        (refusal("ThrottlingException", retry_after="7"), 7.0),
        (refusal("ModelNotReadyException"), None),
    ],
)
def test_a_throttled_call_has_the_job_wait(
    server: BedrockServer, operation: str, effect: bytes, retry_after_s: float | None
):
    server.plan(operation, effect)

    with pytest.raises(ThrottledError) as raised:
        complete(chat(server, operation))

    assert (raised.value.engine, raised.value.retry_after_s) == ("bedrock", retry_after_s)
    assert server.times(operation) == 1  # the SDK does not try again


@BOTH
@pytest.mark.parametrize(
    "effect",
    [
        refusal("InternalServerException"),
        refusal("ServiceUnavailableException"),
        answer(502, "text/html", b"<h1>Bad Gateway</h1>"),
        HangUp(),
        HangUp(carried_out=True),
        Cut(60),
        Cut(150),
        Cut(290),
    ],
)
def test_a_vendor_that_fails_is_unavailable(server: BedrockServer, operation: str, effect: Any):
    server.plan(operation, effect)

    with pytest.raises(EngineUnavailableError) as raised:
        complete(chat(server, operation))

    assert raised.value.may_have_run
    assert server.times(operation) == 1


@BOTH
@pytest.mark.parametrize("code", ["ModelTimeoutException", "ModelErrorException"])
def test_a_model_that_fails_is_asked_once_more_at_most(server: BedrockServer, operation: str, code: str):
    server.plan(operation, refusal(code, SECRET_TEXT))

    with pytest.raises(OnceMoreError) as raised:
        complete(chat(server, operation))

    assert raised.value.code == "model_failed"
    assert SECRET_TEXT not in raised.value.message


@BOTH
@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("ValidationException", "refused_by_engine"),
        ("ServiceQuotaExceededException", "refused_by_engine"),
        ("ResourceNotFoundException", "model_not_found"),
    ],
)
def test_a_refused_request_says_why_without_the_vendors_words(
    server: BedrockServer,
    operation: str,
    code: str,
    ours: str,
):
    server.plan(operation, refusal(code, SECRET_TEXT))

    with pytest.raises(PermanentError) as raised:
        complete(chat(server, operation))

    assert (raised.value.code, raised.value.engine) == (ours, "bedrock")
    assert SECRET_TEXT not in raised.value.message
    assert not isinstance(raised.value, OnceMoreError)


@pytest.mark.parametrize("model", ["anthropic.claude-v2:1", "us.anthropic.claude-gone"])
def test_a_model_whose_life_has_ended_is_said(server: BedrockServer, model: str):
    with pytest.raises(PermanentError) as raised:
        complete(chat(server, model=model))

    assert raised.value.code == "model_not_found"
    assert "no longer" in raised.value.message


@BOTH
@pytest.mark.parametrize(
    "message",
    [
        "Input is too long for requested model.",
        "The model returned the following errors: prompt is too long: 215000 tokens > 200000 maximum",
        "Too many input tokens. Max input tokens: 8192, request input token count: 9000",
        "Input Tokens Exceeded: Number of input tokens exceeds maximum length.",
        "This model's maximum context length is 131072 tokens. Please reduce the length of the prompt.",
    ],
)
def test_a_prompt_that_is_too_long_is_told_from_other_refusals(
    server: BedrockServer,
    operation: str,
    message: str,
):
    server.plan(operation, refusal("ValidationException", message))

    assert complete(chat(server, operation)).stop is Stop.OVERFLOW


def test_too_many_tokens_to_write_are_no_prompt_that_is_too_long(server: BedrockServer):
    message = "The maximum tokens you requested exceeds the model limit of 4096. Try again with a lower maximum tokens."
    server.plan(STREAM, refusal("ValidationException", message))

    with pytest.raises(PermanentError) as raised:
        complete(chat(server))

    assert raised.value.code == "refused_by_engine"


@BOTH
@pytest.mark.parametrize("code", ["AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException"])
def test_credentials_that_are_refused_are_nothing_that_a_job_is_to_blame_for(
    server: BedrockServer,
    operation: str,
    code: str,
):
    server.plan(operation, refusal(code, status=403))

    with pytest.raises(EngineUnavailableError) as raised:
        complete(chat(server, operation))

    assert not raised.value.may_have_run


@BOTH
def test_nobody_listening_is_certainly_nothing_begun(server: BedrockServer, operation: str):
    with pytest.raises(EngineUnavailableError) as raised:
        complete(chat(server, operation, endpoint_url="http://127.0.0.1:9"))

    assert not raised.value.may_have_run


# --- errors within a stream ---


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("internalServerException", EngineUnavailableError),
        ("modelStreamErrorException", EngineUnavailableError),
        ("serviceUnavailableException", EngineUnavailableError),
        ("throttlingException", ThrottledError),
        ("validationException", PermanentError),
    ],
)
def test_an_error_in_place_of_an_event_means_what_it_means_elsewhere(
    server: BedrockServer, kind: str, error: type[Exception]
):
    server.plan(STREAM, streamed(delta("Hello"), eventstream.exception(kind, SECRET_TEXT)))
    seen: list[str] = []

    with pytest.raises(error) as raised:
        complete(chat(server), seen=seen)

    assert seen == ["Hello"]
    assert SECRET_TEXT not in str(raised.value)
    assert type(raised.value) is error


def test_an_error_that_is_not_modelled_is_a_refusal(server: BedrockServer):
    server.plan(STREAM, streamed(eventstream.error("SomethingNew", SECRET_TEXT)))

    with pytest.raises(PermanentError) as raised:
        complete(chat(server))

    assert raised.value.message == "Amazon Bedrock refused the request: SomethingNew"


@pytest.mark.parametrize(
    "events",
    [
        (),
        (delta("Hello"),),
        (delta("Hello"), eventstream.event("metadata", {"usage": {"inputTokens": 1, "outputTokens": 1}})),
        (delta("Hello"), eventstream.event("messageStop", {"stopReason": "end_turn"})[:-9]),
    ],
)
def test_a_stream_that_ends_before_the_message_has_broken_off(server: BedrockServer, events: tuple[bytes, ...]):
    server.plan(STREAM, streamed(*events))

    with pytest.raises(EngineUnavailableError, match="broke off"):
        complete(chat(server))


@pytest.mark.parametrize("place", [0, 9, 20, -20, -2])
def test_a_message_that_was_changed_on_its_way_is_noticed(server: BedrockServer, place: int):
    changed = bytearray(delta("Hello"))
    changed[place] ^= 0x01
    stop = eventstream.event("messageStop", {"stopReason": "end_turn"})
    server.plan(STREAM, streamed(bytes(changed), stop))

    with pytest.raises(EngineUnavailableError, match="broke off"):
        complete(chat(server))


@pytest.mark.parametrize("after", [320, 400, 560])
def test_a_connection_that_ends_within_a_stream_is_unavailable(server: BedrockServer, after: int):
    server.written.deltas = ("Hello, Mina.", " What do you cook?")
    server.plan(STREAM, Cut(after))

    with pytest.raises(EngineUnavailableError) as raised:
        complete(chat(server))

    assert raised.value.may_have_run


# --- time ---


@BOTH
def test_a_vendor_that_hangs_is_left_after_the_time_out(server: BedrockServer, operation: str):
    server.plan(operation, Hang())

    with pytest.raises(EngineUnavailableError) as raised:
        complete(chat(server, operation, timeout_s=0.3))

    assert raised.value.may_have_run


@BOTH
def test_a_call_takes_no_longer_than_the_attempt_may(server: BedrockServer, operation: str):
    server.plan(operation, Hang())
    attempt = Attempt(seconds=5.3)  # 5 s of these are for storing the result

    with pytest.raises(EngineUnavailableError):
        complete(chat(server, operation), call=attempt)

    assert attempt.remaining_s > 0


def test_a_stream_that_falls_silent_is_left_after_the_time_out(server: BedrockServer, released: threading.Event):
    server.plan(STREAM, Held(before=b" to meet you", released=released))
    seen: list[str] = []

    with pytest.raises(EngineUnavailableError):
        complete(chat(server, timeout_s=2), seen=seen)

    assert seen[-1] == '{"reply": "Nice'


def test_a_job_that_is_cancelled_while_the_model_writes_ends_the_request(
    server: BedrockServer, released: threading.Event
):
    server.plan(STREAM, Held(before=b" to meet you", released=released))

    class Cancelling(list[str]):
        def append(self, text: str) -> None:
            if text:
                raise CancelledError

    with pytest.raises(CancelledError):
        complete(chat(server), seen=Cancelling())
