"""The bench of retrieval: any folder of documents, any table of questions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from ops.bench.retrieval import app
from ops.bench.tallying import Division, Outcome, Question, Tally

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = "# Guide\n\n## Fees\n\nThe fee is ten won.\n\n## Parking\n\nCars park behind the house.\n"
HEADER = "question\tdocument\tquote\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "guide.md").write_text(GUIDE)
    return tmp_path


def run(folder: Path, questions: str, *options: str):
    (folder / "questions.tsv").write_text(questions)
    arguments = [str(folder / "documents"), str(folder / "questions.tsv"), "--no-embeddings", *options]
    return CliRunner().invoke(app, arguments)


def test_it_reports_ranks_answers_and_refusals(folder: Path):
    asked = HEADER + "What is the fee?\tguide.md\tThe fee is ten won.\nWho painted the Mona Lisa?\t\t\n"
    result = run(folder, asked, "--json")
    numbers = json.loads(result.stdout)["report"]["numbers"]["all"]
    assert result.exit_code == 0
    assert numbers["rankings"]["words"] == {"recall_at_1": 1.0, "recall_at_5": 1.0, "mrr": 1.0}
    assert (numbers["on_topic"], numbers["answered"], numbers["quoted"]) == (1, 1, 1)
    assert (numbers["off_topic"], numbers["refused"]) == (1, 1)


def test_a_promise_that_is_missed_is_an_error(folder: Path):
    result = run(folder, HEADER + "Where do cars park?\t\t\n")
    assert result.exit_code == 1
    assert "MISSED: off-topic questions refused" in result.stdout


def outcome(value: float | None, *, on_topic: bool) -> Outcome:
    question = Question("What?", "guide.md" if on_topic else "", "")
    return Outcome(question, {}, supported=on_topic, quoted=on_topic, cpu_ms=1.0, value=value)


def test_it_says_which_support_divides_best():
    tally = Tally([outcome(value, on_topic=True) for value in (0.9, 0.8, 0.5, 0.2, None)])
    assert tally.division is None
    for value in (0.4, 0.3, 0.1, None):
        tally.add(outcome(value, on_topic=False))
    assert tally.division == Division(pytest.approx(0.45), answered=3, on_topic=4, refused=3, off_topic=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("model", ["{", '{"name": "word2vec"}', '{"name": "openai", "api_key": "sk-0123456789"}'])
def test_a_model_that_there_is_not_is_said_to_be_none_and_no_key_is_repeated(folder: Path, model: str):
    result = run(folder, HEADER + "What?\t\t\n", "--model", model)
    assert result.exit_code == 1
    assert "--model" in result.output
    assert "sk-" not in result.output


@pytest.mark.parametrize("table", ["", "question,document\n", "a\tb\tc\nx\ty\tz\n"])
def test_a_table_that_is_none_is_said_to_be(folder: Path, table: str):
    result = run(folder, table)
    assert result.exit_code == 1
    assert "is no table" in " ".join(result.output.split())


def test_a_file_that_is_no_document_is_named(folder: Path):
    (folder / "documents" / "a.zip").write_bytes(b"PK\x03\x04")
    result = run(folder, HEADER + "What?\t\t\n")
    assert result.exit_code == 1
    assert "a.zip: Word, Excel" in " ".join(result.output.split())
