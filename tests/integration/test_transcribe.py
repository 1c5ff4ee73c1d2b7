"""The engine on Amazon Transcribe, by boto3 against a local server: what is asked, what comes back, how it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, TransientError
from schemas.kinds.transcription import TranscriptionRequest
from tests.integration.transcribing import AUDIO, GET, MEDIA, START, TOKEN, Audio, Desk, desk_of
from tests.vendors.aws_json import refusal
from tests.vendors.documents import KOREAN
from tests.vendors.server import Cut, HangUp
from tests.vendors.transcribe import Outcome
from workers.work import CancelledError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_of(monkeypatch) as desk:
        yield desk


# --- what is asked, and what comes back ---


def test_a_recording_in_the_bucket_is_transcribed(desk: Desk):
    transcript = desk.attempt()

    assert transcript.text == "Hello, how are you?"
    assert [word.text for word in transcript.words] == ["Hello,", "how", "are", "you?"]
    assert desk.asked() == {
        "TranscriptionJobName": f"sayline-{TOKEN}",
        "LanguageCode": "en-US",
        "Media": {"MediaFileUri": MEDIA},
        "OutputBucketName": "bucket",
        "OutputKey": "transcription/job/vendor/0-transcript.json",
    }


def test_a_language_may_be_identified_from_a_choice(desk: Desk):
    desk.options = {"language_options": ("en", "ko-kr")}
    desk.server.outcome = Outcome(KOREAN, language="ko-KR")

    transcript = desk.attempt(language=None)

    assert (transcript.language, transcript.text) == ("ko-KR", "안녕하세요. 만나서 반갑습니다.")
    assert desk.asked()["IdentifyLanguage"] is True
    assert desk.asked()["LanguageOptions"] == ["en-US", "ko-KR"]
    assert "LanguageCode" not in desk.asked()


def test_speakers_and_a_vocabulary_are_asked_for(desk: Desk):
    desk.attempt(speakers=3, vocabulary="names")

    assert desk.asked()["Settings"] == {"ShowSpeakerLabels": True, "MaxSpeakerLabels": 3, "VocabularyName": "names"}


@pytest.mark.parametrize(
    ("tag", "code"), [("ko", "ko-KR"), ("en", "en-US"), ("EN-gb", "en-GB"), ("vi", "vi-VN"), ("zh", "zh-CN")]
)
def test_a_language_is_named_as_the_vendor_does(desk: Desk, tag: str, code: str):
    desk.attempt(language=tag)

    assert desk.asked()["LanguageCode"] == code


@pytest.mark.parametrize("tag", ["tlh", "en-XX", "sw"])
def test_a_language_that_it_does_not_know_or_that_is_ambiguous_is_refused_before_it_is_asked(desk: Desk, tag: str):
    with pytest.raises(PermanentError) as raised:
        desk.attempt(language=tag)

    assert raised.value.code == "unsupported_language"
    assert desk.server.asked == []


@pytest.mark.parametrize(
    "request_",
    [{"reference": "Hello"}, {"phrases": ("Hello",)}, {"grammar": "x"}, {"language": None, "vocabulary": "v"}],
)
def test_what_it_cannot_be_held_to_is_refused_before_it_is_asked(desk: Desk, request_: dict[str, Any]):
    with pytest.raises(PermanentError) as raised:
        desk.attempt(**request_)

    assert raised.value.code == "unsupported_option"
    assert desk.server.asked == []


# --- waiting ---


def test_looks_are_further_and_further_apart_with_a_checkpoint_before_each(desk: Desk):
    desk.server.outcome.looks = 9
    call = desk.call()

    desk.attempt(call)

    assert [round(wait, 2) for wait in desk.clock.waits] == [1, 1.5, 2.25, 3.38, 5.06, 7.59, 11.39, 15, 15, 15]
    assert call.said == [(None, "waiting for Amazon Transcribe")] * 10


def test_waits_are_random_by_half(desk: Desk):
    drawn: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        drawn.append((low, high))
        return low

    engine = desk.engine()
    object.__setattr__(engine._jobs, "uniform", draw)  # noqa: SLF001

    engine.transcribe(TranscriptionRequest(audio=AUDIO), Audio(MEDIA, desk.memory), desk.call())

    assert drawn == [(0.5, 1.0), (0.75, 1.5), (1.125, 2.25)]
    assert desk.clock.waits == [0.5, 0.75, 1.125]


def test_a_cancelled_job_stops_to_wait(desk: Desk):
    call = desk.call()

    def cancel() -> None:
        if len(call.said) == 2:
            raise CancelledError

    call.on_progress = cancel

    with pytest.raises(CancelledError):
        desk.attempt(call)

    assert desk.server.times(GET) == 1


def test_out_of_time_the_next_attempt_waits_for_the_same_job(desk: Desk):
    desk.server.outcome.looks = 60

    with pytest.raises(TransientError) as raised:
        desk.attempt(desk.call(until_s=100.0))
    assert raised.value.code == "engine_timeout"
    assert desk.clock.now_s == 80.0, "what is kept to store the result"
    desk.server.outcome.looks = 3

    transcript = desk.attempt()

    assert transcript.text == "Hello, how are you?"
    assert desk.server.begun == [f"sayline-{TOKEN}"]
    assert desk.server.times(START) == 2


def test_looks_that_fail_for_a_while_are_made_again(desk: Desk):
    desk.server.plan(
        GET,
        refusal("InternalFailureException"),
        refusal("ThrottlingException", "Rate exceeded", retry_after="40"),
        HangUp(),
        Cut(40),
        Cut(300),
    )

    assert desk.attempt().text == "Hello, how are you?"
    assert desk.clock.waits[2] == 40.0, "as long as it asked for"


def test_a_vendor_that_is_out_of_sight_for_two_minutes_ends_the_attempt_and_not_its_own_job(desk: Desk):
    desk.server.plan(GET, *[refusal("InternalFailureException")] * 15)

    with pytest.raises(EngineUnavailableError):
        desk.attempt()
    assert 120 < desk.clock.now_s < 140
    desk.server.recover()

    assert desk.attempt().text == "Hello, how are you?"
    assert len(desk.server.begun) == 1
