"""Vendors' stores of vectors at local servers, each through its own SDK."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from ops.bench.folder import MemoryFolder
from schemas.kinds.document import KIND
from tests.integration.calling import Attempt
from tests.vendors import pinecone, s3vectors
from tests.vendors.embeddings import OpenAIEmbeddingsServer, meaning
from tests.vendors.pinecone import PineconeServer
from tests.vendors.s3vectors import BUCKET, INDEX, Index, S3VectorsServer
from workers.engines import load_engine
from workers.engines.retrieval.vendors.pinecone import PineconeStore
from workers.engines.retrieval.vendors.pinecone_service import PineconeOptions
from workers.engines.retrieval.vendors.s3vectors import S3VectorStore
from workers.engines.retrieval.vendors.s3vectors_service import S3VectorsOptions
from workers.retry import Decision, decide

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest
    from numpy.typing import NDArray

    from schemas.errors import WorkError
    from workers.engines.retrieval.hybrid import HybridRetrieval

#: The module by which stores and embeddings of vendors ask: see `impatient`.
NETWORK = "workers.engines.retrieval.vendors.network"
DIMENSIONS = 64
FOLDER = MemoryFolder("mina-course")
_S3_CODES = {
    400: "ValidationException",
    402: "ServiceQuotaExceededException",
    403: "AccessDeniedException",
    404: "NotFoundException",
    408: "RequestTimeoutException",
    429: "TooManyRequestsException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}


@dataclass
class Vendor:
    """A store's server, and how it is reached."""

    name: str
    server: S3VectorsServer | PineconeServer
    put: str
    query: str
    drop: str
    options: dict[str, Any]
    made: ExitStack
    """Stores and engines, which it closes."""

    def store(self, model: str = "model:64", **changes: Any) -> S3VectorStore | PineconeStore:
        """A store of the vectors of one model."""
        given = {**self.options, **changes}
        store: S3VectorStore | PineconeStore
        if self.name == "pinecone":
            store = PineconeStore(PineconeOptions(**given), model=model)
        else:
            options = S3VectorsOptions(region="us-east-1", **given)
            store = S3VectorStore(options, model=model, dimensions=DIMENSIONS)
        self.made.callback(store.close)
        return store

    def engine(self, models: OpenAIEmbeddingsServer, **options: Any) -> HybridRetrieval:
        """The engine, as the settings make it."""
        embeddings = {
            "name": "openai",
            "base_url": f"{models.url}/v1",
            "model": "text-embedding-test",
            "dimensions": DIMENSIONS,
            "support": 0.4,
        }
        given = {**self.options, **options, "embeddings": {**embeddings, **options.get("embeddings", {})}}
        made: HybridRetrieval = load_engine("retrieval", self.name, given, {"region": "us-east-1"})
        self.made.callback(made.close)
        return made

    def refusal(self, status: int, message: str = "No.", **headers: Any) -> bytes:
        """An error in the vendor's own form."""
        if self.name == "pinecone":
            return pinecone.refusal(status, message=message, **headers)
        return s3vectors.refusal(_S3_CODES[status], message, **headers)

    def ok(self, document: Any) -> bytes:
        """An answer of the vendor's."""
        return pinecone.ok(document) if self.name == "pinecone" else s3vectors.ok(document)


@contextmanager
def vendor_of(name: str, environment: pytest.MonkeyPatch, *, dimensions: int = DIMENSIONS) -> Iterator[Vendor]:
    """Run a store's server with an index, and have credentials that it takes."""
    environment.setenv("AWS_ACCESS_KEY_ID", "test")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    environment.setenv("SAYLINE_TEST_KEY", pinecone.KEY)
    if name == "pinecone":
        with PineconeServer(dimension=dimensions) as running, ExitStack() as made:
            options = {"host": running.url, "api_key": "env:SAYLINE_TEST_KEY"}
            yield Vendor(name, running, pinecone.UPSERT, pinecone.QUERY, pinecone.DELETE, options, made)
    else:
        with S3VectorsServer() as serving, ExitStack() as made:
            serving.indexes[INDEX] = Index(dimensions)
            options = {"endpoint_url": serving.url, "bucket": BUCKET, "index": INDEX}
            yield Vendor(name, serving, s3vectors.PUT, s3vectors.QUERY, s3vectors.DELETE, options, made)


def rows(*texts: str) -> NDArray[np.float32]:
    """Vectors of texts, of length 1."""
    made = np.array([meaning(text, DIMENSIONS) for text in texts])
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def fate_of(error: WorkError) -> Decision:
    """What becomes of a document's job at its first attempt."""
    return decide(error, attempt=1, kind=KIND, held_s=0, random=Random(7))


def use(store: S3VectorStore | PineconeStore, what: str, call: Attempt | None = None) -> Sequence[object]:
    """Put, look for, or drop one vector."""
    attempt = call or Attempt()
    match what:
        case "put":
            store.put(FOLDER, ["a#0"], rows("soup"), attempt)
        case "drop":
            store.drop(FOLDER, ["a#0"], attempt)
        case "query":
            return store.nearest(FOLDER, rows("soup")[0], limit=10, call=attempt)
    return ()
