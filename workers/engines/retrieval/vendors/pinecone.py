"""Vectors in Pinecone: an index of it, in which each collection is a namespace.

https://docs.pinecone.io/reference/api/database-limits/operation-limits
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pinecone.errors.exceptions import NotFoundError

from workers.engines.llm.model import seconds_for
from workers.engines.retrieval.vendors.network import asked
from workers.engines.retrieval.vendors.pinecone_service import NAME, TITLE, connect, translated
from workers.engines.retrieval.vendors.rows import batches, nearest, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workers.engines.ports import Call, Folder
    from workers.engines.retrieval.vectors import Near
    from workers.engines.retrieval.vendors.pinecone_service import PineconeOptions

#: Vectors of a request, bytes of a request.
_VECTORS, _BYTES = 1_000, 1_900_000


class PineconeStore:
    """Implements VectorStore; safe to use from several threads."""

    def __init__(self, options: PineconeOptions, *, model: str) -> None:
        """Make it for the vectors of one model.

        Raises:
            UnresolvedSecretError, TransientError: the key can't be read.
        """
        self.name = f"{NAME}:{options.host}"
        self._options = options
        self._model = model
        self._index = connect(options)

    def put(self, folder: Folder, keys: Sequence[str], vectors: NDArray[np.float32], call: Call) -> None:
        """Store vectors; see `VectorStore.put`.

        Raises:
            PermanentError: `store_not_found`, `insufficient_quota`, `refused_by_engine`.
            TransientError: throttled; out of reach; `unreadable_answer`.
        """
        for batch in batches(keys, vectors, at_most=_VECTORS, request_bytes=_BYTES):
            call.progress(None, "storing")
            records = [{"id": key, "values": row, "metadata": {"model": self._model}} for key, row in batch]
            self._put(records, folder, call)

    def drop(self, folder: Folder, keys: Sequence[str], call: Call) -> None:
        """Delete vectors; one that isn't there is no error, and no namespace either. Raises as `put` does."""
        for at in range(0, len(keys), _VECTORS):
            self._drop(list(keys[at : at + _VECTORS]), folder, call)

    def nearest(self, folder: Folder, question: NDArray[np.float32], *, limit: int, call: Call) -> Sequence[Near]:
        """Return the closest vectors of this model in the collection; raises as `put` does."""
        values = question.tolist()

        def once() -> list[tuple[str, float]]:
            with translated():
                found = self._index.query(
                    top_k=limit,
                    vector=values,
                    namespace=folder.id,
                    filter={"model": {"$eq": self._model}},
                    timeout=self._seconds(call),
                )
                return [(match.id, match.score) for match in found.matches]

        return nearest(asked(once, call), limit=limit, engine=NAME, title=TITLE)

    def close(self) -> None:
        """Let go of connections."""
        self._index.close()

    def _put(self, records: Sequence[Mapping[str, object]], folder: Folder, call: Call) -> None:
        def once() -> None:
            with translated():
                stored = self._index.upsert(vectors=records, namespace=folder.id, timeout=self._seconds(call))
            if stored.upserted_count != len(records):
                raise unreadable(NAME, TITLE)

        asked(once, call)

    def _drop(self, keys: list[str], folder: Folder, call: Call) -> None:
        def once() -> None:
            with translated():
                try:
                    self._index.delete(ids=keys, namespace=folder.id, timeout=self._seconds(call))
                except NotFoundError:
                    return  # no namespace of this name

        asked(once, call)

    def _seconds(self, call: Call) -> float:
        return seconds_for(call, self._options.timeout_s)
