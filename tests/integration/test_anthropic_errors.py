"""Anthropic that fails, hangs, refuses and breaks off, within its streams too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError
from tests.integration.anthropic_chatting import BOTH, KEY, chat, server_of
from tests.integration.bedrock_chatting import releasing
from tests.integration.calling import Attempt
from tests.integration.chatting import SECRET_TEXT, complete
from tests.vendors.anthropic import PATH, AnthropicServer, delta, error, event, refusal, streamed
from tests.vendors.server import Cut, Hang, HangUp, Held, answer
from workers.engines.llm.model import Stop
from workers.work import CancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnthropicServer]:
    with server_of(monkeypatch) as server:
        yield server


@BOTH
@pytest.mark.parametrize(
    ("effect", "retry_after_s"),
    [
        (refusal("rate_limit_error"), None),
        (refusal("rate_limit_error", retry_after="20"), 20.0),
        (refusal("rate_limit_error", retry_after_ms="1500"), 1.5),
        (refusal("rate_limit_error", retry_after="200", x_should_retry="true"), 200.0),
    ],
)
def test_a_throttled_call_has_the_job_wait_as_long_as_is_asked(
    server: AnthropicServer, way: str, effect: bytes, retry_after_s: float | None
):
    server.plan(PATH, effect)

    with pytest.raises(ThrottledError) as raised:
        complete(chat(server, way))

    assert (raised.value.engine, raised.value.retry_after_s) == ("anthropic", retry_after_s)
    assert server.times(PATH) == 1  # the SDK does not try again


@BOTH
@pytest.mark.parametrize(
    ("effect", "retry_after_s"),
    [
        (refusal("api_error"), None),
        (refusal("overloaded_error", retry_after="3"), 3.0),
        (refusal("timeout_error"), None),
        (refusal("conflict_error"), None),
        (refusal("api_error", status=408), None),
        (refusal("invalid_request_error", x_should_retry="true"), None),
        (answer(502, "text/html", b"<h1>Bad Gateway</h1>"), None),
        (HangUp(), None),
        (HangUp(carried_out=True), None),
        (Cut(60), None),
        (Cut(180), None),
        (Cut(400), None),
    ],
)
def test_a_vendor_that_fails_is_unavailable(
    server: AnthropicServer, way: str, effect: Any, retry_after_s: float | None
):
    server.plan(PATH, effect)

    with pytest.raises(EngineUnavailableError) as raised:
        complete(chat(server, way))

    assert raised.value.may_have_run
    assert raised.value.retry_after_s == retry_after_s
    assert server.times(PATH) == 1


@BOTH
@pytest.mark.parametrize(
    ("effect", "code", "said"),
    [
        (refusal("invalid_request_error", SECRET_TEXT), "refused_by_engine", "(400, invalid_request_error)"),
        (refusal("invalid_request_error", SECRET_TEXT, status=422), "refused_by_engine", "(422, invalid_"),
        (refusal("not_found_error", "model: claude-1"), "model_not_found", "settings"),
        (refusal("billing_error"), "insufficient_quota", "credit"),
        (
            refusal("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
            "insufficient_quota",
            "credit",
        ),
        (refusal("rate_limit_error", x_should_retry="false"), "refused_by_engine", "(429, rate_limit_error)"),
        (refusal("api_error", x_should_retry="false"), "refused_by_engine", "(500, api_error)"),
    ],
)
def test_a_refused_request_is_said_without_the_vendors_words(
    server: AnthropicServer, way: str, effect: bytes, code: str, said: str
):
    server.plan(PATH, effect)

    with pytest.raises(PermanentError) as raised:
        complete(chat(server, way))

    assert (raised.value.code, raised.value.engine) == (code, "anthropic")
    assert said in raised.value.message
    assert SECRET_TEXT not in raised.value.message
    assert server.times(PATH) == 1


@BOTH
@pytest.mark.parametrize(
    "effect",
    [
        refusal("request_too_large", "Request exceeds the maximum size"),
        refusal("invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum"),
        refusal("invalid_request_error", "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000"),
    ],
)
def test_a_prompt_that_is_too_long_is_told_from_other_refusals(server: AnthropicServer, way: str, effect: bytes):
    server.plan(PATH, effect)

    assert complete(chat(server, way)).stop is Stop.OVERFLOW


@BOTH
@pytest.mark.parametrize("kind", ["authentication_error", "permission_error"])
def test_a_key_that_is_refused_is_nothing_that_a_job_is_to_blame_for(server: AnthropicServer, way: str, kind: str):
    server.plan(PATH, refusal(kind, KEY))

    with pytest.raises(EngineUnavailableError) as raised:
        complete(chat(server, way))

    assert not raised.value.may_have_run
    assert KEY not in str(raised.value)


@BOTH
def test_nobody_listening_is_certainly_nothing_begun(server: AnthropicServer, way: str):
    with pytest.raises(EngineUnavailableError) as raised:
        complete(chat(server, way, base_url="http://127.0.0.1:9"))

    assert not raised.value.may_have_run


# --- within a stream ---


@pytest.mark.parametrize(
    ("kind", "raised_as"),
    [
        ("api_error", EngineUnavailableError),
        ("overloaded_error", EngineUnavailableError),
        ("timeout_error", EngineUnavailableError),
        ("something_new", EngineUnavailableError),
        ("rate_limit_error", ThrottledError),
        ("invalid_request_error", PermanentError),
        ("not_found_error", PermanentError),
    ],
)
def test_an_error_in_place_of_an_event_means_what_it_means_elsewhere(
    server: AnthropicServer, kind: str, raised_as: type[Exception]
):
    server.plan(PATH, streamed(delta("Hello"), error(kind, SECRET_TEXT)))
    seen: list[str] = []

    with pytest.raises(raised_as) as raised:
        complete(chat(server), seen=seen)

    assert seen == ["Hello"]
    assert type(raised.value) is raised_as
    assert SECRET_TEXT not in str(raised.value)


@pytest.mark.parametrize(
    "events",
    [
        (),
        (delta("Hello"),),
        (delta("Hello"), event("message_delta", delta={"stop_reason": "end_turn"})),
        (delta("Hello"), event("message_stop")),
        (b"<h1>Sign in</h1>",),
    ],
)
def test_a_stream_that_ends_before_the_message_has_broken_off(server: AnthropicServer, events: tuple[bytes, ...]):
    server.plan(PATH, streamed(*events))

    with pytest.raises(EngineUnavailableError, match="broke off"):
        complete(chat(server))


@pytest.mark.parametrize("after", [200, 700, 1_000])
def test_a_connection_that_ends_within_a_stream_is_unavailable(server: AnthropicServer, after: int):
    server.plan(PATH, Cut(after))

    with pytest.raises(EngineUnavailableError) as raised:
        complete(chat(server))

    assert raised.value.may_have_run


# --- time ---


@BOTH
def test_a_vendor_that_hangs_is_left_after_the_time_out(server: AnthropicServer, way: str):
    server.plan(PATH, Hang())

    with pytest.raises(EngineUnavailableError) as raised:
        complete(chat(server, way, timeout_s=0.3))

    assert raised.value.may_have_run


@BOTH
def test_a_call_takes_no_longer_than_the_attempt_may(server: AnthropicServer, way: str):
    server.plan(PATH, Hang())
    attempt = Attempt(seconds=5.3)  # 5 s of these are for storing the result

    with pytest.raises(EngineUnavailableError):
        complete(chat(server, way), call=attempt)

    assert attempt.remaining_s > 0


def test_a_stream_that_falls_silent_is_left_after_the_time_out(server: AnthropicServer):
    seen: list[str] = []
    with releasing() as released:
        server.plan(PATH, Held(before=b" to meet you", released=released))

        with pytest.raises(EngineUnavailableError):
            complete(chat(server, timeout_s=2), seen=seen)

    assert seen[-1] == '{"reply": "Nice'


def test_a_job_that_is_cancelled_while_the_model_writes_ends_the_request(server: AnthropicServer):
    class Cancelling(list[str]):
        def append(self, text: str) -> None:
            if text:
                raise CancelledError

    with releasing() as released:
        server.plan(PATH, Held(before=b" to meet you", released=released))

        with pytest.raises(CancelledError):
            complete(chat(server), seen=Cancelling())
