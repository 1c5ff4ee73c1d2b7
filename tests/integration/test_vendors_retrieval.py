"""Retrieval over vendors' stores and embeddings: what stands in the folder is found, as it is without a vendor."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ops.bench.folder import MemoryFolder
from ops.bench.retrieval import app
from schemas.errors import EngineUnavailableError
from schemas.usage import Usage
from tests.integration.calling import Attempt
from tests.integration.storing import DIMENSIONS, Vendor, vendor_of
from tests.retrieval import document
from tests.vendors.embeddings import PATH, OpenAIEmbeddingsServer
from tests.vendors.server import HangUp
from workers.engines import load_engine
from workers.engines.retrieval.hybrid import HybridRetrieval
from workers.engines.retrieval.segments import decoded
from workers.engines.retrieval.vendors.openai import OpenAIEmbeddings
from workers.engines.retrieval.vendors.options import OpenAIOptions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from workers.engines.ports import Found

GUIDE = document(
    "guide.md",
    "The course costs ninety thousand won a month.",
    "Classes begin at seven in the evening on weekdays.",
    "주차는 지하에 두 시간 무료입니다.",
)
RECIPES = document("recipes.md", "Boil the soup for an hour.", "Knead the dough and let it rest.")
FEE, TIMES, PARKING = (passage.text for passage in GUIDE.passages)


@pytest.fixture
def models() -> Iterator[OpenAIEmbeddingsServer]:
    with OpenAIEmbeddingsServer(dimensions=DIMENSIONS) as running:
        yield running


@pytest.fixture(params=["s3vectors", "pinecone"])
def vendor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vendor]:
    with vendor_of(request.param, monkeypatch) as vendor:
        yield vendor


def search(engine: HybridRetrieval, folder: MemoryFolder, question: str, limit: int = 5) -> Found:
    return engine.search(question, folder, limit=limit, call=Attempt())


def filled(engine: HybridRetrieval, name: str = "mina-course") -> MemoryFolder:
    folder = MemoryFolder(name)
    for one in (GUIDE, RECIPES):
        engine.add(one, folder, Attempt())
    return folder


@pytest.mark.parametrize("question", ["What does the course cost?", "in the evening", "주차는 무료인가요?", "soup"])
def test_a_vendors_store_finds_what_is_found_without_one(vendor: Vendor, models: OpenAIEmbeddingsServer, question: str):
    there = vendor.engine(models)
    given = {"base_url": f"{models.url}/v1", "model": "text-embedding-test", "dimensions": DIMENSIONS, "support": 0.4}
    here = HybridRetrieval(embeddings=OpenAIEmbeddings(OpenAIOptions(**given)))
    vendor.made.callback(here.close)

    found, wanted = search(there, filled(there), question), search(here, filled(here), question)

    assert found.passages == wanted.passages
    assert found.supported == wanted.supported
    assert found.sentences == ()  # to embed them, too, would be paid for


def test_what_is_stored_and_said_of_it(vendor: Vendor, models: OpenAIEmbeddingsServer):
    engine = vendor.engine(models)
    folder = filled(engine)

    assert engine.name == vendor.name
    assert engine.model == "bm25+text-embedding-test:64"
    assert len(vendor.server.keys) == 5
    segments = [decoded(data) for data in folder.files.values()]
    assert all(segment.vectors is None and segment.embeddings == engine.embeddings for segment in segments)
    stored = b"".join(request.body for operation, request in vendor.server.asked if operation == vendor.put)
    assert b"course" not in stored.replace(b"mina-course", b"")  # no text leaves but to the model


def test_owners_and_collections_are_kept_apart_in_one_index(vendor: Vendor, models: OpenAIEmbeddingsServer):
    engine = vendor.engine(models)
    mina, sora = MemoryFolder("mina-course"), MemoryFolder("sora-course")
    engine.add(GUIDE, mina, Attempt())
    engine.add(RECIPES, sora, Attempt())

    assert {one.document for one in search(engine, mina, "Boil the soup for an hour.").passages} == {"guide.md"}
    assert {one.document for one in search(engine, sora, "Boil the soup for an hour.").passages} == {"recipes.md"}


def test_what_the_index_has_and_the_folder_has_not_is_ignored(vendor: Vendor, models: OpenAIEmbeddingsServer):
    engine = vendor.engine(models)
    folder = filled(engine)
    gone = next(name for name, data in folder.files.items() if decoded(data).passages[0].document == "recipes.md")

    folder.delete([gone])

    assert len(vendor.server.keys) == 5
    assert {one.document for one in search(engine, folder, "Boil the soup for an hour.").passages} <= {"guide.md"}


def test_a_document_that_is_replaced_leaves_nothing_behind(vendor: Vendor, models: OpenAIEmbeddingsServer):
    engine = vendor.engine(models)
    folder = filled(engine)

    engine.add(document("guide.md", "The course is free now."), folder, Attempt())

    assert len(vendor.server.keys) == 3
    assert [one.text for one in search(engine, folder, "the course", 1).passages] == ["The course is free now."]


def test_a_document_that_is_there_is_neither_embedded_nor_stored_again(vendor: Vendor, models: OpenAIEmbeddingsServer):
    engine = vendor.engine(models)
    folder = filled(engine)
    requests = (len(models.asked), vendor.server.times(vendor.put))

    engine.add(GUIDE, folder, Attempt())

    assert (len(models.asked), vendor.server.times(vendor.put)) == requests


def test_a_document_whose_vectors_lie_elsewhere_is_stored_again(
    vendor: Vendor, models: OpenAIEmbeddingsServer, monkeypatch: pytest.MonkeyPatch
):
    folder = filled(vendor.engine(models))
    with vendor_of(vendor.name, monkeypatch) as other:
        moved = {} if vendor.name == "pinecone" else {"index": "sayline-2"}
        engine = other.engine(models, **moved)

        engine.add(GUIDE, folder, Attempt())

        assert len(other.server.keys) == 3
        assert search(engine, folder, "What does the course cost?", 1).passages[0].text == FEE


def test_a_store_that_failed_while_it_was_filled_is_filled_by_the_next_attempt(
    vendor: Vendor, models: OpenAIEmbeddingsServer
):
    engine, folder = vendor.engine(models), MemoryFolder("mina-course")
    vendor.server.plan(vendor.put, *[HangUp(carried_out=True)] * 99)
    with pytest.raises(EngineUnavailableError):
        engine.add(GUIDE, folder, Attempt(seconds=5.2))
    assert folder.files == {}  # nobody finds half a document
    vendor.server.recover()

    engine.add(GUIDE, folder, Attempt())

    assert len(vendor.server.keys) == 3
    assert search(engine, folder, "What does the course cost?", 1).passages[0].text == FEE


def test_indexing_and_asking_say_what_embedding_took(vendor: Vendor, models: OpenAIEmbeddingsServer):
    engine = vendor.engine(models, embeddings={"price": {"input": 1.0, "as_of": "2026-11-01"}})
    folder, indexed, again, asked = MemoryFolder("mina-course"), Attempt(), Attempt(), Attempt()

    engine.add(GUIDE, folder, indexed)
    engine.add(GUIDE, folder, again)
    engine.search("What does the course cost?", folder, limit=1, call=asked)

    assert indexed.took == asked.took == Usage(tokens=9, cost_microusd=9)
    assert again.took == Usage()


def test_embeddings_that_fail_leave_nothing_behind(vendor: Vendor, models: OpenAIEmbeddingsServer):
    engine, folder = vendor.engine(models), MemoryFolder("mina-course")
    models.plan(PATH, *[HangUp()] * 99)

    with pytest.raises(EngineUnavailableError) as raised:
        engine.add(GUIDE, folder, Attempt(seconds=5.2))

    assert raised.value.engine == "openai-embeddings"
    assert (folder.files, vendor.server.keys) == ({}, [])


def test_what_a_model_cannot_read_is_found_by_its_words(vendor: Vendor, models: OpenAIEmbeddingsServer):
    engine = vendor.engine(models, embeddings={"latin_only": True})
    folder = filled(engine)

    assert len(vendor.server.keys) == 4
    assert not any(PARKING in text for texts in models.embedded for text in texts)
    assert search(engine, folder, "주차는 무료인가요?", 1).passages[0].text == PARKING


def test_a_collection_that_no_model_could_read_is_asked_all_the_same(vendor: Vendor, models: OpenAIEmbeddingsServer):
    engine, folder = vendor.engine(models, embeddings={"latin_only": True}), MemoryFolder("mina-course")
    engine.add(document("안내.md", PARKING), folder, Attempt())

    assert search(engine, folder, "Is parking free?").passages == ()


def test_without_a_measured_support_the_words_alone_decide(vendor: Vendor, models: OpenAIEmbeddingsServer):
    measured = vendor.engine(models)
    unmeasured = vendor.engine(models, embeddings={"support": None})
    folder = filled(measured)

    assert search(measured, folder, "Boil an hour at the dough").supported
    assert search(unmeasured, folder, "What does the course cost a month?").supported
    assert not search(unmeasured, folder, "Who painted the ceiling of the chapel?").supported


def test_the_embedded_model_can_be_had_with_a_vendors_store(vendor: Vendor, monkeypatch: pytest.MonkeyPatch):
    with vendor_of(vendor.name, monkeypatch, dimensions=384) as wide:
        engine = load_engine("retrieval", vendor.name, wide.options, {"region": "us-east-1"})
        vendor.made.callback(engine.close)
        folder = filled(engine)

        found = search(engine, folder, "What is the price of the lessons?", 1)

    assert engine.embeddings == "all-MiniLM-L6-v2"
    assert found.passages[0].text == FEE
    assert found.sentences  # at no price


def test_the_bench_says_which_support_a_vendors_model_needs(models: OpenAIEmbeddingsServer, tmp_path: Path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "guide.txt").write_text(f"{FEE}\n\n{TIMES}\n", "utf-8")
    asked = f"What does the course cost a month?\tguide.txt\t{FEE}\nWho painted the chapel?\t\t\n"
    (tmp_path / "questions.tsv").write_text(f"question\tdocument\tquote\n{asked}", "utf-8")
    model = {"name": "openai", "base_url": f"{models.url}/v1", "model": "m", "dimensions": DIMENSIONS}
    arguments = [str(tmp_path / "library"), str(tmp_path / "questions.tsv"), "--model", json.dumps(model)]

    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 0, result.output
    assert "divides best the questions that the model can read: 1 of 1 answered, 1 of 1 refused" in " ".join(
        result.output.split()
    )
    assert len(models.embedded) > 1
