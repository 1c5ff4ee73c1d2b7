"""Amazon Comprehend's engine at a local server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from schemas.kinds.analysis import AnalysisRequest
from tests.integration.calling import Attempt
from tests.vendors.comprehend import ComprehendServer
from workers.engines import load_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from workers.engines.ports import Analysis


@contextmanager
def server_of(environment: pytest.MonkeyPatch) -> Iterator[ComprehendServer]:
    """Run a server, and have credentials that it takes."""
    environment.setenv("AWS_ACCESS_KEY_ID", "test")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with ComprehendServer() as running:
        yield running


def analyse(
    server: ComprehendServer,
    text: str = "I love it.",
    *,
    call: Attempt | None = None,
    options: Any = None,
    **asked: Any,
) -> Analysis:
    given = {"endpoint_url": server.url, **(options or {})}
    engine = load_engine("analysis", "comprehend", given, {"region": "us-east-1"})
    try:
        found: Analysis = engine.analyse(AnalysisRequest(text=text, **asked), call or Attempt())
        return found
    finally:
        engine.close()
