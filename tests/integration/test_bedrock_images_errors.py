"""Bedrock's image models that filter, fail, hang, refuse and break off, and what becomes of the job."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, TransientError
from tests.integration.calling import Attempt, impatient
from tests.integration.drawing import SECRET_TEXT, bedrock, drawn, failure
from tests.vendors.bedrock import refusal
from tests.vendors.bedrock_images import CORE, INVOKE, ULTRA, BedrockImagesServer, Outcome, whole
from tests.vendors.server import Cut, Hang, HangUp, answer
from workers.retry import Fail, GiveUp, Park, Retry
from workers.work import CancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINE = "workers.engines.bedrock_images.engine"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BedrockImagesServer]:
    with bedrock(monkeypatch) as server:
        yield server


# --- filters ---


@pytest.mark.parametrize("reason", ["prompt", "output image", "input image"])
@pytest.mark.parametrize("with_images", [True, False])
def test_a_filter_that_answers_with_200_fails_the_job_for_good(
    server: BedrockImagesServer, reason: str, *, with_images: bool
):
    server.outcomes.append(Outcome(f"Filter reason: {reason}", with_images))

    error, fate = failure(server)

    assert (error.code, fate) == ("refused_by_policy", Fail())
    assert server.times(INVOKE) == 1


@pytest.mark.parametrize(
    "message",
    [
        f"This request has been blocked by our content filters. Our filters automatically flagged {SECRET_TEXT}.",
        "invalid_prompts: (400, 'invalid_prompts', 'One or more prompts contains filtered words.')",
        "The generated image(s) may conflict with our AUP or AWS Responsible AI Policy.",
    ],
)
def test_a_filter_that_answers_with_an_error_does_so_too(server: BedrockImagesServer, message: str):
    server.plan(INVOKE, refusal("ValidationException", message))

    error, fate = failure(server)

    assert (error.code, fate) == ("refused_by_policy", Fail())
    assert server.times(INVOKE) == 1


def test_another_fault_of_the_request_is_no_filter(server: BedrockImagesServer):
    server.plan(INVOKE, refusal("ValidationException", f"Malformed input request: {SECRET_TEXT}"))

    error, fate = failure(server)

    assert (error.code, fate) == ("refused_by_engine", Fail())


# --- once more, and no more ---

ONCE_MORE = [
    Outcome("Inference error"),
    Outcome("Something new"),
    refusal("ModelTimeoutException", SECRET_TEXT),
    refusal("ModelErrorException", SECRET_TEXT),
]


def fails(server: BedrockImagesServer, how: Outcome | bytes) -> None:
    if isinstance(how, Outcome):
        server.outcomes.append(how)
    else:
        server.plan(INVOKE, how)


@pytest.mark.parametrize("how", ONCE_MORE)
def test_a_model_that_fails_at_a_picture_is_asked_once_more(server: BedrockImagesServer, how: Outcome | bytes):
    fails(server, how)

    assert drawn(server).image
    assert server.times(INVOKE) == 2


@pytest.mark.parametrize("how", ONCE_MORE)
def test_a_model_that_fails_again_fails_the_job(server: BedrockImagesServer, how: Outcome | bytes):
    for _ in range(9):
        fails(server, how)

    error, fate = failure(server)

    assert (error.code, fate) == ("model_failed", Fail())
    assert server.times(INVOKE) == 2


def test_what_is_filtered_at_the_second_time_is_filtered(server: BedrockImagesServer):
    server.outcomes.extend([Outcome("Inference error"), Outcome("Filter reason: output image")])

    assert failure(server)[0].code == "refused_by_policy"


# --- the job tries again later ---


@pytest.mark.parametrize("code", ["ThrottlingException", "ModelNotReadyException"])
def test_a_throttled_job_waits_as_long_as_is_asked(server: BedrockImagesServer, code: str):
    server.plan(INVOKE, refusal(code, SECRET_TEXT, retry_after="9"))

    error, fate = failure(server)

    assert error.code == "throttled"
    assert isinstance(fate, Retry)
    assert fate.delay_s >= 9
    assert server.paid == []


def test_a_throttle_of_a_moment_is_waited_out(server: BedrockImagesServer):
    server.plan(INVOKE, refusal("ThrottlingException"))

    assert drawn(server).image


@pytest.mark.parametrize(
    "effect",
    [
        refusal("InternalServerException", SECRET_TEXT),
        refusal("ServiceUnavailableException", SECRET_TEXT),
        answer(502, "text/html", b"<h1>Bad Gateway</h1>"),
        HangUp(),
        HangUp(carried_out=True),
        Cut(60),
        Cut(250),
        answer(200, "application/json", b""),
    ],
)
def test_a_vendor_that_fails_is_not_asked_twice_for_what_it_may_have_drawn(server: BedrockImagesServer, effect: Any):
    server.plan(INVOKE, effect)

    error, fate = failure(server)

    assert isinstance(error, EngineUnavailableError)
    assert error.may_have_run
    assert isinstance(fate, Retry | Park)
    assert server.times(INVOKE) == 1


def test_attempts_come_to_an_end(server: BedrockImagesServer):
    server.plan(INVOKE, refusal("InternalServerException"))

    assert failure(server, attempt=3)[1] == GiveUp()


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException"])
def test_credentials_that_are_refused_are_nothing_that_a_job_is_to_blame_for(server: BedrockImagesServer, code: str):
    server.plan(INVOKE, *[refusal(code, status=403)] * 99)

    with impatient(ENGINE):
        error, fate = failure(server)

    assert isinstance(error, EngineUnavailableError)
    assert not error.may_have_run
    assert isinstance(fate, Retry)


def test_nobody_listening_is_certainly_nothing_begun(server: BedrockImagesServer):
    with impatient(ENGINE):
        error, _ = failure(server, options={"endpoint_url": "http://127.0.0.1:9"})

    assert isinstance(error, EngineUnavailableError)
    assert not error.may_have_run


# --- refused ---


def test_models_that_are_all_gone_fail_the_job(server: BedrockImagesServer):
    server.models.clear()

    error, fate = failure(server, options={"models": [{"id": CORE}, {"id": ULTRA}]})

    assert (error.code, fate) == ("model_not_found", Fail())
    assert server.times(INVOKE) == 2


def test_a_quota_that_is_used_up_fails_the_job(server: BedrockImagesServer):
    server.plan(INVOKE, refusal("ServiceQuotaExceededException", SECRET_TEXT))

    error, fate = failure(server)

    assert (error.code, fate) == ("refused_by_engine", Fail())


def test_another_models_fault_has_no_other_model_draw(server: BedrockImagesServer):
    server.outcomes.append(Outcome("Filter reason: prompt"))

    failure(server, options={"models": [{"id": CORE}, {"id": ULTRA}]})

    assert [asked["model"] for asked in server.paid] == [CORE]


# --- answers that are none ---


def _image(data: bytes) -> dict[str, Any]:
    return {"seeds": [1], "finish_reasons": [None], "images": [base64.b64encode(data).decode()]}


@pytest.mark.parametrize(
    "effect",
    [
        whole({}),
        whole([]),
        whole({"images": [], "seeds": [1], "finish_reasons": [None]}),
        whole({"images": ["%%%"], "seeds": [1], "finish_reasons": [None]}),
        whole({"images": ["iVBORw0KGg"], "seeds": [1], "finish_reasons": [None]}),
        whole({"images": [7], "seeds": [1]}),
        whole({"images": ["aGVsbG8="], "seeds": ["x"]}),
        whole(_image(b"")),
        whole(_image(b"<svg xmlns='http://www.w3.org/2000/svg'/>")),
        whole(_image(b"GIF89a")),
        answer(200, "text/html", b"<h1>Sign in</h1>"),
        answer(200, "application/json", b'{"images": ["iVBORw0KG'),
    ],
)
def test_an_answer_that_is_no_picture_is_not_taken_for_one(server: BedrockImagesServer, effect: bytes):
    server.plan(INVOKE, effect)

    error, fate = failure(server)

    assert type(error) is TransientError
    assert error.code == "unreadable_answer"
    assert isinstance(fate, Retry)


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xe0JFIF", b"RIFF\x10\0\0\0WEBPVP8 "])
def test_a_jpeg_or_webp_is_a_picture_as_well(server: BedrockImagesServer, data: bytes):
    server.plan(INVOKE, whole(_image(data)))

    assert drawn(server).image == data


def test_an_answer_beyond_all_measure_is_not_read_to_its_end(
    server: BedrockImagesServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("workers.engines.bedrock_images.engine.MAX_ANSWER_BYTES", 100_000)
    server.plan(INVOKE, whole(_image(b"\x89PNG\r\n\x1a\n" + bytes(100_000))))

    error, fate = failure(server)

    assert (error.code, fate) == ("picture_too_large", Fail())


# --- time ---


def test_a_vendor_that_hangs_is_left_after_the_time_out(server: BedrockImagesServer):
    server.plan(INVOKE, Hang())

    error, fate = failure(server, options={"timeout_s": 0.3})

    assert isinstance(error, EngineUnavailableError)
    assert error.may_have_run
    assert isinstance(fate, Retry)


def test_a_picture_takes_no_longer_than_the_attempt_may(server: BedrockImagesServer):
    server.plan(INVOKE, Hang())
    attempt = Attempt(seconds=15.4)  # 15 s of these are for processing and storing it

    failure(server, call=attempt)

    assert attempt.remaining_s > 0


def test_a_job_that_is_cancelled_before_is_not_drawn(server: BedrockImagesServer):
    def cancelled() -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        drawn(server, call=Attempt(on_progress=cancelled))

    assert server.asked == []


def test_a_job_that_is_cancelled_while_the_picture_comes_ends_the_request(server: BedrockImagesServer):
    def cancelled() -> None:
        if server.asked:
            raise CancelledError

    with pytest.raises(CancelledError):
        drawn(server, call=Attempt(on_progress=cancelled))


def test_an_answer_that_comes_in_drops_takes_no_longer_than_it_may(server: BedrockImagesServer):
    server.plan(INVOKE, whole(_image(b"\x89PNG\r\n\x1a\n" + bytes(300_000))))
    attempt = Attempt(on_progress=lambda: time.sleep(0.7))  # as if each part had taken so long

    error, _ = failure(server, call=attempt, options={"timeout_s": 1.5})

    assert error.message == "The picture took too long."
    assert isinstance(error, EngineUnavailableError)
