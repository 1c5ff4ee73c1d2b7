"""Models of embeddings that refuse, fail, hang, or say what can't be, and what becomes of the job."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, TransientError, WorkError
from tests.faults import wire
from tests.integration.calling import Attempt, impatient
from tests.integration.embedding import KEY, MODELS, Model, model_of
from tests.integration.storing import NETWORK, fate_of
from tests.vendors import bedrock
from tests.vendors.embeddings import OpenAIEmbeddingsServer, ok, vectors
from tests.vendors.openai import refusal
from tests.vendors.server import Cut, Hang, HangUp, answer
from workers.retry import Fail, Retry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.connection import WatchedReader

SECRET = "mina's soup"


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    with model_of(request.param, monkeypatch) as model:
        yield model


@pytest.fixture
def openai(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    with model_of("openai", monkeypatch) as model:
        yield model


@pytest.fixture
def titan(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    with model_of("titan", monkeypatch) as model:
        yield model


def failure_of(model: Model, effect: Any, *, call: Attempt | None = None, **options: Any) -> WorkError:
    """What is let out where a vendor does that again and again, and is asked for half a second."""
    model.server.plan(model.operation, *[effect] * 99)
    with impatient(NETWORK), model.made(**options) as embeddings, pytest.raises(WorkError) as raised:
        embeddings.of_passages([SECRET], call or Attempt())
    assert raised.value.engine == model.engine
    assert SECRET not in str(raised.value)
    assert KEY not in str(raised.value)
    return raised.value


def test_a_throttled_job_waits_as_long_as_is_asked(model: Model):
    error = failure_of(model, model.refusal(429, retry_after="20"))

    assert isinstance(error, ThrottledError)
    assert fate_of(error) == Retry(20)
    assert model.server.times(model.operation) == 1  # the SDK does not try again


@pytest.mark.parametrize("status", [500, 503])
def test_a_vendor_that_fails_has_the_job_try_again_later(model: Model, status: int):
    error = failure_of(model, model.refusal(status, retry_after="7"))

    assert isinstance(error, EngineUnavailableError)
    assert error.retry_after_s == 7
    assert isinstance(fate_of(error), Retry)
    assert model.server.times(model.operation) == 1


@pytest.mark.parametrize(
    "effect", [HangUp(), HangUp(carried_out=True), Cut(400), answer(502, "text/html", b"<h1>Bad</h1>")]
)
def test_a_broken_connection_has_the_job_try_again_later(model: Model, effect: Any):
    error = failure_of(model, effect)

    assert isinstance(error, EngineUnavailableError)
    assert isinstance(fate_of(error), Retry)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_hiccup_of_one_request_does_not_cost_the_whole_document(model: Model, status: int):
    texts = ["soup"] * 100
    with model.made() as embeddings:
        embeddings.of_passages(texts, Attempt())
        usual = len(model.server.asked)
        model.server.plan(model.operation, model.refusal(status))

        embeddings.of_passages(texts, Attempt())

    assert len(model.server.asked) == 2 * usual + 1


def test_a_vendor_that_hangs_is_left_after_the_time_out(model: Model):
    error = failure_of(model, Hang(), timeout_s=0.3)

    assert isinstance(error, EngineUnavailableError)
    assert error.may_have_run
    assert isinstance(fate_of(error), Retry)


def test_a_call_takes_no_longer_than_the_attempt_may(model: Model):
    began = time.monotonic()

    error = failure_of(model, Hang(), call=Attempt(seconds=5.3))

    assert isinstance(error, EngineUnavailableError)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(("status", "code"), [(400, "refused_by_engine"), (404, "model_not_found")])
def test_a_refused_request_fails_the_job_and_the_vendors_words_are_not_passed_on(model: Model, status: int, code: str):
    error = failure_of(model, model.refusal(status, SECRET))

    assert isinstance(error, PermanentError)
    assert (error.code, fate_of(error)) == (code, Fail())
    assert model.server.times(model.operation) == 1


def test_credentials_that_are_refused_are_nothing_that_a_job_is_to_blame_for(model: Model):
    error = failure_of(model, model.refusal(403))

    assert isinstance(error, EngineUnavailableError)
    assert not error.may_have_run
    assert isinstance(fate_of(error), Retry)


def test_nobody_listening_is_certainly_nothing_begun(model: Model):
    where: Any = (
        {"base_url": "http://127.0.0.1:9/v1"} if model.name == "openai" else {"endpoint_url": "http://127.0.0.1:9"}
    )

    error = failure_of(model, HangUp(), **where)

    assert isinstance(error, EngineUnavailableError)
    assert not error.may_have_run


@pytest.mark.parametrize("status", [408, 424])
def test_a_model_of_bedrocks_that_fails_is_asked_once_more_and_no_further(titan: Model, status: int):
    error = failure_of(titan, titan.refusal(status))

    assert isinstance(error, PermanentError)
    assert (error.code, fate_of(error)) == ("model_failed", Fail())
    assert titan.server.times(titan.operation) == 2
    titan.server.recover()
    titan.server.plan(titan.operation, titan.refusal(status))
    with titan.made() as embeddings:
        assert embeddings.of_passages(["soup"], Attempt()).shape == (1, 256)


@pytest.mark.parametrize("code", ["ServiceQuotaExceededException", "ModelNotReadyException"])
def test_bedrocks_other_errors_mean_what_the_table_says(titan: Model, code: str):
    quota = code.startswith("ServiceQuota")

    error = failure_of(titan, bedrock.refusal(code, status=400 if quota else 429))

    assert isinstance(error, PermanentError if quota else ThrottledError)


@pytest.mark.parametrize("status", [408, 409])
def test_what_an_openai_server_says_is_passing_is_tried_again_later(openai: Model, status: int):
    error = failure_of(openai, openai.refusal(status, retry_after="9"))

    assert isinstance(error, EngineUnavailableError)
    assert isinstance(fate_of(error), Retry)


def test_an_account_without_credit_fails_the_job(openai: Model):
    error = failure_of(openai, refusal(429, "insufficient_quota", "insufficient_quota"))

    assert (error.code, fate_of(error)) == ("insufficient_quota", Fail())


def test_a_request_that_is_too_large_says_nothing_of_a_recording(openai: Model):
    error = failure_of(openai, openai.refusal(413))

    assert error.code == "refused_by_engine"


class Trickling(OpenAIEmbeddingsServer):
    """Answers a space at a time, so that it is never silent for long."""

    async def serve(self, reader: WatchedReader, writer: asyncio.StreamWriter) -> None:
        await wire.read_request(reader, writer)
        writer.write(answer(200, "application/json", b" " * 1_000)[:-1_000])
        while not reader.ended.is_set():
            writer.write(b" ")
            await asyncio.sleep(0.02)


def test_an_answer_that_trickles_does_not_outlast_the_time_out():
    with Trickling() as server:
        error = failure_of(Model("openai", server), None, api_key=None, timeout_s=1)

    assert "took too long" in error.message


ODD = [[1.0, 2.0], [1.0]]
NO_VECTORS: list[Any] = ["soup", [0.0] * 256, [float("nan")] * 256]
NO_ROWS: list[Any] = [
    [[1.0] * 1_024],
    {"float": []},
    {"float": ODD},
    {"int8": [[1] * 512]},
    {"float": [[1.0] * 512] * 2},
]
MALFORMED: dict[str, list[bytes]] = {
    "titan": [ok({}), *(ok({"embedding": one}) for one in NO_VECTORS)],
    "cohere-3": [ok({"embeddings": one}) for one in NO_ROWS],
    "cohere-4": [ok({"embeddings": one}) for one in NO_ROWS],
    "openai": [
        ok({"data": []}),
        vectors([[1.0] * 64] * 2),
        vectors(["c291cA=="]),
        vectors([[0.0] * 64]),
        vectors([[float("inf")] * 64]),
        ok({"data": [{"index": 1, "embedding": [1.0] * 64}]}),
        ok({"data": [{"embedding": [1.0] * 64}]}),
    ],
}


def test_an_answer_that_is_none_is_not_taken_for_one(model: Model):
    html = answer(200, "text/html", b"<h1>Sign in</h1>")
    for effect in [*MALFORMED[model.name], html, answer(200, "application/json", b"")]:
        error = failure_of(model, effect)
        model.server.recover()

        assert isinstance(error, TransientError)
        assert error.code == "unreadable_answer"
        assert isinstance(fate_of(error), Retry)


def test_vectors_of_another_length_than_the_settings_say_fail_the_job(model: Model):
    wrong = {
        "titan": ok({"embedding": [1.0] * 1_024}),
        "openai": vectors([[1.0] * 768]),
    }.get(model.name, ok({"embeddings": {"float": [[1.0] * 1_536]}}))

    error = failure_of(model, wrong)

    assert (error.code, fate_of(error)) == ("wrong_dimensions", Fail())
    assert "the settings say" in error.message
