"""Image models at local servers: requests, the engines, and what becomes of a job by what they let out."""

from __future__ import annotations

from contextlib import closing, contextmanager
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import WorkError
from schemas.kinds.image import KIND, ImageRequest
from tests.integration.calling import Attempt
from tests.vendors.bedrock_images import CORE, BedrockImagesServer
from tests.vendors.openai_images import OpenAIImagesServer
from workers.engines import load_engine
from workers.retry import Decision, decide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engines.ports.image import Drawing, ImageEngine

SCENE = "a black cat is sleeping under the table"
KEY = "sk-0123456789"
MODEL = "gpt-image-test"
#: Of words that no error and no log may have.
SECRET_TEXT = "xyzzy-0451"


@contextmanager
def bedrock(environment: pytest.MonkeyPatch) -> Iterator[BedrockImagesServer]:
    """Run Bedrock, and have credentials that it takes."""
    environment.setenv("AWS_ACCESS_KEY_ID", "test")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with BedrockImagesServer() as running:
        yield running


@contextmanager
def openai(environment: pytest.MonkeyPatch, **takes: Any) -> Iterator[OpenAIImagesServer]:
    """Run a server of OpenAI's protocol, and have its key in the environment."""
    environment.setenv("SAYLINE_TEST_KEY", KEY)
    with OpenAIImagesServer(KEY, **takes) as running:
        yield running


def bedrock_options(server: BedrockImagesServer, *models: str) -> dict[str, Any]:
    """Return what Bedrock's engine has to be given, with these models."""
    named = [{"id": model} for model in models or (CORE,)]
    return {"endpoint_url": server.url, "control_endpoint_url": server.url, "models": named}


def engine_of(server: BedrockImagesServer | OpenAIImagesServer, **options: Any) -> ImageEngine:
    """Make the engine of a server."""
    if isinstance(server, BedrockImagesServer):
        made = load_engine("image", "bedrock-images", bedrock_options(server) | options, {"region": "us-west-2"})
    else:
        given = {"base_url": f"{server.url}/v1", "api_key": "env:SAYLINE_TEST_KEY", "model": MODEL, **options}
        made = load_engine("image", "openai-images", given)
    engine: ImageEngine = made
    return engine


def drawn(
    server: BedrockImagesServer | OpenAIImagesServer,
    *,
    call: Attempt | None = None,
    options: dict[str, Any] | None = None,
    **request: Any,
) -> Drawing:
    """Have a scene drawn."""
    with closing(engine_of(server, **(options or {}))) as engine:
        return engine.draw(ImageRequest(**{"scene": SCENE, **request}), call or Attempt())


def failure(
    server: BedrockImagesServer | OpenAIImagesServer, *, attempt: int = 1, **asked: Any
) -> tuple[WorkError, Decision]:
    """Return the error that is let out, and what becomes of the job."""
    with pytest.raises(WorkError) as raised:
        drawn(server, scene=f"{SCENE} {SECRET_TEXT}", **asked)
    error = raised.value
    assert error.engine == ("bedrock-images" if isinstance(server, BedrockImagesServer) else "openai-images")
    assert SECRET_TEXT not in str(error)
    assert error.message.endswith(".") or "refused the request" in error.message
    return error, decide(error, attempt=attempt, kind=KIND, held_s=0, random=Random(7))
