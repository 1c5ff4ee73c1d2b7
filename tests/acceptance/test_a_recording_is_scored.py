"""A learner's recording is posted, and comes back with scores, words, a picture, a transcript and subtitles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import httpx2
import numpy as np
import pytest

from schemas.files import SAMPLES
from tests.acceptance.running import wait_for_end
from tests.recordings import RATE_HZ, speak, webm

if TYPE_CHECKING:
    from tests.acceptance.running import RunningStack

TEXT = "My brother wants to buy seven green bicycles tomorrow."
OTHER_TEXT = "There is a small red house behind the old railway station."
SAMPLE = (SAMPLES / "good-morning.webm").read_bytes()
SAMPLE_TEXT = "Good morning! How are you today?"


def post(client: httpx2.Client, kind: str, recording: bytes, **fields: str) -> dict[str, Any]:
    """Post a recording as a form, and return the job at its end."""
    audio = {"audio": ("recording.webm", recording, "audio/webm;codecs=opus")}
    accepted = client.post(f"/v1/jobs/{kind}", data=fields, files=audio)
    assert accepted.status_code == 202, accepted.text
    return wait_for_end(client, accepted.json()["id"])


def score(client: httpx2.Client, recording: bytes, text: str, **fields: str) -> dict[str, Any]:
    job = post(client, "pronunciation", recording, text=text, **fields)
    assert job["status"] == "succeeded", job["error"]
    result: dict[str, Any] = job["result"]
    return result


def errors(result: dict[str, Any]) -> dict[str, str]:
    """Words of the text that are not as they should be."""
    return {word["text"]: word["error_type"] for word in result["words"] if word["error_type"] != "none"}


def codes(result: dict[str, Any]) -> list[str]:
    return [said["code"] for said in result["feedback"]]


def test_a_recording_of_a_browser_gets_a_full_score(stack: RunningStack):
    with stack.client() as client:
        result = score(client, SAMPLE, SAMPLE_TEXT)

    assert result["scores"]["pron_score"] >= 80
    assert result["grade"] in {"A", "B"}
    for name in ("accuracy", "fluency", "completeness", "pron_score"):
        assert 0 <= result["scores"][name] <= 100
    assert [SAMPLE_TEXT[word["start"] : word["end"]] for word in result["words"]] == [
        word["text"] for word in result["words"]
    ]
    assert [word["text"] for word in result["words"]] == ["Good", "morning", "How", "are", "you", "today"]
    times = [edge for word in result["words"] for edge in (word["start_ms"], word["end_ms"])]
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= result["duration_ms"]
    assert all(word["phonemes"] and word["phonemes"][0]["ipa"] for word in result["words"])
    assert (result["missed_words"], result["truncated"]) == ([], False)
    assert (result["engine"], bool(result["calibration"])) == ("acoustic", True)
    assert result["rate"]["words_per_minute"] > 60
    assert result["feedback"]


def test_its_picture_is_among_the_files(stack: RunningStack):
    with stack.client() as client:
        job = post(client, "pronunciation", SAMPLE, text=SAMPLE_TEXT)
        (name,) = job["files"]
        picture = client.get(job["files"][name], follow_redirects=True).raise_for_status()
        plain = score(client, SAMPLE, SAMPLE_TEXT, picture="false")

    assert picture.headers["content-type"] == "image/svg+xml"
    assert ET.fromstring(picture.content).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own file
    assert "morning" in picture.text
    assert job["result"]["picture"]["bytes"] == len(picture.content)
    assert plain["picture"] is None


def test_a_sentence_that_is_read_as_it_stands_scores_high(stack: RunningStack):
    with stack.client() as client:
        result = score(client, speak(client, TEXT).webm(), TEXT)

    assert errors(result) == {}
    assert result["scores"]["pron_score"] >= 80
    assert result["scores"]["completeness"] == 100


def test_a_word_that_is_cut_out_is_missed(stack: RunningStack):
    with stack.client() as client:
        result = score(client, speak(client, TEXT).without("seven").webm(), TEXT)

    assert errors(result)["seven"] == "omission"
    assert result["missed_words"] == ["seven"]
    assert result["scores"]["completeness"] == pytest.approx(100 * 8 / 9, abs=0.1)
    assert "omitted_words" in codes(result)


def test_a_word_that_is_added_is_found(stack: RunningStack):
    longer = TEXT.replace("green", "green and yellow")
    with stack.client() as client:
        result = score(client, speak(client, longer).webm(), TEXT)

    kinds = [word["error_type"] for word in result["words"]]
    place = kinds.index("insertion")
    assert kinds.count("insertion") == 1
    assert [word["text"] for word in result["words"]][place - 1 : place + 2] == ["green", None, "bicycles"]
    assert result["missed_words"] == []


def test_another_sentence_scores_low_and_is_explained(stack: RunningStack):
    with stack.client() as client:
        recording = speak(client, OTHER_TEXT).webm()
        result = score(client, recording, TEXT)
        korean = score(client, recording, TEXT, feedback_language="ko")

    assert result["scores"]["pron_score"] < 50
    assert result["grade"] == "F"
    assert codes(result) in (["other_text"], ["nothing_read"])
    assert codes(korean) == codes(result)
    assert any("가" <= character <= "힣" for character in korean["feedback"][0]["text"])


def test_the_same_recording_gets_the_same_score_whatever_was_scored_between(stack: RunningStack):
    with stack.client() as client:
        first = score(client, SAMPLE, SAMPLE_TEXT, picture="false")
        score(client, speak(client, TEXT).webm(), TEXT, picture="false")
        again = score(client, SAMPLE, SAMPLE_TEXT, picture="false")

    assert again == first


# --- how a recording gets in ---


def uploaded(client: httpx2.Client, recording: bytes) -> str:
    """Upload by a form of the bucket's, as a browser does."""
    asked = {"media": "audio", "bytes": len(recording), "mime": "audio/webm"}
    form = client.post("/v1/uploads", json=asked).raise_for_status().json()
    parts = [(name, (None, value)) for name, value in form["fields"].items()]
    sent = httpx2.post(form["url"], files=[*parts, ("file", ("me.webm", recording))], timeout=30, trust_env=False)
    assert sent.status_code == 204
    ref: str = form["ref"]
    return ref


