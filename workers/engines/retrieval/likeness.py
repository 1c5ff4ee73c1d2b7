"""Vectors of passages and sentences, compared in this process; as many as a collection has take milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workers.engines.documents.sentences import sentences
from workers.engines.ports import Quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from workers.engines.ports import Passage, RetrievalCall
    from workers.engines.retrieval.embeddings import Embeddings
    from workers.engines.retrieval.segments import Segment

#: Sentences that are likened to a question: those of so many passages, at most so many.
_PASSAGES, _SENTENCES = 4, 40


def rows_of(passages: Sequence[Passage], embeddings: Embeddings, call: RetrievalCall) -> NDArray[np.float32]:
    """Embed passages, each with its document's name and its headings; zeros for one that the model can't read."""
    rows = np.zeros((len(passages), embeddings.dimensions), np.float32)
    texts = [f"{_title(passage.document)} > {passage.section}\n{passage.text}" for passage in passages]
    readable = [number for number, text in enumerate(texts) if embeddings.reads(text)]
    if readable:
        rows[readable] = embeddings.of_passages([texts[number] for number in readable], call)
    return rows


def nearest_in(
    segments: Mapping[str, Segment], question: NDArray[np.float32], embeddings: str, *, limit: int
) -> dict[str, float]:
    """Return the cosines of the passages that are closest to a question, best first, by the keys of their vectors.

    Args:
        segments: by their names; those whose vectors another model has made are passed over.
        question: a vector of length 1.
        embeddings: the model's name.
        limit: how many.
    """
    found = [
        (float(similarity), f"{name}#{number}")
        for name, segment in segments.items()
        if segment.embeddings == embeddings and segment.vectors is not None
        for number, similarity in enumerate(segment.vectors @ question)
        if similarity > 0
    ]
    best = sorted(found, key=lambda one: (-one[0], one[1]))[:limit]
    return {key: similarity for similarity, key in best}


def likened(
    question: str, passages: Sequence[Passage], embeddings: Embeddings, call: RetrievalCall
) -> tuple[Quote, ...]:
    """Liken the sentences of the first passages to a question; in the passages' order."""
    spans = [
        (number, start, end)
        for number, passage in enumerate(passages[:_PASSAGES])
        for start, end in sentences(passage.text)
        if embeddings.reads(passage.text[start:end])
    ][:_SENTENCES]
    if not spans:
        return ()
    rows = embeddings.of_passages([passages[number].text[start:end] for number, start, end in spans], call)
    cosines = rows @ embeddings.of_question(question, call)
    return tuple(
        Quote(passage=number, start=start, end=end, similarity=float(cosine))
        for (number, start, end), cosine in zip(spans, cosines, strict=True)
    )


def _title(document: str) -> str:
    """A file's name as words."""
    return document.rpartition(".")[0].replace("-", " ").replace("_", " ") or document
