"""What becomes of Polly's errors, of its silence and of streams that end too soon: through boto3, against a server."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import EngineUnavailableError, PermanentError, ThrottledError, TransientError
from schemas.kinds.tts import TtsRequest
from tests.emulated import free_port
from tests.integration.calling import impatient
from tests.vendors.polly import FAILED, THROTTLED, PollyServer, refusal
from tests.vendors.server import Cut, Hang, HangUp
from tests.waiting import wait_until
from workers.engines.polly.atoms import atoms_of
from workers.engines.polly.engine import PollyEngine
from workers.engines.polly.options import PollyOptions
from workers.engines.polly.pieces import pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICE = "workers.engines.polly.service"
HELLO = TtsRequest(text="Good morning, my secret friend!")
LONG = TtsRequest(text="Good morning! How are you today, my friend? " * 200, format="wav", sample_rate_hz=16_000)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.fixture
def polly() -> Iterator[PollyServer]:
    with PollyServer() as server:
        yield server


def engine(polly: PollyServer, **options: Any) -> PollyEngine:
    return PollyEngine(PollyOptions(region="us-east-1", endpoint_url=polly.url, **options))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("TextLengthExceededException", "text_too_long"),
        ("InvalidSsmlException", "invalid_ssml"),
        ("InvalidSampleRateException", "unsupported_sample_rate"),
        ("LanguageNotSupportedException", "unsupported_language"),
        ("EngineNotSupportedException", "engine_not_supported"),
        ("MarksNotSupportedForFormatException", "marks_not_supported"),
        ("SsmlMarksNotSupportedForTextTypeException", "marks_not_supported"),
        ("ValidationException", "refused_by_engine"),
    ],
)
def test_a_refusal_is_final_has_a_code_of_ours_and_is_asked_once(polly: PollyServer, theirs: str, ours: str):
    polly.plan("SynthesizeSpeech", refusal(theirs))
    with pytest.raises(PermanentError) as refused:
        engine(polly).speak(HELLO, timeout_s=20)
    assert (refused.value.code, refused.value.engine) == (ours, "amazon-polly")
    assert "secret" not in str(refused.value)
    assert polly.times("SynthesizeSpeech") == 1


def test_a_lexicon_that_is_not_there_is_named_as_the_settings_fault(polly: PollyServer):
    with pytest.raises(PermanentError, match=r"unknown_lexicon.*settings"):
        engine(polly, lexicons=("school",)).speak(HELLO, timeout_s=20)


def test_ssml_that_only_polly_refuses_is_refused(polly: PollyServer):
    request = TtsRequest(text='<speak><lang xml:lang="ko">Hello</lang></speak>', text_type="ssml")
    polly.plan("SynthesizeSpeech", refusal("InvalidSsmlException"))
    with pytest.raises(PermanentError, match="invalid_ssml"):
        engine(polly).speak(request, timeout_s=20)


def test_throttled_then_fine_is_fine(polly: PollyServer):
    polly.plan("DescribeVoices", THROTTLED)
    polly.plan("SynthesizeSpeech", THROTTLED, THROTTLED)
    polly.plan("SpeechMarks", refusal("TooManyRequestsException", 429, retry_after="0"))
    speech = engine(polly).speak(HELLO.model_copy(update={"marks": ("word",)}), timeout_s=20)
    assert [mark.text for mark in speech.marks] == ["Good", "morning", "my", "secret", "friend"]
    assert polly.times("SynthesizeSpeech") == 3


def test_throttled_for_long_is_left_to_the_job(polly: PollyServer):
    polly.plan("SynthesizeSpeech", *[THROTTLED] * 100)
    with impatient(SERVICE), pytest.raises(ThrottledError) as error:
        engine(polly).speak(HELLO, timeout_s=20)
    assert error.value.engine == "amazon-polly"


def test_polly_out_of_order_is_transient_and_may_be_paid(polly: PollyServer):
    polly.plan("SynthesizeSpeech", FAILED)
    with pytest.raises(EngineUnavailableError) as error:
        engine(polly).speak(HELLO, timeout_s=20)
    assert error.value.may_have_run
    assert polly.times("SynthesizeSpeech") == 1


def test_a_list_of_voices_costs_nothing_and_is_asked_for_again(polly: PollyServer):
    polly.plan("DescribeVoices", FAILED, HangUp())
    assert engine(polly).speak(HELLO, timeout_s=20).voice == "Joanna"


@pytest.mark.parametrize("operation", ["DescribeVoices", "SynthesizeSpeech", "SpeechMarks"])
def test_refused_credentials_fail_no_job(polly: PollyServer, operation: str):
    polly.plan(operation, *[refusal("AccessDeniedException", 403)] * 100)
    with impatient(SERVICE), pytest.raises(EngineUnavailableError, match="let this worker in"):
        engine(polly).speak(HELLO.model_copy(update={"marks": ("word",)}), timeout_s=20)


@pytest.mark.parametrize("operation", ["DescribeVoices", "SynthesizeSpeech", "SpeechMarks"])
def test_silence_ends_with_the_attempts_time(polly: PollyServer, operation: str):
    polly.plan(operation, Hang())
    began = time.monotonic()
    with pytest.raises(TransientError, match="engine_timeout"):
        engine(polly).speak(HELLO.model_copy(update={"marks": ("word",)}), timeout_s=1.5)
    assert 1.4 < time.monotonic() - began < 10


@pytest.mark.parametrize("after_bytes", [0, 100, 3_000])
@pytest.mark.parametrize("operation", ["SynthesizeSpeech", "SpeechMarks"])
def test_a_stream_that_ends_too_soon_is_transient_and_not_asked_for_twice(
    polly: PollyServer, operation: str, after_bytes: int
):
    polly.plan(operation, Cut(after_bytes if operation == "SynthesizeSpeech" else min(after_bytes, 400)))
    with pytest.raises(EngineUnavailableError) as error:
        engine(polly).speak(HELLO.model_copy(update={"marks": ("word",)}), timeout_s=20)
    assert error.value.may_have_run
    assert polly.times(operation) == 1


def test_no_connection_means_that_nothing_was_done():
    away = PollyEngine(PollyOptions(region="us-east-1", endpoint_url=f"http://127.0.0.1:{free_port()}"))
    with impatient(SERVICE), pytest.raises(EngineUnavailableError) as error:
        away.speak(HELLO, timeout_s=20)
    assert not error.value.may_have_run


def test_a_piece_that_fails_stops_those_that_have_not_begun(polly: PollyServer):
    polly.plan("SynthesizeSpeech", refusal("InvalidSsmlException"))
    with pytest.raises(PermanentError, match="invalid_ssml"):
        engine(polly, concurrent_calls=1).speak(LONG, timeout_s=20)
    wait_until(lambda: not any(thread.name.startswith("polly") for thread in threading.enumerate()))
    assert polly.times("SynthesizeSpeech") <= 2
    assert polly.times("SpeechMarks") == 0


@pytest.mark.parametrize("failing", [FAILED, HangUp(carried_out=True), Cut(100)])
def test_one_of_many_pieces_is_asked_for_again_as_the_job_would_buy_all(polly: PollyServer, failing: Any):
    pieces = len(pieces_of(atoms_of(LONG, "neural")))
    polly.plan("SynthesizeSpeech", failing)

    assert engine(polly).speak(LONG, timeout_s=60).duration_ms > 1_000
    assert polly.times("SynthesizeSpeech") == pieces + 1

    polly.plan("SynthesizeSpeech", *[failing] * 2 * pieces)
    with pytest.raises(EngineUnavailableError):
        engine(polly, concurrent_calls=1).speak(LONG, timeout_s=60)
    # Its thread may have begun the next piece before the failure was noticed.
    wait_until(lambda: not any(thread.name.startswith("polly") for thread in threading.enumerate()))
    assert polly.times("SynthesizeSpeech") in {pieces + 3, pieces + 4, pieces + 5}


def test_marks_that_a_voice_cannot_have_are_refused_before_anything_is_paid(polly: PollyServer):
    with pytest.raises(PermanentError, match="marks_not_supported"):
        engine(polly, engine="generative").speak(HELLO.model_copy(update={"marks": ("word",)}), timeout_s=20)
    assert polly.asked == []


def test_a_failure_leaves_the_engine_ready_for_the_next_text(polly: PollyServer):
    made = engine(polly)
    polly.plan("SynthesizeSpeech", HangUp(carried_out=True))
    with pytest.raises(EngineUnavailableError):
        made.speak(HELLO, timeout_s=20)
    assert made.speak(HELLO, timeout_s=20).duration_ms > 1_000


def test_a_voice_without_a_sound_for_the_text_has_nothing_to_speak(polly: PollyServer):
    with pytest.raises(PermanentError, match="nothing_to_speak"):
        engine(polly).speak(TtsRequest(text="😀 👍"), timeout_s=20)


def test_speech_beyond_ten_minutes_at_once_is_refused_and_not_cut_silently(
    polly: PollyServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tests.vendors.polly_speaking.MAX_S", 2)
    monkeypatch.setattr("workers.engines.polly.engine.MAX_AUDIO_S", 3)
    with pytest.raises(PermanentError, match="audio_too_long"):
        engine(polly).speak(TtsRequest(text="Good morning! How are you today, my friend?"), timeout_s=20)


def test_speech_beyond_an_hour_is_refused(polly: PollyServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workers.engines.polly.assembly.MAX_AUDIO_S", 2)
    with pytest.raises(PermanentError, match="audio_too_long"):
        engine(polly).speak(LONG, timeout_s=20)