def by_reference(
    client: httpx2.Client, ref: str, kind: str = "pronunciation", *, text: str = SAMPLE_TEXT
) -> httpx2.Response:
    field = {"pronunciation": "text", "transcription": "reference"}[kind]
    return client.post(f"/v1/jobs/{kind}", json={"audio": ref, field: text})


def test_an_upload_is_named_by_as_many_jobs_as_its_owner_likes(stack: RunningStack):
    with stack.client() as client:
        ref = uploaded(client, SAMPLE)
        jobs = [
            wait_for_end(client, by_reference(client, ref, kind).json()["id"])
            for kind in ("pronunciation", "transcription")
        ]

    assert [job["status"] for job in jobs] == ["succeeded", "succeeded"]


def test_what_a_job_has_spoken_is_scored(stack: RunningStack):
    with stack.client() as client:
        spoken = wait_for_end(client, client.post("/v1/jobs/tts", json={"text": TEXT}).json()["id"])
        answer = by_reference(client, f"job:{spoken['id']}/speech.mp3", text=TEXT)
        job = wait_for_end(client, answer.json()["id"])

    assert job["status"] == "succeeded"
    assert job["result"]["scores"]["pron_score"] >= 80


def test_nobody_can_name_or_see_what_is_anothers(stack: RunningStack):
    with stack.client("mina") as mina, stack.client("jun") as jun:
        ref = uploaded(mina, SAMPLE)
        scored = post(mina, "pronunciation", SAMPLE, text=SAMPLE_TEXT)
        (name,) = scored["files"]

        for stranger in (ref, f"job:{scored['id']}/{name}"):
            answer = by_reference(jun, stranger)
            assert (answer.status_code, answer.json()["code"]) == (422, "unknown_file")
        assert jun.get(f"/v1/jobs/{scored['id']}").status_code == 404
        assert jun.get(scored["files"][name]).status_code == 404
        assert by_reference(mina, ref).status_code == 202


# --- what can't be scored ---


@pytest.mark.parametrize(
    ("recording", "code"),
    [
        (webm(np.zeros(2 * RATE_HZ, np.int16)), "no_speech"),
        (webm(np.zeros(RATE_HZ // 20, np.int16)), "audio_too_short"),
        (b"<html>not a recording</html>" * 100, "unreadable_audio"),
        (SAMPLE[:200], "unreadable_audio"),
    ],
    ids=["silence", "a click", "a page", "a stump"],
)
@pytest.mark.parametrize("kind", ["pronunciation", "transcription"])
def test_what_is_no_speech_fails_with_a_code(stack: RunningStack, kind: str, recording: bytes, code: str):
    field = {"pronunciation": "text", "transcription": "reference"}[kind]
    with stack.client() as client:
        job = post(client, kind, recording, **{field: SAMPLE_TEXT})

    assert (job["status"], job["error"]["code"], job["attempt"]) == ("failed", code, 1)
    assert len(job["error"]["message"]) > 20


# --- transcription ---


def test_a_recording_is_written_down_with_subtitles(stack: RunningStack):
    with stack.client() as client:
        job = post(client, "transcription", SAMPLE, reference=SAMPLE_TEXT)
        files = {name: client.get(href, follow_redirects=True).text for name, href in job["files"].items()}

    result = job["result"]
    assert job["status"] == "succeeded"
    assert result["quality"] == "constrained"
    assert [word["text"].lower().strip("!?.,") for word in result["words"]] == [
        word.lower().strip("!?.,") for word in SAMPLE_TEXT.split()
    ]
    assert {name.rpartition(".")[2] for name in files} == {"srt", "vtt"}
    for name, text in files.items():
        assert "-->" in text
        assert "morning" in text.lower()
        assert text.startswith("WEBVTT") is name.endswith(".vtt")


def test_free_dictation_says_that_it_is_of_low_quality(stack: RunningStack):
    with stack.client() as client:
        job = post(client, "transcription", SAMPLE, subtitles="false")

    assert job["status"] == "succeeded"
    assert job["result"]["quality"] == "low"
    assert job["files"] == {}


# --- what is left ---


def test_no_text_or_file_name_of_a_learner_is_in_any_log(stack: RunningStack):
    audio = {"audio": ("marmalade.webm", SAMPLE, "audio/webm")}
    with stack.client() as client:
        for text in ("quixotic marmalade", "x" * 2_000):
            answer = client.post("/v1/jobs/pronunciation", data={"text": text}, files=audio)
            if answer.status_code == 202:
                wait_for_end(client, answer.json()["id"])

    log = (stack.settings.data_dir.parent / "stack.log").read_text("utf-8")
    assert '"kind": "pronunciation"' in log
    assert "marmalade" not in log
    assert "xxxx" not in log


def test_records_objects_and_queues_agree(stack: RunningStack):
    with stack.client() as client:
        score(client, SAMPLE, SAMPLE_TEXT)

    assert stack.findings() == []
