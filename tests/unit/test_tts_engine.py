from __future__ import annotations

import hashlib
import io
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from schemas.errors import PermanentError, TransientError
from schemas.kinds.tts import TtsRequest
from schemas.media import StoredFile
from schemas.usage import Usage
from workers.engines.audio.encode import MIMES, encode
from workers.engines.audio.loudness import Loudness
from workers.engines.espeak.engine import EspeakEngine
from workers.engines.espeak.process import Hello, RefusedByEspeakError, Spoken
from workers.handlers.tts import STORING_S, handle

if TYPE_CHECKING:
    from workers.engines.espeak.library import Utterance
    from workers.engines.ports import OutputFile, SourceFile, SpeechEngine

RATE_HZ = 22_050
HELLO = Hello(
    version="1.52.0",
    sample_rate_hz=RATE_HZ,
    variants=("f3",),
    voices=(("English (America)", ("en-us", "en"), "gmw/en-US"), ("Korean", ("ko",), "ko")),
)
SECOND = (np.sin(np.arange(RATE_HZ) / 20) * 9_000).astype("<i2").tobytes()


class FakeSpeaker:
    """Says a second of a tone for any text."""

    def __init__(self, pcm: bytes = SECOND, *, truncated: bool = False, refuses: bool = False) -> None:
        self.spoken = Spoken(pcm=pcm, events=(("sentence", 0, 0), ("word", 0, 0)), truncated=truncated)
        self.refuses = refuses
        self.utterances: list[Utterance] = []
        self.timeouts_s: list[float] = []
        self.closed = False

    def hello(self, *, timeout_s: float) -> Hello:
        self.timeouts_s.append(timeout_s)
        return HELLO

    def speak(self, utterance: Utterance, *, timeout_s: float) -> Spoken:
        self.timeouts_s.append(timeout_s)
        self.utterances.append(utterance)
        if self.refuses:
            raise RefusedByEspeakError("the voice can't be selected")
        return self.spoken

    def close(self) -> None:
        self.closed = True


class FakeWork:
    """An attempt with ten seconds left, which keeps its files."""

    remaining_s = 10.0
    token = "job-0"

    def __init__(self, engine: EspeakEngine) -> None:
        self.engine: SpeechEngine = engine
        self.files: dict[str, tuple[bytes, str]] = {}
        self.usage = Usage()

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        pass

    def checkpoint(self) -> None:
        pass

    def record_usage(self, usage: Usage) -> None:
        self.usage = usage

    def input(self, ref: str) -> SourceFile:
        raise AssertionError(ref)

    def output(self, name: str) -> OutputFile:
        raise AssertionError(name)

    def store(self, name: str, data: bytes, *, mime: str) -> StoredFile:
        self.files[name] = (data, mime)
        return StoredFile(key=f"tts/1/{name}", mime=mime, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def request(**fields: object) -> TtsRequest:
    return TtsRequest.model_validate({"text": "Hello there", **fields})


@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "wav"])
def test_the_handler_stores_the_audio_and_describes_it(audio_format: str):
    speaker = FakeSpeaker()
    work = FakeWork(EspeakEngine(speaker))
    result = handle(request(format=audio_format, marks=("word",), voice="f3"), work)
    data, mime = work.files[f"speech.{audio_format}"]
    assert mime == result.audio.mime
    assert result.audio.sha256 == hashlib.sha256(data).hexdigest()
    assert (result.audio.duration_ms, result.audio.sample_rate_hz) == (1_000, 24_000)
    assert (result.engine, result.model, result.voice) == ("espeak-ng", "1.52.0", "English (America), f3")
    assert (result.language, result.characters) == ("en-US", 11)
    assert work.usage == Usage(characters=11, audio_ms=1_000)
    assert [mark.text for mark in result.marks] == ["Hello", "there"]
    assert max(speaker.timeouts_s) <= work.remaining_s - STORING_S


@pytest.mark.parametrize(("rate", "words_per_minute"), [(0.5, 88), (1.0, 175), (2.0, 350)])
def test_the_rate_is_words_per_minute(rate: float, words_per_minute: int):
    speaker = FakeSpeaker()
    EspeakEngine(speaker).speak(request(rate=rate, format="wav"), timeout_s=5)
    assert speaker.utterances[0].words_per_minute == words_per_minute
    assert speaker.utterances[0].max_samples == 3_600 * RATE_HZ


def test_plain_text_is_not_markup():
    speaker = FakeSpeaker()
    EspeakEngine(speaker).speak(request(text='<audio src="/etc/passwd"/> & x', format="wav"), timeout_s=5)
    assert not speaker.utterances[0].ssml
    assert speaker.utterances[0].text == '<audio src="/etc/passwd"/> & x'


@pytest.mark.parametrize(
    ("speaker", "code"),
    [
        (FakeSpeaker(pcm=b"\0\0" * RATE_HZ), "nothing_to_speak"),
        (FakeSpeaker(pcm=b""), "nothing_to_speak"),
        (FakeSpeaker(truncated=True), "audio_too_long"),
        (FakeSpeaker(refuses=True), "refused_by_engine"),
    ],
)
def test_what_can_not_be_spoken_fails_for_good(speaker: FakeSpeaker, code: str):
    with pytest.raises(PermanentError) as failure:
        EspeakEngine(speaker).speak(request(), timeout_s=5)
    assert failure.value.code == code
    assert "Hello" not in str(failure.value)


def test_a_bad_sample_rate_is_refused_before_anything_is_started():
    speaker = FakeSpeaker()
    # The schema lets no such request in; the engine does not rely on it.
    unsound = request(format="ogg").model_copy(update={"sample_rate_hz": 22_050})
    with pytest.raises(PermanentError, match=r"unsupported_sample_rate: .* takes 8000, 16000, 24000, 48000 Hz"):
        EspeakEngine(speaker).speak(unsound, timeout_s=5)
    assert speaker.timeouts_s == []


def test_encoding_stops_when_time_is_up():
    with pytest.raises(TransientError, match="engine_timeout"):
        EspeakEngine(FakeSpeaker()).speak(request(format="wav"), timeout_s=0.0)


def test_closing_ends_the_process():
    speaker = FakeSpeaker()
    EspeakEngine(speaker).close()
    assert speaker.closed


def test_every_format_has_a_mime():
    assert set(MIMES) == {"mp3", "ogg", "wav"}


@pytest.mark.parametrize("samples", [219, RATE_HZ - 1, RATE_HZ + 1, 3 * RATE_HZ])
@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 48_000])
def test_resampling_keeps_the_length(samples: int, rate_hz: int):
    audio = encode((SECOND * 3)[: samples * 2], RATE_HZ, to="wav", sample_rate_hz=rate_hz, checkpoint=lambda: None)
    with wave.open(io.BytesIO(audio)) as recording:
        assert abs(recording.getnframes() - samples * rate_hz / RATE_HZ) <= 2


def test_loudness_keeps_time_through_a_long_recording():
    minutes_ms = 20 * 60_000
    pcm = b"\0\0" * (RATE_HZ * minutes_ms // 1000) + SECOND + b"\0\0" * RATE_HZ
    heard_ms = Loudness(pcm, RATE_HZ).heard_until_ms(minutes_ms, minutes_ms + 2_000)
    assert abs(heard_ms - (minutes_ms + 1_000)) <= 10


def test_loudness_hears_the_lowest_sample():
    assert not Loudness(np.full(RATE_HZ, -32_768, dtype="<i2").tobytes(), RATE_HZ).silent
    assert Loudness(np.full(RATE_HZ, 100, dtype="<i2").tobytes(), RATE_HZ).silent
