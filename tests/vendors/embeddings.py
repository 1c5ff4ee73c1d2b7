"""Models of embeddings in their vendors' own protocols: OpenAI's `/v1/embeddings`, and Amazon Bedrock's InvokeModel.

Their vectors know as much of a text as which words it has.

https://platform.openai.com/docs/api-reference/embeddings/create
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v3.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v4.html
"""

from __future__ import annotations

import json
import re
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tests.vendors import bedrock
from tests.vendors.openai import refusal
from tests.vendors.server import VendorServer, answer, request_id

if TYPE_CHECKING:
    from tests.faults.wire import Message

PATH = "/v1/embeddings"
INVOKE = "InvokeModel"
TITAN, COHERE_3, COHERE_4 = "amazon.titan-embed-text-v2:0", "cohere.embed-multilingual-v3", "cohere.embed-v4:0"
_INVOKE = re.compile(r"^/model/([^/]+)/invoke$")


def meaning(text: str, dimensions: int) -> list[float]:
    """Return a vector in which each word counts one, wherever it falls; not of length 1."""
    vector = [0.0] * dimensions
    for word in re.findall(r"\w+", text.lower()):
        vector[zlib.crc32(word.encode()) % dimensions] += 1.0
    return vector


class OpenAIEmbeddingsServer(VendorServer):
    """Serves one key; none is asked for where `key` is None."""

    def __init__(self, key: str | None = None, *, dimensions: int = 64, shortens: bool = False) -> None:
        super().__init__()
        self.key = key
        self.dimensions = dimensions
        self.shortens = shortens
        """Whether the model takes `dimensions`; others refuse the field."""
        self.embedded: list[list[str]] = []
        """Texts of the requests that were carried out, each of which is paid for."""

    def operation(self, request: Message) -> str:
        return request.target

    def reply(self, operation: str, request: Message) -> bytes:
        if request.method != "POST" or operation != PATH:
            return refusal(404, "invalid_request_error", "unknown_url")
        if self.key is not None and request.headers.get("authorization") != f"Bearer {self.key}":
            return refusal(401, "invalid_request_error", "invalid_api_key")
        asked = json.loads(request.body)
        texts: list[str] = asked["input"]
        if asked.get("encoding_format") != "float" or not texts or not all(texts):
            return refusal(400, "invalid_request_error", "invalid_value")
        if "dimensions" in asked and not self.shortens:
            return refusal(400, "invalid_request_error", "unsupported_parameter")
        self.embedded.append(texts)
        dimensions = asked.get("dimensions", self.dimensions)
        return vectors([meaning(text, dimensions) for text in texts], model=asked["model"])


class BedrockEmbeddingsServer(VendorServer):
    """Serves Titan Text Embeddings V2 and Cohere Embed 3 and 4."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[dict[str, Any]] = []
        """Bodies of the requests that were carried out, each of which is paid for."""

    def operation(self, request: Message) -> str:
        return INVOKE if _INVOKE.match(urlsplit(request.target).path) else request.target

    def reply(self, operation: str, request: Message) -> bytes:
        if "/bedrock/aws4_request" not in request.headers.get("authorization", ""):
            return bedrock.refusal("AccessDeniedException")
        found = _INVOKE.match(urlsplit(request.target).path)
        model = unquote(found[1]).rpartition("/")[2] if found else ""
        asked = json.loads(request.body)
        is_titan = model.endswith(TITAN)
        document = self._titan(asked) if is_titan else self._cohere(model, asked)
        if document is None:
            return bedrock.refusal("ValidationException", "Malformed input request, please reformat your input.")
        self.embedded.append(asked)
        # Cohere's body has no count.
        return ok(document) if is_titan else ok(document, x_amzn_bedrock_input_token_count="9")

    @staticmethod
    def _titan(asked: dict[str, Any]) -> dict[str, Any] | None:
        if not asked.keys() <= {"inputText", "dimensions", "normalize"} or len(asked["inputText"]) > 50_000:
            return None
        vector = meaning(asked["inputText"], asked["dimensions"])
        return {"embedding": vector, "embeddingsByType": {"float": vector}, "inputTextTokenCount": 9}

    @staticmethod
    def _cohere(model: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        known = {"texts", "input_type", "embedding_types", "truncate"}
        allowed = known | {"output_dimension"} if model.endswith(COHERE_4) else known
        texts: list[str] = asked.get("texts", [])
        fits = 1 <= len(texts) <= 96 and all(len(text) <= 2_048 for text in texts)
        if not asked.keys() <= allowed or asked["input_type"] not in {"search_document", "search_query"} or not fits:
            return None
        rows = [meaning(text, asked.get("output_dimension", 1_024)) for text in texts]
        return {
            "id": request_id(),
            "response_type": "embeddings_by_type",
            "texts": texts,
            "embeddings": {"float": rows},
        }


def vectors(rows: list[Any], *, model: str = "model") -> bytes:
    """Return an answer of OpenAI's protocol; last first, as nobody promises an order."""
    data = [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(rows)]
    usage = {"prompt_tokens": 9, "total_tokens": 9}
    return ok({"object": "list", "data": data[::-1], "model": model, "usage": usage})


def ok(document: Any, **headers: str) -> bytes:
    """Return an answer of JSON."""
    body = json.dumps(document).encode()
    return answer(200, "application/json", body, x_request_id=f"req_{request_id()}", **headers)
