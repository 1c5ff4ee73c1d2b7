from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import workers.handlers.pronunciation as handler
from schemas.errors import PermanentError
from schemas.kinds.pronunciation import PronunciationRequest, PronunciationResult
from schemas.media import StoredFile
from schemas.usage import Usage
from tests.pronunciation import THRESHOLDS, part, reading
from workers.engines.ports import Assessment, Recording
from workers.engines.pronunciation.verdict import verdict_of

if TYPE_CHECKING:
    from workers.engines.ports import AudioInput, Call

AUDIO = "audio:00000000000000000000000000000000"


def assessment(text: str = "Good morning Kim") -> Assessment:
    verdict = verdict_of(*reading(text, {1: part(omission=0.9)}), THRESHOLDS)
    assert verdict.delivery is not None
    return Assessment(
        scores=verdict.scores,
        words=verdict.words,
        rate=verdict.delivery.rate,
        pauses=((100, 400),),
        calibration="1",
        model="model",
    )


class Engine:
    name = "acoustic"

    def __init__(self, made: Assessment) -> None:
        self.made = made
        self.heard: list[int] = []

    def assess(self, request: PronunciationRequest, audio: AudioInput, call: Call) -> Assessment:
        self.heard.append(audio.recording().duration_ms)
        return self.made

    def close(self) -> None:
        pass


class Work:
    remaining_s = 10.0
    token = "1-1"

    def __init__(self, made: Assessment) -> None:
        self.engine = Engine(made)
        self.files: dict[str, tuple[bytes, str]] = {}
        self.usage = Usage()

    def input(self, ref: str) -> str:
        return ref

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        pass

    def record_usage(self, usage: Usage) -> None:
        self.usage = usage

    def store(self, name: str, data: bytes, *, mime: str) -> StoredFile:
        self.files[name] = (data, mime)
        return StoredFile(key=f"p/1/{name}", mime=mime, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


class File:
    """Stands for the intake's file: a second of sound, or its refusal."""

    refusal: PermanentError | None = None
    truncated = False

    def __init__(self, source: str, call: object, *, max_s: float) -> None:
        assert (source, max_s) == (AUDIO, 60)

    def recording(self) -> Recording:
        if self.refusal is not None:
            raise self.refusal
        return Recording(samples=np.full(16_000, 900, np.int16), truncated=self.truncated)


@pytest.fixture(autouse=True)
def _file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "AudioFile", File)


def handled(work: Work, **fields: Any) -> PronunciationResult:
    request = PronunciationRequest.model_validate({"audio": AUDIO, "text": "Good morning Kim", **fields})
    return handler.handle(request, work)  # type: ignore[arg-type]


def test_the_result_has_scores_grade_feedback_and_picture():
    work = Work(assessment())
    result = handled(work)
    assert (result.engine, result.model, result.calibration) == ("acoustic", "model", "1")
    assert result.missed_words == ("morning",)
    assert result.scores.completeness == 66.7
    assert result.grade == "D"
    assert (result.duration_ms, result.truncated) == (1_000, False)
    assert [(pause.start_ms, pause.end_ms) for pause in result.pauses] == [(100, 400)]
    assert "omitted_words" in [one.code for one in result.feedback]
    data, mime = work.files["score.svg"]
    assert mime == "image/svg+xml"
    assert data.startswith(b"<svg ")
    assert result.picture is not None
    assert result.picture.sha256 == hashlib.sha256(data).hexdigest()
    assert work.usage == Usage(audio_ms=1_000)


def test_no_picture_is_drawn_where_none_is_asked_for():
    work = Work(assessment())
    assert handled(work, picture=False).picture is None
    assert work.files == {}


def test_feedback_and_picture_are_in_the_language_that_was_asked_for():
    work = Work(assessment())
    result = handled(work, feedback_language="ko")
    assert "\ub4e4\ub9ac\uc9c0 \uc54a\uc740 \ub2e8\uc5b4: \u201cmorning\u201d." in " ".join(
        one.text for one in result.feedback
    )
    assert "\uc815\ud655\ub3c4".encode() in work.files["score.svg"][0]


def test_a_recording_that_is_refused_costs_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(File, "refusal", PermanentError("no_speech", "Nobody is heard."))
    work = Work(assessment())
    with pytest.raises(PermanentError, match="no_speech"):
        handled(work)
    assert work.engine.heard == []
    assert work.usage == Usage()


def test_a_truncated_file_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(File, "truncated", True)
    result = handled(Work(assessment()))
    assert result.truncated
    assert "truncated" in [one.code for one in result.feedback]


def test_a_recording_of_another_text_is_explained():
    result = handled(Work(replace(assessment(), matches=False)))
    assert [one.code for one in result.feedback] == ["other_text"]
