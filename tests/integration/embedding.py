"""Models of embeddings at local servers, each through its vendor's own SDK."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.vendors import bedrock, openai
from tests.vendors.embeddings import (
    COHERE_3,
    COHERE_4,
    INVOKE,
    PATH,
    TITAN,
    BedrockEmbeddingsServer,
    OpenAIEmbeddingsServer,
)
from workers.engines.retrieval.vendors.choice import embeddings_of
from workers.engines.retrieval.vendors.options import EMBEDDINGS_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from workers.engines.retrieval.embeddings import Embeddings

KEY = "sk-0123456789"
MODELS = ("titan", "cohere-3", "cohere-4", "openai")
_OPTIONS: dict[str, dict[str, Any]] = {
    "titan": {"name": "titan", "dimensions": 256, "at_once": 3},
    "cohere-3": {"name": "cohere"},
    "cohere-4": {"name": "cohere", "model": f"global.{COHERE_4}", "version": 4, "dimensions": 512},
    "openai": {
        "name": "openai",
        "model": "BAAI/bge-m3",
        "dimensions": 64,
        "api_key": "env:SAYLINE_TEST_KEY",
        "batch": 3,
    },
}
NAMES = {
    "titan": f"{TITAN}:256",
    "cohere-3": f"{COHERE_3}:1024",
    "cohere-4": f"global.{COHERE_4}:512",
    "openai": "BAAI-bge-m3:64",
}
#: As Bedrock's errors are named, by their status.
_CODES = {
    400: "ValidationException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}


@dataclass
class Model:
    """A model, its server, and how it is reached."""

    name: str
    server: BedrockEmbeddingsServer | OpenAIEmbeddingsServer

    @property
    def engine(self) -> str:
        """As errors have it."""
        return "openai-embeddings" if self.name == "openai" else "bedrock"

    @property
    def operation(self) -> str:
        """What is asked for."""
        return PATH if self.name == "openai" else INVOKE

    @contextmanager
    def made(self, **changes: Any) -> Iterator[Embeddings]:
        """The model, as a store's options choose it."""
        where = {"base_url": f"{self.server.url}/v1"} if self.name == "openai" else {"endpoint_url": self.server.url}
        given = {**_OPTIONS[self.name], **where, **changes}
        chosen = EMBEDDINGS_OPTIONS.validate_python(given, context={"region": "us-east-1"})
        embeddings = embeddings_of(chosen)
        try:
            yield embeddings
        finally:
            embeddings.close()

    def refusal(self, status: int, message: str = "No.", **headers: Any) -> bytes:
        """An error in the vendor's own form."""
        if self.name == "openai":
            return openai.refusal(status, "error", None, message, **headers)
        return bedrock.refusal(_CODES[status], message, **headers)


@contextmanager
def model_of(name: str, environment: pytest.MonkeyPatch) -> Iterator[Model]:
    """Run a model's server, and have credentials that it takes."""
    environment.setenv("AWS_ACCESS_KEY_ID", "test")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    environment.setenv("SAYLINE_TEST_KEY", KEY)
    server = OpenAIEmbeddingsServer(KEY) if name == "openai" else BedrockEmbeddingsServer()
    with server:
        yield Model(name, server)
