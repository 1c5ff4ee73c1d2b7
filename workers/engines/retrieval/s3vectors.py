"""The retrieval engine whose vectors lie in Amazon S3 Vectors."""

from __future__ import annotations

from typing import ClassVar

import structlog

from schemas.errors import WorkError
from workers.engines import EngineOptionsError
from workers.engines.aws import ClientError, client, code_of, translated
from workers.engines.retrieval.hybrid import HybridRetrieval
from workers.engines.retrieval.vendors.choice import dimensions_of, embeddings_of
from workers.engines.retrieval.vendors.s3vectors import METRIC, S3VectorStore
from workers.engines.retrieval.vendors.s3vectors_service import NAME, SERVICE, S3VectorsOptions

log = structlog.get_logger(__name__)

_CHECK_TIMEOUT_S = 5.0


class S3VectorsRetrieval(HybridRetrieval):
    """Implements RetrievalEngine: BM25 by SQLite, vectors by Amazon S3 Vectors."""

    name: ClassVar[str] = NAME
    Options = S3VectorsOptions

    def __init__(self, options: S3VectorsOptions) -> None:
        embeddings = embeddings_of(options.embeddings)
        store = S3VectorStore(options, model=embeddings.name, dimensions=embeddings.dimensions)
        super().__init__(embeddings=embeddings, store=store)

    @classmethod
    def check(cls, options: S3VectorsOptions) -> None:
        """See that the index fits, where there is one: asked once, before a worker begins.

        Raises:
            EngineOptionsError: it has other vectors.
        """
        dimensions = dimensions_of(options.embeddings)
        try:
            found = _index(options)
        except WorkError as error:
            log.warning("index_not_checked", index=f"{options.bucket}/{options.index}", reason=error.message)
            return
        if found is not None and found != (dimensions, METRIC):
            has = f"{found[0]} dimensions and compares by {found[1]}"
            wanted = f"needs {dimensions} and {METRIC}: name another one, which is then made"
            raise EngineOptionsError(f"options of engine {NAME!r}: index {options.index!r} has {has}, and {wanted}")


def _index(options: S3VectorsOptions) -> tuple[int, str] | None:
    """Return the index' dimensions and metric; None where there is none yet.

    Raises:
        WorkError: Amazon S3 Vectors does not say.
    """
    with translated(SERVICE):
        sdk = client("s3vectors", options, read_timeout_s=_CHECK_TIMEOUT_S)
        try:
            index = sdk.get_index(vectorBucketName=options.bucket, indexName=options.index)["index"]
        except ClientError as error:
            if code_of(error) == "NotFoundException":
                return None
            raise
        finally:
            sdk.close()
    return index["dimension"], index["distanceMetric"]
