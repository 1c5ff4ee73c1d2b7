"""An HTTP client asks for speech, and hears it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from ops.hearing import decoded, voiced_fraction
from tests.acceptance.running import wait_for_end
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.acceptance.running import RunningStack


@pytest.mark.parametrize(
    ("text", "language"),
    [("The cat sat on the mat, and looked at the moon.", "en-US"), ("안녕하세요. 오늘은 날씨가 참 좋네요.", "ko-KR")],
)
def test_a_sentence_is_spoken(stack: RunningStack, text: str, language: str):
    with stack.client() as client:
        accepted = client.post("/v1/jobs/tts", json={"text": text, "language": language, "marks": ["word"]})
        assert accepted.status_code == 202
        assert accepted.json()["status"] == "queued"

        job = wait_for_end(client, accepted.json()["id"])

        assert job["status"] == "succeeded"
        audio = client.get(job["files"]["speech.mp3"], follow_redirects=True).raise_for_status()
        assert audio.headers["content-type"] == "audio/mpeg"
    samples, rate_hz = decoded(audio.content)
    claimed = job["result"]["audio"]
    assert rate_hz == claimed["sample_rate_hz"] == 24_000
    assert len(samples) * 1000 / rate_hz == pytest.approx(claimed["duration_ms"], abs=50)
    assert voiced_fraction(samples, rate_hz) > 0.5
    assert [text[mark["start"] : mark["end"]] for mark in job["result"]["marks"]] == [
        word.strip(".,") for word in text.split()
    ]


def test_a_job_goes_from_queued_through_running_to_succeeded(stack: RunningStack):
    seen: list[str] = []
    with stack.client() as client:
        job_id = client.post("/v1/jobs/tts", json={"text": "word " * 3_900, "format": "wav"}).json()["id"]

        def poll() -> bool:
            status = client.get(f"/v1/jobs/{job_id}").json()["status"]
            if not seen or seen[-1] != status:
                seen.append(status)
            return status == "succeeded"

        wait_until(poll)

    assert seen[-2:] == ["running", "succeeded"]


def test_bad_input_is_refused_at_the_door(stack: RunningStack):
    with stack.client() as client:
        answer = client.post("/v1/jobs/tts", json={"text": ""})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "text"


def test_what_only_the_engine_can_tell_fails_the_job_with_a_code(stack: RunningStack):
    with stack.client() as client:
        job_id = client.post("/v1/jobs/tts", json={"text": "hi", "language": "tlh-XX"}).json()["id"]

        job = wait_for_end(client, job_id)

    assert job["status"] == "failed"
    assert job["error"]["code"] == "unsupported_language"


def test_a_job_is_seen_by_its_owner_alone(stack: RunningStack):
    with stack.client("mina") as mina, stack.client("jun") as jun:
        job_id = mina.post("/v1/jobs/tts", json={"text": "secret"}).json()["id"]
        wait_for_end(mina, job_id)

        assert jun.get(f"/v1/jobs/{job_id}").status_code == 404
        assert jun.get(f"/v1/jobs/{job_id}/result/speech.mp3").status_code == 404


def test_no_text_of_a_learner_is_in_any_log(stack: RunningStack):
    canary = "pomegranate daydream"
    with stack.client() as client:
        for body in ({"text": canary}, {"text": canary, "language": "tlh-XX"}, {"text": canary, "voice": "nobody"}):
            wait_for_end(client, client.post("/v1/jobs/tts", json=body).json()["id"])
        client.post("/v1/jobs/tts", json={"txt": canary})

    log = (stack.settings.data_dir.parent / "stack.log").read_text("utf-8")
    assert "job_finished" in log
    assert "pomegranate" not in log


def test_everything_listens_on_this_machine_alone(stack: RunningStack):
    for port in (stack.settings.api_port, stack.settings.emulator_port):
        assert httpx2.get(f"http://127.0.0.1:{port}/", timeout=5).status_code
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"http://127.0.0.2:{port}/", timeout=5)
