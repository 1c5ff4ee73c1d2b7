"""Image servers of OpenAI's protocol that filter, fail, hang, refuse and break off, and what becomes of the job."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, TransientError
from tests.integration.calling import Attempt, impatient
from tests.integration.drawing import KEY, SECRET_TEXT, drawn, failure, openai
from tests.vendors.openai import refusal
from tests.vendors.openai_images import PATH, OpenAIImagesServer, answered, encoded, moderated, whole
from tests.vendors.pictures import png
from tests.vendors.server import Cut, Hang, HangUp, answer
from workers.retry import Fail, GiveUp, Park, Retry
from workers.work import CancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINE = "workers.engines.openai.images"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIImagesServer]:
    with openai(monkeypatch, takes=frozenset({"response_format"})) as server:
        yield server


# --- filters ---


@pytest.mark.parametrize(
    "effect",
    [
        moderated(),
        moderated("content_policy_violation"),
        refusal(400, "invalid_request_error", "content_filter", SECRET_TEXT),
        refusal(400, "invalid_request_error", "contentFilter", SECRET_TEXT),
        # With 200: of a gateway, and of a server that leaves out what it holds back.
        answered({"error": {"message": SECRET_TEXT, "type": "x", "code": "moderation_blocked"}}),
        whole(),
        whole({"b64_json": "", "url": None}),
        whole({"b64_json": None, "revised_prompt": SECRET_TEXT}),
    ],
)
def test_a_filter_fails_the_job_for_good(server: OpenAIImagesServer, effect: bytes):
    server.plan(PATH, effect)

    error, fate = failure(server)

    assert (error.code, fate) == ("refused_by_policy", Fail())
    assert server.times(PATH) == 1


# --- the job tries again later ---


@pytest.mark.parametrize(
    ("effect", "retry_after_s"),
    [
        (refusal(429, "requests", "rate_limit_exceeded", SECRET_TEXT, retry_after="20"), 20),
        (refusal(429, "requests", "rate_limit_exceeded", retry_after_ms="21500"), 22),
    ],
)
def test_a_throttled_job_waits_as_long_as_is_asked(server: OpenAIImagesServer, effect: bytes, retry_after_s: int):
    server.plan(PATH, effect)

    error, fate = failure(server)

    assert (error.code, fate) == ("throttled", Retry(retry_after_s))
    assert server.drawn == []


def test_a_throttle_of_a_moment_is_waited_out(server: OpenAIImagesServer):
    server.plan(PATH, refusal(429, "requests", "rate_limit_exceeded", retry_after_ms="10"))

    assert drawn(server).image


@pytest.mark.parametrize(
    "effect",
    [
        refusal(500, "server_error", message=SECRET_TEXT),
        refusal(503, "server_error", "overloaded", SECRET_TEXT),
        refusal(504, "server_error"),
        refusal(408, "timeout"),
        refusal(409, "conflict"),
        answer(502, "text/html", b"<h1>Bad Gateway</h1>"),
        HangUp(),
        HangUp(carried_out=True),
        Cut(60),
        Cut(300),
    ],
)
def test_a_server_that_fails_is_not_asked_twice_for_what_it_may_have_drawn(server: OpenAIImagesServer, effect: Any):
    server.plan(PATH, effect)

    error, fate = failure(server)

    assert isinstance(error, EngineUnavailableError)
    assert error.may_have_run
    assert isinstance(fate, Retry | Park)
    assert server.times(PATH) == 1


def test_attempts_come_to_an_end(server: OpenAIImagesServer):
    server.plan(PATH, refusal(500, "server_error"))

    assert failure(server, attempt=3)[1] == GiveUp()


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_nothing_that_a_job_is_to_blame_for(server: OpenAIImagesServer, status: int):
    server.plan(PATH, *[refusal(status, "invalid_request_error", "invalid_api_key", KEY)] * 99)

    with impatient(ENGINE):
        error, fate = failure(server)

    assert isinstance(error, EngineUnavailableError)
    assert not error.may_have_run
    assert isinstance(fate, Retry)
    assert KEY not in str(error)


def test_nobody_listening_is_certainly_nothing_begun(server: OpenAIImagesServer):
    with impatient(ENGINE):
        error, _ = failure(server, options={"base_url": "http://127.0.0.1:9/v1"})

    assert isinstance(error, EngineUnavailableError)
    assert not error.may_have_run


# --- refused ---


@pytest.mark.parametrize(
    ("effect", "code", "said"),
    [
        (
            refusal(400, "invalid_request_error", "invalid_value", SECRET_TEXT),
            "refused_by_engine",
            "400, inval",
        ),
        (refusal(422, "invalid_request_error", SECRET_TEXT + " is bad"), "refused_by_engine", "422)"),
        (refusal(413, "invalid_request_error"), "refused_by_engine", "description is longer"),
        (refusal(404, "invalid_request_error", "model_not_found"), "model_not_found", "does not have the model"),
        (refusal(429, "insufficient_quota", "insufficient_quota"), "insufficient_quota", "no credit left"),
    ],
)
def test_a_refused_request_fails_the_job(server: OpenAIImagesServer, effect: bytes, code: str, said: str):
    server.plan(PATH, effect)

    error, fate = failure(server)

    assert (error.code, fate) == (code, Fail())
    assert said in error.message
    assert server.times(PATH) == 1


# --- answers that are none ---


@pytest.mark.parametrize(
    "effect",
    [
        answered({}),
        answered([]),
        answered({"data": None}),
        answered({"data": [7]}),
        answered({"error": {"message": SECRET_TEXT, "code": 500}}),
        whole({"b64_json": "%%%"}),
        whole({"b64_json": "iVBORw0KGg"}),
        whole({"b64_json": encoded(b"<h1>Sign in</h1>")}),
        whole({"b64_json": encoded(b"GIF89a")}),
        answer(200, "text/html", b"<h1>Sign in</h1>"),
        answer(200, "application/json", b""),
    ],
)
def test_an_answer_that_is_no_picture_is_not_taken_for_one(server: OpenAIImagesServer, effect: bytes):
    server.plan(PATH, effect)

    error, fate = failure(server)

    assert type(error) is TransientError
    assert error.code == "unreadable_answer"
    assert isinstance(fate, Retry)


def test_an_answer_beyond_all_measure_is_not_read_to_its_end(
    server: OpenAIImagesServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("workers.engines.openai.images.MAX_ANSWER_BYTES", 100_000)
    server.plan(PATH, whole({"b64_json": encoded(png("x") + bytes(100_000))}))

    error, fate = failure(server)

    assert (error.code, fate) == ("picture_too_large", Fail())


# --- time ---


def test_a_server_that_hangs_is_left_after_the_time_out(server: OpenAIImagesServer):
    server.plan(PATH, Hang())

    error, fate = failure(server, options={"timeout_s": 0.3})

    assert isinstance(error, EngineUnavailableError)
    assert error.may_have_run
    assert isinstance(fate, Retry)


def test_a_picture_takes_no_longer_than_the_attempt_may(server: OpenAIImagesServer):
    server.plan(PATH, Hang())
    attempt = Attempt(seconds=15.4)  # 15 s of these are for processing and storing it

    failure(server, call=attempt)

    assert attempt.remaining_s > 0


def test_an_answer_that_comes_in_drops_takes_no_longer_than_it_may(server: OpenAIImagesServer):
    server.plan(PATH, whole({"b64_json": encoded(png("x") + bytes(300_000))}))
    attempt = Attempt(on_progress=lambda: time.sleep(0.7))  # as if each part had taken so long

    error, _ = failure(server, call=attempt, options={"timeout_s": 1.5})

    assert error.message == "The picture took too long."


def test_a_job_that_is_cancelled_before_is_not_drawn(server: OpenAIImagesServer):
    def cancelled() -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        drawn(server, call=Attempt(on_progress=cancelled))

    assert server.asked == []


def test_a_job_that_is_cancelled_while_the_picture_comes_ends_the_request(server: OpenAIImagesServer):
    def cancelled() -> None:
        if server.asked:
            raise CancelledError

    with pytest.raises(CancelledError):
        drawn(server, call=Attempt(on_progress=cancelled))
