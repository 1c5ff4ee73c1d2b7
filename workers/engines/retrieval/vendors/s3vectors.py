"""Vectors in Amazon S3 Vectors: one index for all collections, told apart by keys and metadata.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import structlog

from schemas.errors import EngineUnavailableError, PermanentError
from workers.engines.aws import ClientError, answering_within, client, code_of, translated
from workers.engines.llm.model import seconds_for
from workers.engines.retrieval.vendors.network import asked
from workers.engines.retrieval.vendors.rows import batches, nearest, unreadable
from workers.engines.retrieval.vendors.s3vectors_service import NAME, SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workers.engines.ports import Call, Folder
    from workers.engines.retrieval.vectors import Near
    from workers.engines.retrieval.vendors.s3vectors_service import S3VectorsOptions

    Answer: TypeAlias = Mapping[str, Any]

log = structlog.get_logger(__name__)

#: Vectors of a request that writes or deletes, bytes of a request, and results of a page.
_VECTORS, _BYTES, _PAGE = 500, 19_000_000, 100
METRIC = "cosine"


class _NoIndexError(Exception):
    """There is no such index, or no such bucket."""


class S3VectorStore:
    """Implements VectorStore; safe to use from several threads."""

    def __init__(self, options: S3VectorsOptions, *, model: str, dimensions: int) -> None:
        """Make it for the vectors of one model."""
        self.name = f"{NAME}:{options.bucket}/{options.index}"
        self._options = options
        self._model = model
        self._dimensions = dimensions
        self._place = {"vectorBucketName": options.bucket, "indexName": options.index}
        self._client = client("s3vectors", options, read_timeout_s=options.timeout_s)

    def put(self, folder: Folder, keys: Sequence[str], vectors: NDArray[np.float32], call: Call) -> None:
        """Store vectors; see `VectorStore.put`.

        Raises:
            PermanentError: `store_not_found`, `insufficient_quota`, `refused_by_engine`.
            TransientError: throttled; out of reach.
        """
        metadata = {"collection": folder.id, "model": self._model}
        for batch in batches(keys, vectors, at_most=_VECTORS, request_bytes=_BYTES):
            call.progress(None, "storing")
            self._in_index(
                call,
                self._client.put_vectors,
                vectors=[
                    {"key": f"{folder.id}/{key}", "data": {"float32": row}, "metadata": metadata} for key, row in batch
                ],
            )

    def drop(self, folder: Folder, keys: Sequence[str], call: Call) -> None:
        """Delete vectors; one that isn't there is no error. Raises as `put` does."""
        names = [f"{folder.id}/{key}" for key in keys]
        for at in range(0, len(names), _VECTORS):
            try:
                self._asked(call, self._client.delete_vectors, keys=names[at : at + _VECTORS])
            except _NoIndexError:
                return

    def nearest(self, folder: Folder, question: NDArray[np.float32], *, limit: int, call: Call) -> Sequence[Near]:
        """Return the closest vectors of this model in the collection; raises as `put` does."""
        only = [{"collection": {"$eq": folder.id}}, {"model": {"$eq": self._model}}]
        ask = {
            "topK": limit,
            "queryVector": {"float32": question.tolist()},
            "filter": {"$and": only},
            "returnDistance": True,
        }
        found = list(self._found(ask, limit, call))
        prefix = f"{folder.id}/"
        ours = ((key.removeprefix(prefix), 1 - distance) for key, distance in found if key.startswith(prefix))
        return nearest(ours, limit=limit, engine=NAME, title=SERVICE.title)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _found(self, ask: dict[str, Any], limit: int, call: Call) -> Iterator[tuple[str, float]]:
        """Return keys and distances, page by page."""
        more: dict[str, str] = {}
        for _ in range(0, limit, _PAGE):
            answer = self._in_index(call, self._client.query_vectors, **ask, **more)
            try:
                _require_cosine(answer["distanceMetric"])
                yield from [(hit["key"], hit["distance"]) for hit in answer["vectors"]]
            except KeyError as error:  # boto3 leaves out what an answer has not
                raise unreadable(NAME, SERVICE.title) from error
            if not answer.get("nextToken"):
                return
            more = {"nextToken": answer["nextToken"]}

    def _in_index(self, call: Call, operation: Callable[..., Answer], **asks: Any) -> Answer:  # noqa: ANN401 - boto3's
        """Ask; where there is no index yet, make it first."""
        try:
            return self._asked(call, operation, **asks)
        except _NoIndexError:
            self._create(call)
        try:
            return self._asked(call, operation, **asks)
        except _NoIndexError as error:
            raise EngineUnavailableError("The index is not ready yet.", engine=NAME, may_have_run=False) from error

    def _create(self, call: Call) -> None:
        """Make the index; that another worker has just made it is as good."""
        log.warning("index_missing", index=self.name)

        def once() -> None:
            with translated(SERVICE), answering_within(self._seconds(call)):
                try:
                    self._client.create_index(
                        **self._place, dataType="float32", dimension=self._dimensions, distanceMetric=METRIC
                    )
                except ClientError as error:
                    if code_of(error) != "ConflictException":
                        raise

        asked(once, call)

    def _asked(self, call: Call, operation: Callable[..., Answer], **asks: Any) -> Answer:  # noqa: ANN401 - as above
        def once() -> Answer:
            with translated(SERVICE), answering_within(self._seconds(call)):
                try:
                    return operation(**self._place, **asks)
                except ClientError as error:
                    if code_of(error) == "NotFoundException":
                        raise _NoIndexError from error
                    raise

        return asked(once, call)

    def _seconds(self, call: Call) -> float:
        return seconds_for(call, self._options.timeout_s)


def _require_cosine(metric: str) -> None:
    if metric != METRIC:
        sentence = f"The index in Amazon S3 Vectors compares by {metric}, and has to compare by {METRIC}."
        raise PermanentError("wrong_index", sentence, engine=NAME)
