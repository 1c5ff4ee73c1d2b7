"""Five hundred jobs from eight threads: all succeed, each with its own audio, and everything agrees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from ops.hearing import decoded
from schemas.kinds.tts import TtsRequest
from tests.acceptance.running import wait_for_end
from workers.engines.espeak.engine import EspeakEngine

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

from tests.acceptance.running import RunningStack

JOBS, THREADS = 500, 8


def sentence(number: int) -> str:
    return f"Number {number} of my list is {'very ' * (number % 7)}important."


@pytest.mark.timeout(300)
def test_five_hundred_jobs_from_eight_threads(tmp_path: Path):
    with RunningStack(tmp_path) as stack, stack.client() as client, ThreadPoolExecutor(THREADS) as pool:

        def submit(number: int) -> str:
            answer = client.post("/v1/jobs/tts", json={"text": sentence(number), "format": "wav", "marks": ["word"]})
            assert answer.status_code == 202
            return str(answer.json()["id"])

        ids = list(pool.map(submit, range(JOBS)))
        jobs = list(pool.map(lambda job_id: wait_for_end(client, job_id, timeout_s=200), ids))

        assert len(set(ids)) == JOBS
        assert {job["status"] for job in jobs} == {"succeeded"}
        assert len({job["result"]["audio"]["sha256"] for job in jobs}) == JOBS
        assert {job["attempt"] for job in jobs} == {1}
        for number, job in enumerate(jobs):
            spoken = [mark["text"] for mark in job["result"]["marks"]]
            assert spoken == sentence(number).strip(".").split()
        check_audio(client, jobs)
        assert stack.findings() == []


def check_audio(client: httpx2.Client, jobs: list[dict[str, Any]]) -> None:
    """Hear every tenth: it is as long as the same sentence is when it is spoken here."""
    engine = EspeakEngine()
    try:
        for number in range(0, JOBS, 10):
            audio = client.get(jobs[number]["files"]["speech.wav"], follow_redirects=True).content
            samples, rate_hz = decoded(audio)
            expected = engine.speak(TtsRequest(text=sentence(number), format="wav"), timeout_s=30)
            assert len(samples) * 1000 / rate_hz == pytest.approx(expected.duration_ms, abs=30)
    finally:
        engine.close()
