"""Retrieval by words and by meaning, over any embeddings and any store of vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from schemas.collections import document_key, newest, parse
from schemas.errors import PermanentError
from workers.engines.ports import Found
from workers.engines.retrieval.collection import Collections
from workers.engines.retrieval.fusion import fused
from workers.engines.retrieval.likeness import likened, nearest_in, rows_of
from workers.engines.retrieval.segments import MIME, Segment, encoded, name_for
from workers.engines.retrieval.support import Evidence, evidence_of, is_supported, lead_of
from workers.engines.retrieval.words import asked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from schemas.collections import SegmentName
    from workers.engines.ports import Call, Document, Folder, Passage, Quote, RetrievalCall
    from workers.engines.retrieval.collection import Indexed
    from workers.engines.retrieval.embeddings import Embeddings
    from workers.engines.retrieval.vectors import VectorStore

#: Passages that a ranking goes down to.
DEPTH = 50
#: What a ranking by meaning counts, beside one by words; from 1 to 2 it makes little difference.
MEANING_WEIGHT = 1.5
#: A collection takes no more: it is kept in memory, and searched without an index of vectors.
MAX_PASSAGES, MAX_DOCUMENTS = 10_000, 1_000


@dataclass(frozen=True)
class Ranked:
    """A collection's passages as a question ranks them, each time best first."""

    by_words: tuple[Passage, ...]
    by_meaning: tuple[Passage, ...]
    """None where the model can't read the question, or there is no model."""
    best: tuple[Passage, ...]
    """By both."""
    evidence: Evidence


class HybridRetrieval:
    """What implements RetrievalEngine; an engine adds its name, its options and what it is made of."""

    name: ClassVar[str] = "hybrid"

    def __init__(self, *, embeddings: Embeddings | None, store: VectorStore | None = None) -> None:
        """Make it of its parts.

        Args:
            embeddings: None to go by words alone.
            store: where vectors lie; None for the documents' own files.
        """
        self._embeddings = embeddings
        self._store = store
        self._collections = Collections()

    @property
    def embeddings(self) -> str | None:
        """Which model makes the vectors."""
        return self._embeddings.name if self._embeddings else None

    @property
    def model(self) -> str:
        """What it goes by."""
        return f"bm25+{self.embeddings}" if self.embeddings else "bm25"

    def add(self, document: Document, folder: Folder, call: RetrievalCall) -> None:
        """Index a document; one of the same name is replaced. Doing it twice is doing it once.

        Raises:
            PermanentError: `collection_full`, and those of the embeddings and the store.
            TransientError: those of the embeddings and the store.
        """
        names = folder.names()
        there = newest(names)
        before = there.pop(document_key(document.name), None)
        _require_room(document, there.values())
        name = name_for(document, self._place, before)
        if name != before:
            self._write(document, name, folder, call)
            names = folder.names()
        self._drop_older(name.document, names, folder, call)

    def search(self, question: str, folder: Folder, *, limit: int, call: RetrievalCall) -> Found:
        """Find the passages that are most likely to answer the question."""
        ranked = self.rank(question, folder, limit=limit, call=call)
        if ranked is None:
            return Found(passages=(), supported=False, empty=True)
        if not is_supported(ranked.evidence, self._embeddings):
            return Found(passages=ranked.best, supported=False)
        return Found(passages=ranked.best, supported=True, sentences=self._sentences(question, ranked.best, call))

    def rank(self, question: str, folder: Folder, *, limit: int, call: RetrievalCall) -> Ranked | None:
        """Rank a collection's passages by words, by meaning, and by both; None where there are none."""
        words = asked(question)
        with self._collections.opened(folder) as indexed:
            if not indexed.segments:
                return None
            by_words = indexed.words.best((term for word in words for term in word.all_terms), limit=DEPTH)
            by_meaning = self._by_meaning(question, indexed, folder, call)
            best = fused((1, by_words), (MEANING_WEIGHT, by_meaning))[:limit]
            similarity = max((by_meaning.get(key, 0.0) for key in best), default=0.0) if by_meaning else None
            return Ranked(
                by_words=indexed.passages(by_words),
                by_meaning=indexed.passages(by_meaning),
                best=indexed.passages(best),
                evidence=evidence_of(
                    words, best, indexed.words, similarity=similarity, lead=lead_of(_headed(by_meaning, indexed))
                ),
            )

    def close(self) -> None:
        """Let go of connections."""
        for part in (self._embeddings, self._store):
            if part is not None:
                part.close()

    @property
    def _place(self) -> str | None:
        """What a document has to be indexed again for: other vectors, or another place of theirs."""
        return f"{self.embeddings}@{self._store.name}" if self._store else self.embeddings

    def _write(self, document: Document, name: SegmentName, folder: Folder, call: RetrievalCall) -> None:
        """Write a document's file; its vectors are in the store by then."""
        vectors = rows_of(document.passages, self._embeddings, call) if self._embeddings else None
        if self._store is not None and vectors is not None:
            # A passage that the model can't read has no direction: stores of cosines refuse it.
            there = [number for number, row in enumerate(vectors) if row.any()]
            self._store.put(folder, [name.key(number) for number in there], vectors[there], call)
            vectors = None
        folder.write(str(name), encoded(Segment(document.passages, self.embeddings, vectors)), mime=MIME)

    def _drop_older(self, document: str, names: Sequence[str], folder: Folder, call: Call) -> None:
        """Delete all of a document's files but the one that counts; their vectors first, as nobody else knows them."""
        counts = newest(names)[document]
        older = [one for name in names if (one := parse(name)) and one.document == document and one != counts]
        if self._store is not None:
            self._store.drop(folder, [one.key(number) for one in older for number in range(one.passages)], call)
        folder.delete([str(one) for one in older])

    def _by_meaning(self, question: str, indexed: Indexed, folder: Folder, call: RetrievalCall) -> Mapping[str, float]:
        """Similarities of passages by their keys, best first; none where the model can't read the question."""
        if self._embeddings is None or not self._embeddings.reads(question):
            return {}
        vector = self._embeddings.of_question(question, call)
        if self._store is None:
            return nearest_in(indexed.segments, vector, self._embeddings.name, limit=DEPTH)
        # What the store still has of segments that are gone takes places from others: ask for more.
        found = self._store.nearest(folder, vector, limit=2 * DEPTH, call=call)
        there = [near for near in found if indexed.passage(near.key)]
        return {near.key: near.similarity for near in there[:DEPTH]}

    def _sentences(self, question: str, passages: Sequence[Passage], call: RetrievalCall) -> tuple[Quote, ...]:
        if self._embeddings is None or not self._embeddings.is_local or not self._embeddings.reads(question):
            return ()
        return likened(question, passages, self._embeddings, call)


def _headed(by_meaning: Mapping[str, float], indexed: Indexed) -> Iterator[tuple[str, float]]:
    """Return the last heading above each passage, and its similarity."""
    for key, similarity in by_meaning.items():
        passage = indexed.passage(key)
        yield passage.section.rpartition(" > ")[2] if passage else "", similarity


def _require_room(document: Document, others: Collection[SegmentName]) -> None:
    passages = sum(segment.passages for segment in others) + len(document.passages)
    if len(others) >= MAX_DOCUMENTS or passages > MAX_PASSAGES:
        raise PermanentError(
            "collection_full",
            f"A collection has room for {MAX_DOCUMENTS:,} documents and {MAX_PASSAGES:,} passages. Use another one.",
        )
