from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ops.hearing import decoded, flatness, onset_ms, pitch_hz, voiced_fraction
from schemas.errors import PermanentError
from schemas.kinds.tts import OPUS_RATES_HZ, TtsRequest
from workers.engines.espeak.engine import EspeakEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.engines.ports import Speech

GREETING = "Good morning! How are you today? My friend and I are going to the market."
RATES_HZ = (8_000, 16_000, 22_050, 24_000, 44_100, 48_000)


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    engine = EspeakEngine()
    yield engine
    engine.close()


def speak(engine: EspeakEngine, text: str, **fields: object) -> Speech:
    return engine.speak(TtsRequest.model_validate({"text": text, **fields}), timeout_s=30)


def test_hearing_tells_a_voice_from_noise_and_from_a_tone():
    noise = np.random.default_rng(1).normal(0, 0.1, 24_000)
    tone = 0.3 * np.sin(2 * np.pi * 200 * np.arange(24_000) / 24_000)
    assert flatness(noise, 24_000) > 0.4
    assert voiced_fraction(noise, 24_000) < 0.1
    assert pitch_hz(tone, 24_000) == pytest.approx(200, rel=0.03)


@pytest.mark.parametrize(
    ("audio_format", "rate_hz"),
    [(name, rate_hz) for name in ("mp3", "wav") for rate_hz in RATES_HZ]
    + [("ogg", rate_hz) for rate_hz in OPUS_RATES_HZ],
)
def test_every_format_and_rate_holds_the_same_voice(engine: EspeakEngine, audio_format: str, rate_hz: int):
    speech = speak(engine, GREETING, format=audio_format, sample_rate_hz=rate_hz)
    samples, claimed_hz = decoded(speech.audio)
    assert claimed_hz == (48_000 if audio_format == "ogg" else rate_hz)
    assert speech.sample_rate_hz == rate_hz
    assert len(samples) * 1000 / claimed_hz == pytest.approx(speech.duration_ms, abs=2)
    assert 3_500 < speech.duration_ms < 8_000
    assert voiced_fraction(samples, claimed_hz) > 0.6
    assert flatness(samples, claimed_hz) < 0.1
    assert 80 < pitch_hz(samples, claimed_hz) < 160


def test_a_wav_says_its_format_in_its_header(engine: EspeakEngine):
    speech = speak(engine, "Hello", format="wav", sample_rate_hz=16_000)
    with wave.open(io.BytesIO(speech.audio)) as recording:
        assert recording.getparams()[:3] == (1, 2, 16_000)
        assert recording.getnframes() * 1000 // 16_000 == pytest.approx(speech.duration_ms, abs=1)


