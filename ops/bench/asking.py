"""Questions that are put to a collection of documents, and what comes back."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.bench.folder import MemoryFolder
from ops.bench.tallying import Outcome, Question
from ops.cli.output import fail
from schemas.reply.tasks import GroundedAnswer
from workers.engines.documents.read import read
from workers.engines.documents.refusals import REFUSALS, RefusedDocumentError
from workers.engines.ports import Asked, Document, Passage
from workers.engines.practice.grounded import grounded
from workers.engines.retrieval.support import value_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from schemas.usage import Usage
    from workers.engines.ports import Found
    from workers.engines.ports.call import SourceFile
    from workers.engines.retrieval.hybrid import HybridRetrieval, Ranked

_DEPTH, _PASSAGES = 50, 6


class NoCall:
    """Stands for the attempt that an engine works for."""

    token = "bench"  # noqa: S105 - no secret: the attempt's name
    remaining_s = 3_600.0

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        """Nobody watches."""

    def output(self, name: str) -> SourceFile:
        """Nothing is written."""
        raise NotImplementedError(name)

    def record_usage(self, usage: Usage) -> None:
        """Nobody is billed."""


@dataclass(frozen=True)
class Collection:
    """A folder's documents, indexed in memory."""

    engine: HybridRetrieval
    folder: MemoryFolder
    documents: int
    passages: int


def questions_of(path: Path) -> Sequence[Question]:
    """Read a table of questions."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or not {"question", "document", "quote"} <= rows[0].keys():
        fail(f"{path} is no table with the columns question, document and quote, divided by tabs.")
    return [Question(row["question"], row["document"] or "", row["quote"] or "") for row in rows]


def collection_of(folder: Path, engine: HybridRetrieval) -> Collection:
    """Read and index all files of a folder; one that is refused ends the command."""
    memory = MemoryFolder()
    documents = [_document(path) for path in sorted(folder.iterdir()) if path.is_file()]
    for document in documents:
        engine.add(document, memory, NoCall())
    return Collection(engine, memory, len(documents), sum(len(document.passages) for document in documents))


def ask(question: Question, collection: Collection) -> Outcome:
    """Put one question."""
    began = time.process_time()
    found = collection.engine.search(question.text, collection.folder, limit=_PASSAGES, call=NoCall())
    cpu_ms = (time.process_time() - began) * 1_000
    ranked = collection.engine.rank(question.text, collection.folder, limit=_DEPTH, call=NoCall())
    value = value_of(ranked.evidence) if ranked else None
    return Outcome(question, _ranks(question, ranked), found.supported, _is_quoted(question, found), cpu_ms, value)


def _document(path: Path) -> Document:
    try:
        reading, cuts = read(path.read_bytes(), path.name)
    except RefusedDocumentError as error:
        fail(f"{path.name}: {REFUSALS[error.args[0]][1]}")
    text = reading.text
    passages = (
        Passage(document=path.name, section=one.section, start=one.start, text=text[one.start : one.end])
        for one in cuts
    )
    return Document(name=path.name, text=text, passages=tuple(passages))


def _ranks(question: Question, ranked: Ranked | None) -> dict[str, int]:
    rankings = {
        "words": ranked.by_words if ranked else (),
        "meaning": ranked.by_meaning if ranked else (),
        "hybrid": ranked.best if ranked else (),
    }
    return {
        name: next((rank for rank, one in enumerate(passages, 1) if question.is_answered_by(one)), 0)
        for name, passages in rankings.items()
    }


def _is_quoted(question: Question, found: Found) -> bool:
    task = GroundedAnswer(type="grounded_answer", question=question.text, collection="bench")
    answer = grounded(Asked(task=task, found=found))
    return any(
        citation.document == question.document and question.quote in citation.quote for citation in answer.citations
    )
