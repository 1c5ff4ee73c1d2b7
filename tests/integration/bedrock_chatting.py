"""Amazon Bedrock's adapter at a local server."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.vendors import eventstream
from tests.vendors.bedrock import CONVERSE, MODEL, STREAM, BedrockServer
from workers.engines.bedrock.chat import BedrockChat
from workers.engines.bedrock.options import BedrockOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

BOTH = pytest.mark.parametrize("operation", [STREAM, CONVERSE])


@contextmanager
def releasing() -> Iterator[threading.Event]:
    """What holds an answer until it is set, at the end at the latest."""
    event = threading.Event()
    try:
        yield event
    finally:
        event.set()


@contextmanager
def server_of(environment: pytest.MonkeyPatch) -> Iterator[BedrockServer]:
    """Run a server, and have credentials that it takes."""
    environment.setenv("AWS_ACCESS_KEY_ID", "test")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with BedrockServer() as running:
        yield running


def chat(server: BedrockServer, operation: str = STREAM, **options: Any) -> BedrockChat:
    stream = operation == STREAM
    given = {"model": MODEL, "region": "us-east-1", "endpoint_url": server.url, "stream": stream, **options}
    return BedrockChat(BedrockOptions(**given))


def delta(text: str) -> bytes:
    """An event with text."""
    return eventstream.event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}})