def test_an_mp3_is_not_late(engine: EspeakEngine):
    exact, rate_hz = decoded(speak(engine, GREETING, format="wav").audio)
    lossy, _ = decoded(speak(engine, GREETING, format="mp3").audio)
    part = slice(rate_hz // 2, 2 * rate_hz)
    # Two syntheses are not the same to the sample, so a millisecond is allowed.
    lags = range(-1200, 1201, 4)
    match = [np.corrcoef(exact[part], np.roll(lossy, -lag)[part])[0, 1] for lag in lags]
    assert abs(lags[int(np.argmax(match))]) <= rate_hz // 1000


@pytest.mark.parametrize(("rate", "low", "high"), [(0.5, 1.7, 2.4), (2.0, 0.4, 0.62)])
def test_rate_stretches_the_speech(engine: EspeakEngine, rate: float, low: float, high: float):
    usual = speak(engine, GREETING).duration_ms
    assert low < speak(engine, GREETING, rate=rate).duration_ms / usual < high


def test_a_voice_of_a_woman_is_higher_and_is_named(engine: EspeakEngine):
    speech = speak(engine, GREETING, voice="f3")
    assert pitch_hz(*decoded(speech.audio)) > 170
    assert speech.voice == "English (America), f3"
    assert speech.model.count(".") == 2


def test_korean_says_something_else_than_english(engine: EspeakEngine):
    korean = speak(engine, "안녕하세요. 오늘은 날씨가 좋네요!", language="ko-KR", format="wav")
    english = speak(engine, "안녕하세요. 오늘은 날씨가 좋네요!", language="en-US", format="wav")
    samples, rate_hz = decoded(korean.audio)
    assert korean.voice == "Korean"
    assert 2_000 < korean.duration_ms < 4_500
    assert voiced_fraction(samples, rate_hz) > 0.6
    assert abs(korean.duration_ms - english.duration_ms) > 100


def test_decomposed_korean_is_spoken_like_composed(engine: EspeakEngine):
    composed = speak(engine, "한국어", language="ko")
    decomposed = speak(engine, "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165", language="ko")
    assert decomposed.duration_ms == pytest.approx(composed.duration_ms, abs=30)


def test_a_comparison_is_spoken_in_full(engine: EspeakEngine):
    spoken = speak(engine, "1 < 2 & 3", marks=("word",))
    written_out = speak(engine, "1 less than 2 and 3")
    assert [mark.text for mark in spoken.marks] == ["1", "<", "2", "&", "3"]
    assert spoken.duration_ms == pytest.approx(written_out.duration_ms, rel=0.1)
    assert speak(engine, "<speak>1 &lt; 2 &amp; 3</speak>", text_type="ssml").duration_ms == pytest.approx(
        written_out.duration_ms, rel=0.15
    )


@pytest.mark.parametrize("text", ["😀 👍🏽", " \n\t ", "...!?", "—", "\u200b\u200d", "✓", "\ud800", "\x00\x01"])
def test_a_text_without_words_is_refused(engine: EspeakEngine, text: str):
    request = TtsRequest.model_construct(**TtsRequest(text="x").model_dump() | {"text": text})
    with pytest.raises(PermanentError, match="nothing_to_speak"):
        engine.speak(request, timeout_s=10)


@pytest.mark.parametrize("text", ["क !-液", 'क "-\ufc94', "क :-\u034b", "क ---液"])
def test_texts_that_crash_espeak_as_they_stand_are_spoken(engine: EspeakEngine, text: str):
    assert speak(engine, text, language="hi").duration_ms > 200


def test_control_characters_and_half_pairs_do_not_cut_the_text(engine: EspeakEngine):
    request = TtsRequest.model_construct(
        **TtsRequest(text="x").model_dump() | {"text": "one\x00two \ud83d three\x01\x1b"}
    )
    assert engine.speak(request, timeout_s=10).duration_ms == pytest.approx(
        speak(engine, "one two three").duration_ms, rel=0.15
    )


def test_ssml_changes_what_it_says_it_changes(engine: EspeakEngine):
    def duration(inner: str) -> int:
        return speak(engine, f"<speak>{inner}</speak>", text_type="ssml").duration_ms

    plain = duration("hello my friend")
    assert duration('hello <break time="1.5s"/> my friend') - plain == pytest.approx(1_500, abs=300)
    assert duration('<prosody rate="slow">hello my friend</prosody>') > plain * 1.1
    assert duration('<say-as interpret-as="digits">1234</say-as>') < duration("1234") * 0.8
    assert duration('<sub alias="World Wide Web Consortium">W3C</sub>') != duration("W3C")
    assert duration('<lang xml:lang="ko-KR">안녕하세요</lang>') > 500


def test_ssml_pitch_is_heard(engine: EspeakEngine):
    low, high = (
        speak(engine, f'<speak><prosody pitch="{pitch}">hello my good friend</prosody></speak>', text_type="ssml")
        for pitch in ("-30%", "+50%")
    )
    assert pitch_hz(*decoded(high.audio)) > 1.25 * pitch_hz(*decoded(low.audio))


def test_audio_that_is_too_long_is_refused_and_the_engine_goes_on(
    engine: EspeakEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("workers.engines.espeak.engine.MAX_AUDIO_S", 2)
    with pytest.raises(PermanentError, match="audio_too_long"):
        speak(engine, GREETING)
    assert speak(engine, "Hello").duration_ms < 2_000


def test_a_word_begins_where_its_sound_begins(engine: EspeakEngine):
    # "Pat" and its like begin loud after silence; a break before each word makes the silence.
    words = ("bat", "dog", "man", "apple", "good")
    text = "<speak>" + '<break time="400ms"/>'.join(words) + "</speak>"
    speech = speak(engine, text, text_type="ssml", format="wav", marks=("word",))
    samples, rate_hz = decoded(speech.audio)
    assert [mark.text for mark in speech.marks] == list(words)
    for mark in speech.marks[1:]:
        assert onset_ms(samples, rate_hz, mark.start_ms, 150) == pytest.approx(mark.start_ms, abs=60)
    for mark, following in zip(speech.marks, speech.marks[1:], strict=False):
        pause = samples[mark.end_ms * rate_hz // 1000 : (following.start_ms - 5) * rate_hz // 1000]
        assert 250 < following.start_ms - mark.end_ms < 550
        assert np.abs(pause).max() < 0.01


def test_words_of_one_breath_share_its_time_in_order(engine: EspeakEngine):
    text = "We are out of the house, and one of the dogs is here."
    marks = speak(engine, text, marks=("word", "sentence")).marks
    words = [mark for mark in marks if mark.type == "word"]
    assert [mark.text for mark in words] == text.replace(",", "").replace(".", "").split()
    assert all(mark.end_ms - mark.start_ms >= 30 for mark in words)
    assert [mark.text for mark in marks if mark.type == "sentence"] == [text]


def test_tokens_that_espeak_splits_are_one_mark_each(engine: EspeakEngine):
    text = "“It” cost $3.50, didn't it? Ask Mr. Kim's 1,234 dogs… 😀 AT&T!"
    speech = speak(engine, text, marks=("word", "sentence"))
    assert [mark.text for mark in speech.marks if mark.type == "word"] == [
        *("It", "cost", "$3.50", "didn't", "it", "Ask", "Mr", "Kim's", "1,234", "dogs", "AT&T")
    ]
    assert [mark.text for mark in speech.marks if mark.type == "sentence"] == [
        "“It” cost $3.50, didn't it?",
        "Ask Mr. Kim's 1,234 dogs… 😀 AT&T!",
    ]


@pytest.mark.timeout(90)
def test_the_longest_text_is_spoken_with_all_its_marks(engine: EspeakEngine):
    text = ("The quick brown fox jumps over the lazy dog, because it was one of the best days of the year. " * 220)[
        :20_000
    ]
    speech = engine.speak(TtsRequest(text=text, marks=("word",)), timeout_s=60)
    assert 900_000 < speech.duration_ms < 1_500_000
    assert len(speech.marks) == len(text.split())
    assert speech.marks[-1].end_ms > speech.duration_ms - 2_000
