"""The engine of OpenAI's protocol at a local server: recordings, attempts, calls."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from schemas.kinds.transcription import TranscriptionRequest
from tests.vendors.openai import OpenAIServer
from workers.engines import load_engine
from workers.engines.ports import RECORDING_HZ, Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from workers.engines.openai.transcription import OpenAITranscriptionEngine
    from workers.engines.ports import Transcript

AUDIO = "audio:" + "5f" * 16
KEY = "sk-0123456789"


@dataclass
class Audio:
    """A recording of noise, so that it does not compress to nothing."""

    seconds: float = 2.5
    truncated: bool = False
    uri: str = "s3://bucket/key"

    def read(self) -> bytes:
        raise AssertionError("the upload itself is not sent")

    def recording(self) -> Recording:
        noise = np.random.default_rng(7).normal(0, 3_000, int(self.seconds * RECORDING_HZ))
        return Recording(samples=noise.astype(np.int16), truncated=self.truncated)


@dataclass
class Call:
    """An attempt."""

    remaining_s: float = 120.0
    token: str = "job-0"
    said: list[str | None] = field(default_factory=list)
    on_progress: Callable[[], None] = lambda: None

    def output(self, name: str) -> Audio:
        raise AssertionError(name)

    def progress(self, _fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        self.said.append(note)
        self.on_progress()


@contextmanager
def server_of(environment: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """Run a server, and have its key in the environment."""
    environment.setenv("SAYLINE_TEST_KEY", KEY)
    with OpenAIServer(KEY) as running:
        yield running


def engine(server: OpenAIServer, **options: Any) -> OpenAITranscriptionEngine:
    given = {"base_url": f"{server.url}/v1", "api_key": "env:SAYLINE_TEST_KEY", **options}
    made: OpenAITranscriptionEngine = load_engine("transcription", "openai", given)
    return made


def transcribe(
    server: OpenAIServer, *, audio: Audio | None = None, call: Call | None = None, options: Any = None, **request: Any
) -> Transcript:
    made = engine(server, **(options or {}))
    try:
        return made.transcribe(TranscriptionRequest(audio=AUDIO, **request), audio or Audio(), call or Call())
    finally:
        made.close()
