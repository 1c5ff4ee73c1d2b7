"""Doubles for retrieval: embeddings that a test can foresee, a vendor's store of vectors, documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workers.engines.ports import Document, Passage
from workers.engines.retrieval.vectors import Near

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workers.engines.ports import Folder


class Call:
    """An attempt that goes on."""

    token = "t"
    remaining_s = 60.0

    def progress(self, *args: object, **kwargs: object) -> None:
        pass

    def output(self, name: str):
        raise NotImplementedError

    def record_usage(self, usage: object) -> None:
        pass


class Topics:
    """Embeddings by topics: each is an axis, and its words point along it."""

    support = 0.5
    lead: float | None = None
    is_local = True

    def __init__(self, *topics: str, name: str = "topics") -> None:
        self.name = name
        self.dimensions = len(topics) + 1
        self.asked: list[str] = []
        self._topics = [topic.split() for topic in topics]

    def reads(self, text: str) -> bool:
        return text.isascii()

    def of_passages(self, texts: Sequence[str], call: object) -> NDArray[np.float32]:
        self.asked += texts
        rows = np.array([self._row(text) for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def of_question(self, text: str, call: object) -> NDArray[np.float32]:
        return self.of_passages([text], call)[0]

    def close(self) -> None:
        self.asked.append("closed")

    def _row(self, text: str) -> list[float]:
        words = text.lower().replace(".", " ").replace("?", " ").split()
        return [*(float(sum(word in words for word in topic)) for topic in self._topics), 0.1]


class Store:
    """Implements VectorStore as a vendor would: deleting is never certain."""

    name = "store"

    def __init__(self, *, forgets: bool = True) -> None:
        self.vectors: dict[str, dict[str, NDArray[np.float32]]] = {}
        self._forgets = forgets

    def put(self, folder: Folder, keys: Sequence[str], vectors: NDArray[np.float32], call: object) -> None:
        self.vectors.setdefault(folder.id, {}).update(zip(keys, vectors, strict=True))

    def drop(self, folder: Folder, keys: Sequence[str], call: object) -> None:
        for key in keys if self._forgets else ():
            self.vectors.get(folder.id, {}).pop(key, None)

    def nearest(self, folder: Folder, question: NDArray[np.float32], *, limit: int, call: object) -> Sequence[Near]:
        found = [
            Near(key=key, similarity=float(row @ question)) for key, row in self.vectors.get(folder.id, {}).items()
        ]
        return sorted(found, key=lambda near: -near.similarity)[:limit]

    def close(self) -> None:
        pass


def document(name: str, *texts: str, section: str = "") -> Document:
    """A document, each text a passage."""
    passages, start = [], 0
    for text in texts:
        passages.append(Passage(document=name, section=section, start=start, text=text))
        start += len(text) + 2
    return Document(name=name, text="\n\n".join(texts), passages=tuple(passages))
