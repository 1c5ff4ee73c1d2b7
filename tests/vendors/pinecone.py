"""Pinecone's data plane in its own protocol, with its limits and errors.

https://docs.pinecone.io/reference/api/2025-10/data-plane/upsert
https://docs.pinecone.io/reference/api/database-limits/operation-limits
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.vendors.server import VendorServer, answer, request_id
from tests.vendors.similar import admits, cosine

if TYPE_CHECKING:
    from tests.faults.wire import Message

UPSERT, QUERY, DELETE, STATS = "/vectors/upsert", "/query", "/vectors/delete", "/describe_index_stats"
KEY = "pcsk_0123456789"
_INVALID, _NOT_FOUND, _UNAUTHENTICATED = 3, 5, 16


class RefusedError(Exception):
    """The service answers with an error: status, gRPC's code and message."""


class PineconeServer(VendorServer):
    """Serves one dense index."""

    def __init__(self, *, dimension: int = 64, metric: str = "cosine") -> None:
        super().__init__()
        self.dimension = dimension
        self.metric = metric
        self.namespaces: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)

    @property
    def keys(self) -> list[str]:
        """All ids there are, of all namespaces."""
        return sorted(key for vectors in self.namespaces.values() for key in vectors)

    def operation(self, request: Message) -> str:
        return request.target if request.method == "POST" else ""

    def reply(self, operation: str, request: Message) -> bytes:
        try:
            self._require_welcome(request)
            return ok(self._done(operation, json.loads(request.body)))
        except RefusedError as refused:
            return refusal(*refused.args)

    @staticmethod
    def _require_welcome(request: Message) -> None:
        assert request.headers["x-pinecone-api-version"]
        if request.headers.get("api-key") != KEY:
            raise RefusedError(401, _UNAUTHENTICATED, "Invalid API Key")
        if len(request.body) > 2 * 1024**2:
            raise RefusedError(400, _INVALID, "Request size exceeds the maximum supported size of 2097152 bytes")

    def _done(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        match operation:
            case "/vectors/upsert":
                return self._upsert(asked)
            case "/query":
                return self._query(asked)
            case "/vectors/delete":
                return self._delete(asked)
            case "/describe_index_stats":
                counts = {name: {"vectorCount": len(vectors)} for name, vectors in self.namespaces.items()}
                return {"namespaces": counts, "dimension": self.dimension, "metric": self.metric, "indexFullness": 0}
        raise RefusedError(404, _NOT_FOUND, "Not found")

    def _upsert(self, asked: dict[str, Any]) -> dict[str, Any]:
        vectors = asked["vectors"]
        if not 1 <= len(vectors) <= 1_000:
            raise RefusedError(400, _INVALID, "Number of vectors must be between 1 and 1000")
        for vector in vectors:
            self._require_fit(vector["values"])
            assert vector["id"].isascii()
        self.namespaces[asked["namespace"]] |= {vector["id"]: vector for vector in vectors}
        return {"upsertedCount": len(vectors)}

    def _query(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._require_fit(asked["vector"])
        hits: list[dict[str, Any]] = [
            {"id": key, "score": cosine(asked["vector"], vector["values"]), "values": []}
            for key, vector in self.namespaces.get(asked["namespace"], {}).items()
            if admits(asked.get("filter", {}), vector["metadata"])
        ]
        best = sorted(hits, key=lambda hit: (-hit["score"], hit["id"]))[: asked["topK"]]
        return {"matches": best, "namespace": asked["namespace"], "usage": {"readUnits": 1}}

    def _delete(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["namespace"] not in self.namespaces:
            raise RefusedError(404, _NOT_FOUND, "Namespace not found")
        if not 1 <= len(asked["ids"]) <= 1_000:
            raise RefusedError(400, _INVALID, "Number of ids must be between 1 and 1000")
        for key in asked["ids"]:
            self.namespaces[asked["namespace"]].pop(key, None)
        return {}

    def _require_fit(self, values: list[float]) -> None:
        if len(values) != self.dimension:
            says = f"Vector dimension {len(values)} does not match the dimension of the index {self.dimension}"
            raise RefusedError(400, _INVALID, says)
        if not any(values):
            raise RefusedError(400, _INVALID, "Dense vectors must contain at least one non-zero value")


def refusal(status: int, code: int = _INVALID, message: str = "No.", **headers: str) -> bytes:
    """Return an error in the service's own form."""
    body = json.dumps({"code": code, "message": message, "details": []}).encode()
    return answer(status, "application/json", body, x_pinecone_request_id=request_id(), **headers)


def ok(document: Any) -> bytes:
    """Return an answer that carries a document."""
    return answer(200, "application/json", json.dumps(document).encode(), x_pinecone_request_id=request_id())
