from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from schemas.kinds.transcription import Segment, SpokenWord, TranscriptionRequest
from schemas.media import StoredFile
from workers.engines.ports import Transcript
from workers.handlers import transcription

if TYPE_CHECKING:
    from schemas.usage import Usage
    from workers.engines.ports import AudioInput, Call, OutputFile, TranscriptionEngine

AUDIO = "audio:" + "0" * 32
WORDS = (SpokenWord(text="Hello", start_ms=100, end_ms=600, confidence=0.9),)


@dataclass
class File:
    uri: str = "s3://bucket/user-audio/x/0"

    def read(self) -> bytes:
        return b"a recording"


@dataclass
class Engine:
    words: tuple[SpokenWord, ...] = WORDS
    text: str = "Hello"
    name: str = "ear"
    uris: list[str] = field(default_factory=list)

    def transcribe(self, request: TranscriptionRequest, audio: AudioInput, call: Call) -> Transcript:
        self.uris.append(audio.uri)
        assert audio.read() == b"a recording"
        segments = (Segment(text=self.text, start_ms=100, end_ms=600),) if self.text else ()
        return Transcript(
            words=self.words,
            segments=segments,
            text=self.text,
            language="en-US",
            duration_ms=1_250,
            quality="standard",
            truncated=True,
            model="ear-2",
        )

    def close(self) -> None:
        pass


@dataclass
class Work:
    engine: TranscriptionEngine
    token: str = "job-1"
    remaining_s: float = 30.0
    stored: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    usage: Usage | None = None

    def input(self, ref: str) -> File:
        assert ref == AUDIO
        return File()

    def output(self, name: str) -> OutputFile:
        raise NotImplementedError

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        pass

    def checkpoint(self) -> None:
        pass

    def record_usage(self, usage: Usage) -> None:
        self.usage = usage

    def store(self, name: str, data: bytes, *, mime: str) -> StoredFile:
        self.stored[name] = (data, mime)
        return StoredFile(key=f"results/{name}", mime=mime, bytes=len(data), sha256="0" * 64)


def test_the_result_is_what_the_engine_heard_and_subtitles_are_stored():
    work = Work(Engine())
    result = transcription.handle(TranscriptionRequest(audio=AUDIO), work)
    assert (result.engine, result.model, result.text, result.words) == ("ear", "ear-2", "Hello", WORDS)
    assert (result.duration_ms, result.quality, result.truncated) == (1_250, "standard", True)
    assert {name: mime for name, (_, mime) in work.stored.items()} == {
        "transcript.srt": "application/x-subrip",
        "transcript.vtt": "text/vtt",
    }
    assert work.stored["transcript.srt"][0] == b"1\n00:00:00,100 --> 00:00:00,600\nHello\n"
    assert result.subtitles is not None
    assert result.subtitles.vtt.key == "results/transcript.vtt"
    assert work.usage is not None
    assert work.usage.audio_ms == 1_250


def test_an_engine_without_times_of_words_has_subtitles_as_well():
    work = Work(Engine(words=(), text="Hello there"))
    transcription.handle(TranscriptionRequest(audio=AUDIO), work)
    assert b"Hello there" in work.stored["transcript.srt"][0]


@pytest.mark.parametrize(("subtitles", "engine"), [(False, Engine()), (True, Engine(words=(), text=""))])
def test_subtitles_are_stored_if_wanted_and_if_anything_was_said(
    subtitles: bool,  # noqa: FBT001 - a parameter of the test
    engine: Engine,
):
    work = Work(engine)
    result = transcription.handle(TranscriptionRequest(audio=AUDIO, subtitles=subtitles), work)
    assert result.subtitles is None
    assert not work.stored


def test_an_engine_is_given_the_file_undecoded():
    engine = Engine()
    transcription.handle(TranscriptionRequest(audio=AUDIO), Work(engine))
    assert engine.uris == ["s3://bucket/user-audio/x/0"]
