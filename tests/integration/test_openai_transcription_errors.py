"""OpenAI-compatible servers that fail, hang and refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, TransientError
from tests.integration.calling import impatient
from tests.integration.openai_transcribing import KEY, Call, server_of, transcribe
from tests.vendors.openai import PATH, OpenAIServer, refusal
from tests.vendors.server import Cut, Hang, HangUp, answer
from workers.engines.retry_after import asked_s
from workers.work import CancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINE = "workers.engines.openai.transcription"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with server_of(monkeypatch) as server:
        yield server


@pytest.mark.parametrize(
    ("effect", "retry_after_s"),
    [
        (refusal(429, "requests", "rate_limit_exceeded", retry_after="20"), 20.0),
        (refusal(429, "requests", "rate_limit_exceeded", retry_after_ms="21500"), 21.5),
    ],
)
def test_a_throttled_call_has_the_job_wait_as_long_as_is_asked(
    server: OpenAIServer, effect: bytes, retry_after_s: float
):
    server.plan(PATH, effect)

    with pytest.raises(ThrottledError) as raised:
        transcribe(server)

    assert raised.value.retry_after_s == retry_after_s
    assert server.transcribed == []


def test_a_throttle_of_a_moment_is_waited_out(server: OpenAIServer):
    server.plan(PATH, refusal(429, "requests", "rate_limit_exceeded", retry_after_ms="10"))

    assert transcribe(server).text == "Hello, how are you? Fine."


def test_a_retry_after_may_be_a_date():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)

    wait_s = asked_s({"retry-after": soon})

    assert wait_s is not None
    assert 28 < wait_s <= 30
    assert asked_s({"retry-after": "2.5"}) == 2.5
    assert asked_s({"retry-after": "Sat, 01 Jan 2000 00:00:00 GMT"}) == 0
    assert asked_s({"retry-after": "soon"}) is None
    assert asked_s({}) is None


def test_an_account_without_credit_is_said_and_not_tried_again(server: OpenAIServer):
    server.plan(PATH, refusal(429, "insufficient_quota", "insufficient_quota"))

    with pytest.raises(PermanentError) as raised:
        transcribe(server)

    assert raised.value.code == "insufficient_quota"


@pytest.mark.parametrize(
    ("effect", "retry_after_s"),
    [
        (refusal(500, "server_error"), None),
        (refusal(503, "server_error", "overloaded", retry_after="5"), 5.0),
        (refusal(408, "timeout"), None),
        (answer(502, "text/html", b"<h1>Bad Gateway</h1>"), None),
        (HangUp(), None),
        (HangUp(carried_out=True), None),
        (Cut(300), None),
    ],
)
def test_a_server_that_fails_is_unavailable_and_is_not_asked_twice_for_what_it_may_have_done(
    server: OpenAIServer, effect: Any, retry_after_s: float | None
):
    server.plan(PATH, effect)

    with pytest.raises(EngineUnavailableError) as raised:
        transcribe(server)

    assert raised.value.retry_after_s == retry_after_s
    assert raised.value.may_have_run
    assert server.times(PATH) == 1


def test_a_server_that_hangs_is_left_after_the_time_out(server: OpenAIServer):
    server.plan(PATH, Hang())

    with pytest.raises(EngineUnavailableError) as raised:
        transcribe(server, options={"timeout_s": 0.3})

    assert raised.value.may_have_run


def test_a_call_takes_no_longer_than_the_attempt_may(server: OpenAIServer):
    server.plan(PATH, Hang())

    with pytest.raises(EngineUnavailableError):
        transcribe(server, call=Call(remaining_s=10.3))


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_nothing_that_a_job_is_to_blame_for(server: OpenAIServer, status: int):
    server.plan(PATH, *[refusal(status, "invalid_request_error", "invalid_api_key")] * 99)

    with impatient(ENGINE), pytest.raises(EngineUnavailableError) as raised:
        transcribe(server)

    assert not raised.value.may_have_run
    assert KEY not in str(raised.value)


def test_nobody_listening_is_certainly_nothing_begun(server: OpenAIServer):
    with impatient(ENGINE), pytest.raises(EngineUnavailableError) as raised:
        transcribe(server, options={"base_url": "http://127.0.0.1:9/v1"})

    assert not raised.value.may_have_run


@pytest.mark.parametrize(
    ("effect", "code", "said"),
    [
        (
            refusal(400, "invalid_request_error", "invalid_value", "Hello is no prompt"),
            "refused_by_engine",
            "400, inva",
        ),
        (refusal(404, "invalid_request_error", "model_not_found"), "refused_by_engine", "404, model_not_found"),
        (refusal(422, "invalid_request_error", "Hello is bad"), "refused_by_engine", "422)"),
        (refusal(413, "invalid_request_error"), "audio_too_long", "longer"),
    ],
)
def test_a_refused_request_is_not_made_again_and_the_servers_words_are_not_passed_on(
    server: OpenAIServer, effect: bytes, code: str, said: str
):
    server.plan(PATH, effect)

    with pytest.raises(PermanentError) as raised:
        transcribe(server)

    assert (raised.value.code, raised.value.engine) == (code, "openai")
    assert said in raised.value.message
    assert "Hello" not in raised.value.message
    assert server.times(PATH) == 1


@pytest.mark.parametrize("body", [b"<h1>Sign in</h1>", b"{}", b'{"text": "x", "words": [{}]}', b""])
def test_an_answer_that_is_no_transcript_is_not_taken_for_one(server: OpenAIServer, body: bytes):
    server.plan(PATH, answer(200, "text/html", body))

    with pytest.raises(TransientError) as raised:
        transcribe(server)

    assert raised.value.code == "unreadable_answer"


def test_a_job_that_was_cancelled_before_is_not_sent(server: OpenAIServer):
    def cancel() -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        transcribe(server, call=Call(on_progress=cancel))

    assert server.asked == []
