"""The engine on OpenAI-compatible servers, by OpenAI's SDK against a local server: what is asked, what comes back."""

from __future__ import annotations

import io
import math
import wave
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import PermanentError
from tests.integration.openai_transcribing import KEY, Audio, engine, server_of, transcribe
from tests.vendors.openai import KOREAN, OpenAIServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with server_of(monkeypatch) as server:
        yield server


# --- what is asked, and what comes back ---


def test_an_account_of_the_environment_is_told_to_no_server(server: OpenAIServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-1")

    transcribe(server)

    _, request = server.asked[-1]
    assert not {"openai-organization", "openai-project"} & request.headers.keys()


def test_a_recording_is_sent_decoded_and_comes_back_as_words_and_segments(server: OpenAIServer):
    transcript = transcribe(server)

    (asked,) = server.transcribed
    assert asked.fields == {
        "model": ["whisper-1"],
        "response_format": ["verbose_json"],
        "temperature": ["0"],
        "timestamp_granularities[]": ["word", "segment"],
        "language": ["en"],
    }
    with wave.open(io.BytesIO(asked.file)) as sent:
        assert (sent.getframerate(), sent.getnchannels(), sent.getnframes()) == (16_000, 1, 40_000)
        assert sent.readframes(40_000) == Audio().recording().samples.tobytes()
    assert (asked.name, asked.mime) == ("recording.wav", "audio/wav")
    assert [(word.text, word.start_ms, word.end_ms) for word in transcript.words] == [
        ("Hello,", 0, 460),
        ("how", 720, 900),
        ("are", 900, 1020),
        ("you?", 1020, 1300),
        ("Fine.", 1800, 2200),
    ]
    assert [(part.text, part.start_ms, part.end_ms) for part in transcript.segments] == [
        ("Hello, how are you?", 0, 1500),
        ("Fine.", 1500, 2300),
    ]
    assert (transcript.text, transcript.language) == ("Hello, how are you? Fine.", "en-US")
    assert (transcript.duration_ms, transcript.quality, transcript.model) == (2500, "standard", "whisper-1")


def test_a_words_confidence_is_that_of_its_segment_where_it_has_none(server: OpenAIServer):
    confidences = [word.confidence for word in transcribe(server).words]

    assert confidences == [pytest.approx(math.exp(-0.2))] * 4 + [pytest.approx(math.exp(-0.7))]


def test_a_whisper_server_has_words_within_segments_and_their_probabilities(server: OpenAIServer):
    server.document = KOREAN

    transcript = transcribe(server, language=None)

    assert "language" not in server.transcribed[0].fields
    assert transcript.language == "ko"
    assert [(word.text, word.confidence) for word in transcript.words] == [
        ("안녕하세요.", 0.97),
        ("만나서", 0.5),
        ("반갑습니다.", 0.83),
    ]
    assert [part.text for part in transcript.segments] == ["안녕하세요. 만나서 반갑습니다."]


def test_a_language_that_is_found_has_a_code_and_not_its_english_name(server: OpenAIServer):
    assert transcribe(server, language=None).language == "en"


def test_without_word_times_there_are_no_words(server: OpenAIServer):
    server.document = {name: value for name, value in server.document.items() if name != "words"}

    transcript = transcribe(server)

    assert transcript.words == ()
    assert [part.text for part in transcript.segments] == ["Hello, how are you?", "Fine."]


def test_a_text_alone_is_one_segment(server: OpenAIServer):
    transcript = transcribe(server, options={"response_format": "json", "model": "gpt-4o-transcribe"})

    assert "timestamp_granularities[]" not in server.transcribed[0].fields
    assert [(part.text, part.start_ms, part.end_ms) for part in transcript.segments] == [
        ("Hello, how are you? Fine.", 0, 2500)
    ]
    assert transcript.words == ()


def test_nothing_said_is_an_empty_text(server: OpenAIServer):
    server.document = {"text": "", "segments": [], "words": []}

    transcript = transcribe(server)

    assert (transcript.text, transcript.words, transcript.segments) == ("", (), ())


def test_a_truncated_recording_stays_one(server: OpenAIServer):
    assert transcribe(server, audio=Audio(truncated=True)).truncated


def test_a_recording_that_is_long_is_sent_compressed(server: OpenAIServer):
    transcribe(server, audio=Audio(10), options={"max_bytes": 100_000})

    (asked,) = server.transcribed
    assert (asked.name, asked.mime) == ("recording.ogg", "audio/ogg")
    assert asked.file.startswith(b"OggS")
    assert len(asked.file) <= 100_000


def test_a_recording_that_is_too_long_even_so_is_not_sent(server: OpenAIServer):
    with pytest.raises(PermanentError) as raised:
        transcribe(server, audio=Audio(10), options={"max_bytes": 10_000})

    assert raised.value.code == "audio_too_long"
    assert server.asked == []


@pytest.mark.parametrize(
    "request_",
    [{"reference": "Hello"}, {"phrases": ("Hello",)}, {"grammar": "x"}, {"speakers": 2}, {"vocabulary": "v"}],
)
def test_what_it_does_not_take_is_refused_before_anything_is_decoded(server: OpenAIServer, request_: dict[str, Any]):
    audio = Audio(seconds=-1)  # can't be decoded

    with pytest.raises(PermanentError) as raised:
        transcribe(server, audio=audio, **request_)

    assert raised.value.code == "unsupported_option"
    assert next(iter(request_)) in raised.value.message


def test_what_is_expected_is_a_prompt_where_the_options_say_so(server: OpenAIServer):
    transcribe(server, options={"prompt": True}, reference="Good morning!")
    transcribe(server, options={"prompt": True}, phrases=("yes", "no"))
    transcribe(server, options={"prompt": True})

    assert [asked.fields.get("prompt") for asked in server.transcribed] == [["Good morning!"], ["yes, no"], None]


def test_a_server_without_a_key_is_not_sent_another_servers(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with OpenAIServer() as server:
        transcribe(server, options={"api_key": None})

        assert KEY not in server.asked[0][1].headers["authorization"]


# --- options ---


def test_results_depend_on_server_model_and_prompt_and_not_on_the_key(server: OpenAIServer):
    identities = {
        engine(server, **options).identity
        for options in ({}, {"model": "large-v3"}, {"prompt": True}, {"api_key": None}, {"timeout_s": 3})
    }

    assert len(identities) == 3
    assert not any("KEY" in identity for identity in identities)
