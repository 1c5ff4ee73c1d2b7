"""The acoustic engine with its real model, on speech of the embedded voice whose words are cut out and put in."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from schemas.errors import PermanentError
from schemas.kinds.pronunciation import PronunciationRequest
from schemas.kinds.tts import TtsRequest
from workers.engines import load_engine
from workers.engines.espeak.engine import EspeakEngine
from workers.engines.espeak.process import EspeakProcess
from workers.engines.ports import RECORDING_HZ, Recording
from workers.engines.pronunciation.engine import AcousticEngine
from workers.engines.pronunciation.g2p import phones_of
from workers.engines.pronunciation.rules import VOICE
from workers.engines.pronunciation.scores import grade_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from schemas.kinds.tts import Mark
    from workers.engines.ports import Assessment, SourceFile

TEXT = "Good morning! How are you today?"
LONGER = "My friend and I are going to the market in the morning."
AUDIO = "audio:00000000000000000000000000000000"


@pytest.fixture
def voice() -> Iterator[EspeakEngine]:
    """A new one for each test: what espeak says depends a little on what it said before."""
    engine = EspeakEngine()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def engine() -> Iterator[AcousticEngine]:
    AcousticEngine.preload()
    engine = AcousticEngine(AcousticEngine.Options())
    yield engine
    engine.close()


def speak(voice: EspeakEngine, text: str) -> tuple[NDArray[np.int16], tuple[Mark, ...]]:
    request = TtsRequest(text=text, format="wav", sample_rate_hz=RECORDING_HZ, marks=("word",))
    speech = voice.speak(request, timeout_s=20)
    with wave.open(io.BytesIO(speech.audio)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16), speech.marks


class Input:
    uri = "s3://bucket/key"

    def __init__(self, samples: NDArray[np.int16]) -> None:
        self.samples = samples

    def read(self) -> bytes:
        raise AssertionError("the samples are wanted")

    def recording(self) -> Recording:
        return Recording(samples=self.samples, truncated=False)


class Call:
    token = "1-1"
    remaining_s = 60.0

    def __init__(self) -> None:
        self.looks = 0

    def output(self, name: str) -> SourceFile:
        raise AssertionError("nothing is written")

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        self.looks += 1


def assess(engine: AcousticEngine, samples: NDArray[np.int16], text: str, **fields: str) -> Assessment:
    return engine.assess(
        PronunciationRequest.model_validate({"audio": AUDIO, "text": text, **fields}), Input(samples), Call()
    )


def without(samples: NDArray[np.int16], start_ms: int, end_ms: int) -> NDArray[np.int16]:
    return np.concatenate([samples[: start_ms * 16], samples[end_ms * 16 :]])


def noisy(samples: NDArray[np.int16], snr_db: float, seed: int) -> NDArray[np.int16]:
    power = np.mean(samples.astype(float) ** 2) / 10 ** (snr_db / 10)
    noise = np.random.default_rng(seed).normal(0, np.sqrt(power), len(samples))
    return np.clip(samples + noise, -32_768, 32_767).astype(np.int16)


@pytest.mark.parametrize("text", [TEXT, LONGER])
def test_a_text_read_by_the_embedded_voice_scores_high(engine: AcousticEngine, voice: EspeakEngine, text: str):
    result = assess(engine, speak(voice, text)[0], text)
    assert grade_of(result.scores.pron_score) in {"A", "B"}
    assert result.scores.completeness is not None
    assert result.scores.completeness > 80
    assert result.matches
    assert [text[word.start : word.end] for word in result.words if word.text is not None] == [
        word.text for word in result.words if word.text is not None
    ]
    assert result.rate is not None
    assert 100 < result.rate.words_per_minute < 300


def test_words_lie_where_the_voice_says_them(engine: AcousticEngine, voice: EspeakEngine):
    samples, marks = speak(voice, LONGER)
    words = assess(engine, samples, LONGER).words
    starts = {word.start: word.start_ms for word in words if word.start_ms is not None}
    away = [abs(starts[mark.start] - mark.start_ms) for mark in marks if mark.start in starts]
    assert np.median(away) <= 60


def test_a_word_cut_out_of_the_recording_is_missing(engine: AcousticEngine, voice: EspeakEngine):
    samples, marks = speak(voice, TEXT)
    today = next(mark for mark in marks if mark.text.startswith("today"))
    whole = assess(engine, samples, TEXT)
    result = assess(engine, without(samples, today.start_ms, today.end_ms), TEXT)
    assert {word.text: word.error_type for word in result.words}["today"] == "omission"
    assert result.scores.completeness is not None
    assert result.scores.completeness < 100
    assert result.scores.pron_score is not None
    assert whole.scores.pron_score is not None
    assert result.scores.pron_score < whole.scores.pron_score - 2


def test_a_word_added_to_the_recording_is_an_insertion(engine: AcousticEngine, voice: EspeakEngine):
    samples, _ = speak(voice, "My friend Elizabeth and I are going to the market.")
    result = assess(engine, samples, "My friend and I are going to the market.")
    order = [word.text for word in result.words]
    assert order.index(None) == 2
    inserted = result.words[2]
    assert inserted.error_type == "insertion"
    assert inserted.start_ms is not None
    assert inserted.end_ms is not None
    assert inserted.end_ms - inserted.start_ms > 200


def test_another_text_scores_low_and_does_not_match(engine: AcousticEngine, voice: EspeakEngine):
    result = assess(engine, speak(voice, TEXT)[0], "The weather will be cold and rainy on Sunday.")
    assert not result.matches
    assert grade_of(result.scores.pron_score) == "F"
    assert result.scores.pron_score is not None
    assert result.scores.pron_score < 40


def test_the_same_recording_has_the_same_score_whatever_was_scored_before(engine: AcousticEngine, voice: EspeakEngine):
    samples, _ = speak(voice, TEXT)
    first = assess(engine, samples, TEXT)
    assess(engine, speak(voice, LONGER)[0], LONGER)
    assert assess(engine, samples, TEXT) == first


@pytest.mark.parametrize("seed", range(3))
def test_noise_never_raises_accuracy_by_much(engine: AcousticEngine, voice: EspeakEngine, seed: int):
    for text in (TEXT, LONGER):
        samples, _ = speak(voice, text)
        clean = assess(engine, samples, text).scores.accuracy
        blurred = assess(engine, noisy(samples, 20, seed), text).scores.accuracy
        assert clean is not None
        assert blurred is not None
        assert blurred <= clean + 5


def test_an_unknown_word_is_scored_by_rules_and_a_korean_one_not_at_all(engine: AcousticEngine, voice: EspeakEngine):
    text = "We eat bulgogi, \uc548\ub155!"
    result = assess(engine, speak(voice, "We eat bulgogi.")[0], text)
    words = [word for word in result.words if word.text]
    assert [(word.text, word.source) for word in words] == [
        ("We", "dictionary"),
        ("eat", "dictionary"),
        ("bulgogi", "rules"),
        ("\uc548\ub155", "none"),
    ]
    assert words[2].accuracy is not None
    assert words[3].accuracy is None


def test_a_text_far_too_long_for_the_recording_is_mostly_missing(engine: AcousticEngine, voice: EspeakEngine):
    samples, _ = speak(voice, "Good morning!")
    result = assess(engine, samples, "Good morning! " + "It is a long way to the station today. " * 12)
    assert result.scores.completeness is not None
    assert result.scores.completeness < 50


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"language": "ko-KR"}, "unsupported_language"), ({"text": "\uc548\ub155"}, "nothing_to_score")],
)
def test_what_can_t_be_scored_is_refused_before_anything_is_decoded(
    engine: AcousticEngine, fields: dict[str, str], code: str
):
    request = PronunciationRequest.model_validate({"audio": AUDIO, "text": "Good", **fields})
    with pytest.raises(PermanentError, match=code):
        engine.assess(request, None, Call())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["text", "combined"])
def test_a_transcriber_s_words_are_scored_and_shown(voice: EspeakEngine, name: str):
    engine = load_engine("pronunciation", name, {"transcriber": "pocketsphinx", "tell_text": True})
    try:
        request = PronunciationRequest(audio=AUDIO, text=TEXT)
        result = engine.assess(request, Input(speak(voice, TEXT)[0]), Call())
    finally:
        engine.close()
    assert result.scores.completeness is not None
    assert result.scores.completeness > 60
    assert result.matches
    assert result.transcript.lower().split()[:2] == ["good", "morning"]
    assert (result.calibration is None) == (name == "text")


def test_espeak_tells_how_a_word_is_said():
    process = EspeakProcess()
    try:
        ipa = process.phonemes("birdbath", voice=VOICE, timeout_s=10)
        assert phones_of(ipa) == ("B", "ER", "D", "B", "AE", "TH")
        with_quotes = process.phonemes("\uc548\ub155 \u201cx\u201d", voice=VOICE, timeout_s=10)
        assert isinstance(with_quotes, str)
    finally:
        process.close()
