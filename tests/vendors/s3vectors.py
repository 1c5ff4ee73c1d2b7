"""Amazon S3 Vectors in its own protocol (REST with JSON), with its limits and errors.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_S3_Vectors.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-limitations.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.vendors.server import VendorServer, answer, request_id
from tests.vendors.similar import admits, cosine

if TYPE_CHECKING:
    from tests.faults.wire import Message

PUT, DELETE, QUERY, CREATE, GET = "PutVectors", "DeleteVectors", "QueryVectors", "CreateIndex", "GetIndex"
BUCKET, INDEX = "sayline-vectors", "sayline"
PAGE = 100
_SCOPE = re.compile(r"^AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[^/]+/s3vectors/aws4_request, SignedHeaders=")
_STATUS = {
    "AccessDeniedException": 403,
    "ConflictException": 409,
    "InternalServerException": 500,
    "NotFoundException": 404,
    "RequestTimeoutException": 408,
    "ServiceQuotaExceededException": 402,
    "ServiceUnavailableException": 503,
    "TooManyRequestsException": 429,
}


class RefusedError(Exception):
    """The service answers with an error: code and message."""


@dataclass
class Index:
    dimension: int
    metric: str = "cosine"
    vectors: dict[str, dict[str, Any]] = field(default_factory=dict)


class S3VectorsServer(VendorServer):
    """Serves one vector bucket."""

    def __init__(self) -> None:
        super().__init__()
        self.indexes: dict[str, Index] = {}

    @property
    def keys(self) -> list[str]:
        """All keys there are, of all indexes."""
        return sorted(key for index in self.indexes.values() for key in index.vectors)

    def operation(self, request: Message) -> str:
        return request.target.removeprefix("/") if request.method == "POST" else ""

    def reply(self, operation: str, request: Message) -> bytes:
        try:
            self._require_welcome(request)
            return ok(self._done(operation, json.loads(request.body)))
        except RefusedError as refused:
            return refusal(*refused.args)

    @staticmethod
    def _require_welcome(request: Message) -> None:
        if not _SCOPE.match(request.headers.get("authorization", "")):
            raise RefusedError("AccessDeniedException", "The security token is invalid.")
        if len(request.body) > 20 * 1024**2:
            raise RefusedError("ValidationException", "Request payload too large.")

    def _done(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["vectorBucketName"] != BUCKET:
            raise RefusedError("NotFoundException", "The specified vector bucket could not be found")
        if operation == CREATE:
            return self._create(asked)
        index = self.indexes.get(asked["indexName"])
        if index is None:
            raise RefusedError("NotFoundException", "The specified index could not be found")
        match operation:
            case "PutVectors":
                return _put(index, asked["vectors"])
            case "DeleteVectors":
                return _delete(index, asked["keys"])
            case "QueryVectors":
                return _query(index, asked)
            case "GetIndex":
                return {"index": _described(asked["indexName"], index)}
        raise RefusedError("UnknownOperationException", operation)

    def _create(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["indexName"] in self.indexes:
            raise RefusedError("ConflictException", "An index with the specified name already exists")
        assert asked["dataType"] == "float32"
        self.indexes[asked["indexName"]] = Index(asked["dimension"], asked["distanceMetric"])
        return {"indexArn": f"arn:aws:s3vectors:us-east-1:111122223333:bucket/{BUCKET}/index/{asked['indexName']}"}


def _put(index: Index, vectors: list[dict[str, Any]]) -> dict[str, Any]:
    _require_count(vectors)
    for vector in vectors:
        _require_fit(index, vector["data"]["float32"])
        if len(json.dumps(vector["metadata"])) > 2_048:
            raise RefusedError("ValidationException", "Filterable metadata must have at most 2048 bytes")
    index.vectors |= {vector["key"]: vector for vector in vectors}
    return {}


def _delete(index: Index, keys: list[str]) -> dict[str, Any]:
    _require_count(keys)
    for key in keys:
        index.vectors.pop(key, None)
    return {}


def _query(index: Index, asked: dict[str, Any]) -> dict[str, Any]:
    if not 1 <= asked["topK"] <= 10_000:
        raise RefusedError("ValidationException", "topK")
    question = asked["queryVector"]["float32"]
    _require_fit(index, question)
    hits = [
        {"key": key, "distance": 1 - cosine(question, vector["data"]["float32"])}
        for key, vector in index.vectors.items()
        if admits(asked["filter"], vector["metadata"])
    ]
    best = sorted(hits, key=lambda hit: (hit["distance"], hit["key"]))[: asked["topK"]]
    start = int(asked.get("nextToken", 0))
    more = {"nextToken": str(start + PAGE)} if len(best) > start + PAGE else {}
    return {"vectors": best[start : start + PAGE], "distanceMetric": index.metric, **more}


def _require_count(things: list[Any]) -> None:
    if not 1 <= len(things) <= 500:
        raise RefusedError("ValidationException", "Member must have length less than or equal to 500")


def _require_fit(index: Index, values: list[float]) -> None:
    if len(values) != index.dimension:
        raise RefusedError("ValidationException", f"Invalid vector dimension: expected {index.dimension}")
    if not any(values):
        raise RefusedError("ValidationException", "Zero vectors are not allowed with the cosine distance metric")


def _described(name: str, index: Index) -> dict[str, Any]:
    return {
        "vectorBucketName": BUCKET,
        "indexName": name,
        "indexArn": f"arn:aws:s3vectors:us-east-1:111122223333:bucket/{BUCKET}/index/{name}",
        "creationTime": 1_790_000_000,
        "dataType": "float32",
        "dimension": index.dimension,
        "distanceMetric": index.metric,
    }


def refusal(code: str, message: str = "No.", *, status: int | None = None, **headers: str) -> bytes:
    """Return an error in the service's own form."""
    body = json.dumps({"message": message}).encode()
    named = {"x_amzn_errortype": code, "x_amzn_requestid": request_id(), **headers}
    return answer(status or _STATUS.get(code, 400), "application/json", body, **named)


def ok(document: Any) -> bytes:
    """Return an answer that carries a document."""
    return answer(200, "application/json", json.dumps(document).encode(), x_amzn_requestid=request_id())
