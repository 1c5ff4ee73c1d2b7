"""A real worker on an OpenAI-compatible server: a browser's recording is decoded and sent, and has subtitles."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING, Any

import pytest

from schemas.files import SAMPLES
from tests.acceptance.running import RunningStack, wait_for_end
from tests.vendors.openai import OpenAIServer

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-0123456789"


@pytest.mark.timeout(180)
def test_a_recording_is_transcribed_by_a_server_whose_key_nobody_gets_to_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SAYLINE_TEST_KEY", KEY)
    with OpenAIServer(KEY) as server:
        options = {"openai": {"base_url": f"{server.url}/v1", "api_key": "env:SAYLINE_TEST_KEY"}}
        chosen: dict[str, Any] = {"engines": {"transcription": "openai"}, "engine_options": options, "pool": "threads"}
        with RunningStack(tmp_path, kinds=("transcription",), log_level="debug", long_poll_s=1, **chosen) as stack:
            with stack.client() as client:
                audio = {"audio": ("recording.webm", (SAMPLES / "good-morning.webm").read_bytes(), "audio/webm")}
                accepted = client.post("/v1/jobs/transcription", files=audio)
                job = wait_for_end(client, accepted.raise_for_status().json()["id"])

            assert job["status"] == "succeeded", job["error"]
            assert (job["result"]["engine"], job["result"]["text"]) == ("openai", "Hello, how are you? Fine.")
            assert job["result"]["subtitles"]["vtt"]["bytes"] > 0
            with wave.open(io.BytesIO(server.transcribed[0].file)) as sent:
                assert (sent.getframerate(), sent.getnchannels()) == (16_000, 1)
                assert job["result"]["duration_ms"] == sent.getnframes() // 16
            assert stack.findings() == []
    assert KEY not in (tmp_path / "stack.log").read_text()
