"""The retrieval engine whose vectors lie in Pinecone."""

from __future__ import annotations

from typing import ClassVar

import structlog

from schemas.errors import WorkError
from workers.engines import EngineOptionsError
from workers.engines.retrieval.hybrid import HybridRetrieval
from workers.engines.retrieval.vendors.choice import dimensions_of, embeddings_of
from workers.engines.retrieval.vendors.pinecone import PineconeStore
from workers.engines.retrieval.vendors.pinecone_service import NAME, PineconeOptions, connect, translated

log = structlog.get_logger(__name__)

_CHECK_TIMEOUT_S = 5.0
#: Of vectors of length 1 both are the cosine.
_METRICS = frozenset({"cosine", "dotproduct"})


class PineconeRetrieval(HybridRetrieval):
    """Implements RetrievalEngine: BM25 by SQLite, vectors by Pinecone."""

    name: ClassVar[str] = NAME
    Options = PineconeOptions

    def __init__(self, options: PineconeOptions) -> None:
        embeddings = embeddings_of(options.embeddings)
        super().__init__(embeddings=embeddings, store=PineconeStore(options, model=embeddings.name))

    @classmethod
    def check(cls, options: PineconeOptions) -> None:
        """See that the index fits: asked once, before a worker begins.

        Raises:
            EngineOptionsError: it has other vectors.
        """
        try:
            dimensions, metric = _index(options)
        except WorkError as error:
            log.warning("index_not_checked", index=options.host, reason=error.message)
            return
        wanted = dimensions_of(options.embeddings)
        if dimensions not in (None, wanted) or (metric is not None and metric not in _METRICS):
            has = f"{dimensions} dimensions and compares by {metric}"
            raise EngineOptionsError(
                f"options of engine {NAME!r}: the index has {has}, and needs {wanted} and cosine: name another one"
            )


def _index(options: PineconeOptions) -> tuple[int | None, str | None]:
    """Return the index' dimensions and metric, where Pinecone tells them.

    Raises:
        WorkError: it does not answer.
    """
    index = connect(options)
    try:
        with translated():
            found = index.describe_index_stats(timeout=_CHECK_TIMEOUT_S)
    finally:
        index.close()
    return found.dimension, found.metric
