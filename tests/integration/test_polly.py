"""Amazon Polly through boto3, against a local server that speaks its protocol and whose words have true times."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ops.hearing import decoded, onset_ms, voiced_fraction
from ops.memory import MemoryObjectStore
from schemas.errors import PermanentError
from schemas.kinds.tts import KIND, OPUS_RATES_HZ, TtsRequest
from schemas.moves import Holder
from tests.conftest import ManualClock, new_job
from tests.vendors.polly import PollyServer
from tests.workers import around
from workers.attempt import Attempt
from workers.engines.polly.engine import PollyEngine
from workers.engines.polly.options import PollyOptions
from workers.handlers.tts import handle
from workers.reuse import Reuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ops.hearing import Samples
    from schemas.kinds.tts import Mark
    from workers.engines.ports import Speech

GREETING = "Good morning! How are you today? My friend and I are going to the market."
RATES_HZ = (8_000, 16_000, 22_050, 24_000, 44_100, 48_000)
Say = "Callable[..., Speech]"


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.fixture
def polly() -> Iterator[PollyServer]:
    with PollyServer(lexicons=["school"]) as server:
        yield server


def engine(polly: PollyServer, **options: Any) -> PollyEngine:
    return PollyEngine(PollyOptions(region="us-east-1", endpoint_url=polly.url, **options))


@pytest.fixture
def say(polly: PollyServer) -> Callable[..., Speech]:
    made = engine(polly)

    def say(text: str, *, timeout_s: float = 60, **fields: Any) -> Speech:
        return made.speak(TtsRequest.model_validate({"text": text, **fields}), timeout_s=timeout_s)

    return say


def words(speech: Speech) -> list[Mark]:
    return [mark for mark in speech.marks if mark.type == "word"]


def sentences(speech: Speech) -> list[Mark]:
    return [mark for mark in speech.marks if mark.type == "sentence"]


# --- audio ---


@pytest.mark.parametrize(
    ("audio_format", "rate_hz"),
    [(name, rate_hz) for name in ("mp3", "wav") for rate_hz in RATES_HZ]
    + [("ogg", rate_hz) for rate_hz in OPUS_RATES_HZ],
)
def test_every_format_and_rate_holds_the_same_voice_for_as_long(
    say: Callable[..., Speech], audio_format: str, rate_hz: int
):
    speech = say(GREETING, format=audio_format, sample_rate_hz=rate_hz)
    with_marks = say(GREETING, format=audio_format, sample_rate_hz=rate_hz, marks=("word",))

    for spoken in (speech, with_marks):
        samples, claimed_hz = decoded(spoken.audio)
        assert claimed_hz == (48_000 if audio_format == "ogg" else rate_hz)
        assert spoken.sample_rate_hz == rate_hz
        assert len(samples) * 1000 / claimed_hz == pytest.approx(spoken.duration_ms, abs=2)
        assert voiced_fraction(samples, claimed_hz) > 0.6
    # An MP3 as it comes has the encoder's delay, which is silence.
    assert speech.duration_ms == pytest.approx(with_marks.duration_ms, abs=160)


def test_one_piece_in_the_format_that_is_asked_for_is_passed_on_as_it_comes(
    polly: PollyServer, say: Callable[..., Speech]
):
    for fields in ({"format": "mp3"}, {"format": "ogg", "sample_rate_hz": 48_000}):
        speech = say(GREETING, **fields)
        sent = polly.sent[-1]
        spoken = polly.speaker.speak(sent, "en-US")
        if fields["format"] == "mp3":
            assert speech.audio == polly.speaker.encoded(spoken, "mp3", 24_000)
        assert sent["OutputFormat"] == {"mp3": "mp3", "ogg": "ogg_opus"}[str(fields["format"])]


@pytest.mark.parametrize(
    ("engine_name", "rate_hz", "asked"),
    [
        ("standard", 16_000, ("pcm", "16000")),
        ("neural", 8_000, ("pcm", "8000")),
        ("standard", 24_000, ("ogg_vorbis", "22050")),
        ("neural", 48_000, ("ogg_vorbis", "24000")),
    ],
)
def test_polly_is_asked_for_what_is_exact_and_loses_little(
    polly: PollyServer, engine_name: str, rate_hz: int, asked: tuple[str, str]
):
    request = TtsRequest.model_validate({"text": "Hello.", "format": "wav", "sample_rate_hz": rate_hz})
    engine(polly, engine=engine_name).speak(request, timeout_s=30)
    assert (polly.sent[-1]["OutputFormat"], polly.sent[-1]["SampleRate"]) == asked


def test_an_mp3_with_marks_is_not_late(say: Callable[..., Speech]):
    exact, rate_hz = decoded(say(GREETING, format="wav", sample_rate_hz=16_000).audio)
    lossy, other_hz = decoded(say(GREETING, format="mp3", sample_rate_hz=24_000, marks=("word",)).audio)
    lossy = np.interp(np.arange(len(exact)) / rate_hz, np.arange(len(lossy)) / other_hz, lossy)
    part = slice(rate_hz // 2, 2 * rate_hz)
    lags = range(-800, 801, 4)
    match = [np.corrcoef(exact[part], np.roll(lossy, -lag)[part])[0, 1] for lag in lags]
    assert abs(lags[int(np.argmax(match))]) <= rate_hz // 1000


# --- what is asked, and for whom ---


def test_a_request_says_voice_engine_text_and_lexicons(polly: PollyServer):
    speech = engine(polly, engine="standard", lexicons=("school",)).speak(TtsRequest(text="Hello."), timeout_s=30)
    assert polly.sent == [
        {
            "Engine": "standard",
            "LexiconNames": ["school"],
            "OutputFormat": "mp3",
            "SampleRate": "24000",
            "Text": "Hello.",
            "TextType": "text",
            "VoiceId": "Joanna",
        }
    ]
    assert (speech.voice, speech.model) == ("Joanna", "polly-standard")


def test_voices_are_asked_for_once(polly: PollyServer, say: Callable[..., Speech]):
    for _ in range(3):
        say("Hello.")
    assert polly.times("DescribeVoices") == 2  # pages
    assert polly.times("SynthesizeSpeech") == 3


def test_a_voice_that_speaks_two_languages_is_told_which(polly: PollyServer, say: Callable[..., Speech]):
    say("नमस्ते दोस्त।", language="hi-IN")
    assert (polly.sent[-1]["VoiceId"], polly.sent[-1]["LanguageCode"]) == ("Kajal", "hi-IN")


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"language": "xx"}, "unsupported_language", "en, es"),
        ({"language": "ko-KR", "voice": "Joanna"}, "unknown_voice", "Jihye, Seoyeon"),
        ({"language": "en-AU", "voice": "Nicole"}, "engine_not_supported", "Olivia"),
        ({"language": "ru-RU"}, "engine_not_supported", "standard"),
    ],
)
def test_a_voice_that_does_not_fit_is_refused_with_those_that_do_before_it_costs(
    polly: PollyServer, say: Callable[..., Speech], fields: dict[str, str], code: str, named: str
):
    with pytest.raises(PermanentError, match=f"{code}.*{named}"):
        say("Hello.", **fields)
    assert polly.billed == 0


def test_what_is_billed_is_counted_with_its_marks_and_costs(polly: PollyServer):
    text = '<speak>Hello <break time="200ms"/><prosody volume="loud">my &amp; friend</prosody></speak>'
    request = TtsRequest(text=text, text_type="ssml", marks=("word",))
    speech = engine(polly).speak(request, timeout_s=30)
    assert speech.characters == len("Hello my & friend")
    assert speech.billed_characters == polly.billed == 2 * len("Hello my & friend")
    assert speech.cost_microusd == 2 * len("Hello my & friend") * 16
    cheaper = engine(polly, usd_per_million_characters=4.5).speak(request, timeout_s=30)
    assert cheaper.cost_microusd == 153


# --- marks ---


def test_marks_name_the_words_of_the_text(say: Callable[..., Speech]):
    speech = say(GREETING, marks=("word", "sentence"))
    assert [mark.text for mark in words(speech)] == GREETING.replace("!", "").replace("?", "").replace(".", "").split()
    assert [mark.text for mark in sentences(speech)] == [
        *("Good morning!", "How are you today?", "My friend and I are going to the market.")
    ]


@pytest.mark.parametrize("rate", [1.0, 0.8])
def test_marks_find_their_way_through_escapes_tags_and_korean(say: Callable[..., Speech], rate: float):
    source = (
        '<speak>안녕 <break time="300ms"/><prosody volume="loud">민수</prosody>, '
        '<lang xml:lang="en-US">AT&amp;T &lt;3</lang> <sub alias="세계">W&amp;W</sub> 좋아요 😀!</speak>'
    )
    speech = say(source, text_type="ssml", language="ko-KR", rate=rate, marks=("word",))
    assert [mark.text for mark in words(speech)] == ["안녕", "민수", "AT&amp;T", "&lt;3", "W&amp;W", "좋아요"]
    plain = say("안녕 <민수> AT&T 좋아요!", language="ko-KR", rate=rate, marks=("word",))
    assert [mark.text for mark in words(plain)][-2:] == ["AT&T", "좋아요"]


def test_a_word_begins_where_its_sound_begins_at_any_rate(say: Callable[..., Speech]):
    spoken = ("bat", "dog", "man", "apple", "good")
    text = "<speak>" + '<break time="400ms"/>'.join(spoken) + "</speak>"
    for rate in (1.0, 0.7):
        speech = say(text, text_type="ssml", format="wav", marks=("word",), rate=rate)
        samples, rate_hz = decoded(speech.audio)
        assert [mark.text for mark in speech.marks] == list(spoken)
        for mark, following in itertools.pairwise(speech.marks):
            assert onset_ms(samples, rate_hz, following.start_ms, 150) == pytest.approx(following.start_ms, abs=60)
            pause = samples[mark.end_ms * rate_hz // 1000 : (following.start_ms - 5) * rate_hz // 1000]
            assert following.start_ms - mark.end_ms > 250
            assert np.abs(pause).max() < 0.01


# --- long texts ---

ENGLISH = (
    "The quick brown fox jumps over the lazy dog. It was one of the best days of the year, and my friend ate bread. "
    "Did you see Mr. Kim at the market today? "
)
KOREAN = (
    "오늘은 날씨가 아주 좋네요. 친구와 함께 학교에 갔어요! 우리는 바다에 가고 싶어요. 도서관은 오후에 문을 닫습니다. "
)


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en-US"), (KOREAN, "ko-KR")])
def test_20_000_characters_are_one_recording_with_right_marks(
    polly: PollyServer, say: Callable[..., Speech], text: str, language: str
):
    text = (text * (20_000 // len(text))).strip()
    speech = say(
        text, timeout_s=120, language=language, marks=("word", "sentence"), format="wav", sample_rate_hz=16_000
    )

    assert polly.times("SynthesizeSpeech") == polly.times("SpeechMarks") > 8
    assert speech.characters == len(text)
    assert speech.billed_characters == pytest.approx(2 * len(text), abs=2 * polly.times("SpeechMarks"))
    samples, rate_hz = decoded(speech.audio)
    assert len(samples) / rate_hz == pytest.approx(speech.duration_ms / 1000, abs=0.002)
    require_right(speech, text, samples, rate_hz)
    require_no_clicks(speech, samples, rate_hz)


def require_right(speech: Speech, text: str, samples: Samples, rate_hz: int) -> None:
    found = words(speech)
    assert [mark.text.strip(".!?,") for mark in found] == [word.strip(".!?,") for word in text.split()]
    position = at_ms = 0
    for mark in found:
        assert text[mark.start : mark.end] == mark.text
        assert position <= mark.start
        assert at_ms <= mark.start_ms < mark.end_ms <= speech.duration_ms
        position, at_ms = mark.end, mark.end_ms
        assert np.abs(samples[mark.start_ms * rate_hz // 1000 : mark.end_ms * rate_hz // 1000]).max() > 0.02
    heard = sentences(speech)
    assert [mark.text for mark in heard] == split_into_sentences(text)
    # Behind a pause, a sentence is heard when its mark says: the first piece's and the last one's alike.
    late = [(onset_ms(samples, rate_hz, mark.start_ms, 200) or 0) - mark.start_ms for mark in heard[1:]]
    assert np.percentile(np.abs(late), 95) < 60
    assert np.abs(late[-10:]).max() < 80


def split_into_sentences(text: str) -> list[str]:
    return [
        part.replace("~", ".").strip()
        for part in text.replace("Mr.", "Mr~").replace(". ", ".|").replace("! ", "!|").replace("? ", "?|").split("|")
    ]


def require_no_clicks(speech: Speech, samples: Samples, rate_hz: int) -> None:
    """Between two sentences is silence, of about the same length at a joint as anywhere, without a step in it."""
    pauses = []
    for mark, following in itertools.pairwise(sentences(speech)):
        silence = samples[(mark.end_ms + 10) * rate_hz // 1000 : (following.start_ms - 10) * rate_hz // 1000]
        assert np.abs(np.diff(silence)).max() < 0.005
        pauses.append(following.start_ms - mark.end_ms)
    assert 200 < min(pauses) < max(pauses) < 900


@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "wav"])
def test_many_small_pieces_are_one_recording_in_every_format(
    polly: PollyServer, say: Callable[..., Speech], monkeypatch: pytest.MonkeyPatch, audio_format: str
):
    monkeypatch.setattr("workers.engines.polly.pieces._MAX_EXPECTED_S", 12.0)
    text = (ENGLISH * 3).strip()
    speech = say(text, format=audio_format, marks=("word", "sentence"))
    assert polly.times("SynthesizeSpeech") > 8
    assert {sent["OutputFormat"] for sent in polly.sent} == {"ogg_vorbis", "json"}
    samples, rate_hz = decoded(speech.audio)
    assert len(samples) * 1000 / rate_hz == pytest.approx(speech.duration_ms, abs=2)
    assert [mark.text for mark in words(speech)] == [word.strip(".,?") for word in text.split()]
    late = [
        (onset_ms(samples, rate_hz, mark.start_ms, 200) or 0) - mark.start_ms
        for mark in sentences(speech)[1:]
        if text[: mark.start].rstrip()[-1:] in ".?"
    ]
    assert len(late) == 8
    assert np.abs(late).max() < 80


def test_a_long_ssml_text_is_one_recording_with_right_marks(polly: PollyServer, say: Callable[..., Speech]):
    inner = "".join(
        f"<p><s>{ENGLISH.split('.', maxsplit=1)[0]} &amp; cat.</s> <s>It is {n}.</s></p>" for n in range(60)
    )
    text = f'<speak><prosody rate="90%">{inner}</prosody></speak>'
    speech = say(text, text_type="ssml", marks=("word", "sentence"), format="wav", sample_rate_hz=16_000)
    assert polly.times("SynthesizeSpeech") > 1
    numbers = [mark.text for mark in words(speech) if mark.text.isdigit()]
    assert numbers == [str(n) for n in range(60)]
    assert all(text[mark.start : mark.end] == mark.text for mark in speech.marks)
    starts = [mark.start_ms for mark in words(speech)]
    assert starts == sorted(starts)
    samples, rate_hz = decoded(speech.audio)
    late = [
        (onset_ms(samples, rate_hz, mark.start_ms, 200) or 0) - mark.start_ms
        for mark in sentences(speech)[1:]
        if mark.text.startswith("The")
    ]
    assert len(late) > 50
    assert np.percentile(np.abs(late), 95) < 60


def test_pieces_are_spoken_a_few_at_once_and_stay_in_order(polly: PollyServer):
    text = " ".join(f"Number {n}, and nothing else but this number." for n in range(120))
    speech = engine(polly, concurrent_calls=8).speak(
        TtsRequest(text=text, marks=("word",), format="wav", sample_rate_hz=8_000), timeout_s=60
    )
    assert [mark.text for mark in words(speech) if mark.text.isdigit()] == [str(n) for n in range(120)]


# --- paid once ---


def test_the_same_request_of_an_owner_is_paid_for_once(polly: PollyServer):
    clock, objects, made = ManualClock(), MemoryObjectStore(), engine(polly)
    request = TtsRequest(text=GREETING, marks=("word",))

    def attempt(job_id: str) -> tuple[Attempt, bool]:
        job = new_job(job_id, clock, attempt=1, request_digest="d" * 64)
        holder = Holder(job_id=job_id, kind="tts", epoch=0, attempt=1, token="token", worker="w", max_attempts=3)
        held = Attempt(
            job,
            holder=holder,
            deadline=clock.advance(0).replace(year=2027),
            around=around(objects, clock),
        )
        held.engine = made
        answer = Reuse(objects).answer(job, KIND, request, held, lambda: handle(request, held))
        return held, answer.reused

    first, reused = attempt("job-1")
    assert not reused
    assert first.usage is not None
    assert (first.usage.characters, first.usage.cost_microusd) == (2 * len(GREETING), 2 * len(GREETING) * 16)
    billed = polly.billed

    second, reused = attempt("job-2")
    assert reused
    assert second.usage is not None
    assert second.usage.cost_microusd == 0
    assert polly.billed == billed


def test_identity_says_what_the_audio_depends_on_and_no_more(polly: PollyServer):
    usual = engine(polly).identity
    assert engine(polly, usd_per_million_characters=1.0, concurrent_calls=1).identity == usual
    for options in ({"engine": "standard"}, {"voices": {"en-US": "Matthew"}}, {"lexicons": ("school",)}):
        assert engine(polly, **options).identity != usual
