"""Anthropic's adapter at a local server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from tests.vendors.anthropic import MODEL, AnthropicServer
from workers.engines.anthropic.chat import AnthropicChat
from workers.engines.anthropic.options import AnthropicOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "sk-ant-0123456789"
BOTH = pytest.mark.parametrize("way", ["stream", "whole"])


@contextmanager
def server_of(environment: pytest.MonkeyPatch) -> Iterator[AnthropicServer]:
    """Run a server, and have its key in the environment, beside one that is for another server."""
    environment.setenv("SAYLINE_TEST_KEY", KEY)
    environment.setenv("ANTHROPIC_API_KEY", "sk-ant-another")
    environment.setenv("ANTHROPIC_AUTH_TOKEN", "another")
    environment.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    with AnthropicServer(KEY) as running:
        yield running


def chat(server: AnthropicServer, way: str = "stream", **options: Any) -> AnthropicChat:
    given = {
        "model": MODEL,
        "api_key": "env:SAYLINE_TEST_KEY",
        "base_url": server.url,
        "stream": way == "stream",
        **options,
    }
    return AnthropicChat(AnthropicOptions(**given))
