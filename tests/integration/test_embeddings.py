"""Embeddings by Bedrock's models and by OpenAI-compatible servers."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from schemas.usage import Usage
from tests.integration.calling import Attempt
from tests.integration.embedding import MODELS, NAMES, Model, model_of
from tests.vendors.embeddings import OpenAIEmbeddingsServer, meaning, ok
from workers.work import CancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = [f"soup number {number}, 국 한 그릇" for number in range(200)]


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


def bodies(model: Model) -> list[dict[str, Any]]:
    return [json.loads(request.body) for _, request in model.server.asked]


def test_each_text_has_its_own_vector_of_length_1(model: Model):
    with model.made() as embeddings:
        rows = embeddings.of_passages(TEXTS, Attempt())

    wanted = np.array([meaning(text, embeddings.dimensions) for text in TEXTS])
    assert rows.dtype == np.float32
    assert np.allclose(rows, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-6)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-6)


def test_a_question_has_one_vector(model: Model):
    with model.made() as embeddings:
        row = embeddings.of_question("soup", Attempt())
        same = embeddings.of_passages(["soup"], Attempt())[0]

    assert row.shape == (embeddings.dimensions,)
    assert float(row @ same) == pytest.approx(1, abs=1e-6)


def test_a_name_says_model_and_dimensions(model: Model):
    with model.made() as embeddings:
        assert embeddings.name == NAMES[model.name]
        assert not embeddings.is_local
        assert embeddings.support is None


def test_as_many_requests_are_made_as_the_vendor_needs(model: Model):
    with model.made() as embeddings:
        embeddings.of_passages(TEXTS, Attempt())

    expected = {"titan": 200, "cohere-3": 3, "cohere-4": 3, "openai": 67}
    assert len(model.server.embedded) == expected[model.name]


PRICE = {"input": 0.02, "as_of": "2026-11-01"}


def test_what_a_vendor_has_read_is_counted_and_priced_as_a_whole(model: Model):
    call, question = Attempt(), Attempt()
    with model.made(price=PRICE) as embeddings:
        embeddings.of_passages(TEXTS, call)
        requests = len(model.server.embedded)
        embeddings.of_question("soup", question)

    # Each request has read nine tokens, a fifth of a micro-dollar: rounded up once, not for each of them.
    assert call.took == Usage(tokens=9 * requests, cost_microusd=math.ceil(9 * requests * 0.02))
    assert question.took == Usage(tokens=9, cost_microusd=1)


def test_without_a_price_tokens_are_counted_and_no_cost(model: Model):
    call = Attempt()
    with model.made() as embeddings:
        embeddings.of_question("soup", call)

    assert call.took == Usage(tokens=9)


UNCOUNTED = {
    "titan": ok({"embedding": [1.0] * 256}),
    "cohere-3": ok({"embeddings": {"float": [[1.0] * 1_024]}}),
    "cohere-4": ok({"embeddings": {"float": [[1.0] * 512]}}),
    "openai": ok({"data": [{"index": 0, "embedding": [1.0] * 64}]}),
}


def test_a_server_that_does_not_say_what_it_has_read_is_counted_as_nothing(model: Model):
    model.server.plan(model.operation, UNCOUNTED[model.name])
    call = Attempt()
    with model.made(price=PRICE) as embeddings:
        embeddings.of_question("soup", call)

    assert call.took == Usage()


def test_long_texts_are_cut_and_not_refused(model: Model):
    with model.made() as embeddings:
        assert embeddings.of_passages(["soup " * 20_000], Attempt()).shape == (1, embeddings.dimensions)


def test_letters_are_what_a_model_reads(model: Model):
    with model.made() as everything, model.made(latin_only=True) as latin:
        assert [everything.reads(text) for text in ("soup", "국", "123 !", "")] == [True, True, False, False]
        assert [latin.reads(text) for text in ("soup", "국", "hot soup 국", "123")] == [True, False, True, False]


def test_how_far_it_is_is_said_and_a_cancelled_job_asks_no_more(model: Model):
    def cancel() -> None:
        if model.server.asked:
            raise CancelledError

    with model.made() as embeddings, pytest.raises(CancelledError):
        embeddings.of_passages(TEXTS, Attempt(on_progress=cancel))

    assert len(model.server.asked) <= 3


@pytest.mark.parametrize("name", ["cohere-3", "cohere-4"])
def test_cohere_is_told_questions_from_passages(monkeypatch: pytest.MonkeyPatch, name: str):
    with model_of(name, monkeypatch) as model, model.made() as embeddings:
        embeddings.of_passages(["soup"], Attempt())
        embeddings.of_question("soup?", Attempt())

    assert [body["input_type"] for body in bodies(model)] == ["search_document", "search_query"]
    assert [body.get("output_dimension") for body in bodies(model)] == [512 if name == "cohere-4" else None] * 2


def test_an_arn_keeps_the_accounts_number_to_itself(titan: Model):
    arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/amazon.titan-embed-text-v2:0"

    with titan.made(model=arn) as embeddings:
        assert embeddings.name == "amazon.titan-embed-text-v2:0:256"
        embeddings.of_question("soup", Attempt())

    assert "111122223333" in titan.server.asked[0][1].target


def test_prefixes_stand_before_the_texts_and_make_other_vectors(openai: Model):
    with openai.made(passage_prefix="passage: ", question_prefix="query: ") as embeddings:
        embeddings.of_passages(["soup"], Attempt())
        embeddings.of_question("soup?", Attempt())

    assert [body["input"] for body in bodies(openai)] == [["passage: soup"], ["query: soup?"]]
    assert embeddings.name != NAMES["openai"]


def test_a_model_that_can_is_asked_for_so_many_dimensions(monkeypatch: pytest.MonkeyPatch):
    with model_of("openai", monkeypatch) as model:
        assert isinstance(model.server, OpenAIEmbeddingsServer)
        model.server.shortens = True
        with model.made(dimensions=32, asks_for_dimensions=True) as embeddings:
            assert embeddings.of_question("soup", Attempt()).shape == (32,)

    assert bodies(model)[0]["dimensions"] == 32


def test_a_server_that_asks_for_no_key_is_given_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    with model_of("openai", monkeypatch) as model:
        assert isinstance(model.server, OpenAIEmbeddingsServer)
        model.server.key = None
        with model.made(api_key=None) as embeddings:
            embeddings.of_question("soup", Attempt())

    assert "else" not in model.server.asked[0][1].headers["authorization"]
