"""The engines of sound: speaking, transcribing, scoring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from schemas.kinds.pronunciation import (
        PronunciationRequest,
        Scores,
        SpeakingRate,
        WordScore,
    )
    from schemas.kinds.transcription import Segment, SpokenWord, TranscriptionRequest
    from schemas.kinds.tts import Mark, TtsRequest
    from workers.engines.ports.call import Call

#: Decoded recordings have this many samples per second.
RECORDING_HZ = 16_000


@dataclass(frozen=True, kw_only=True)
class Speech:
    """A spoken text: mono audio in the format and sample rate that were asked for."""

    audio: bytes
    mime: str
    duration_ms: int
    sample_rate_hz: int
    marks: tuple[Mark, ...]
    voice: str
    model: str
    """The engine's version."""
    characters: int
    """How many of the text's are spoken."""
    billed_characters: int | None = None
    """How many a vendor bills, those of speech marks too; None where nothing is billed."""
    cost_microusd: int = 0


class SpeechEngine(Protocol):
    """Speaks texts."""

    @property
    def name(self) -> str:
        """The engine's name, as results have it."""

    def speak(self, request: TtsRequest, *, timeout_s: float) -> Speech:
        """Speak the request's text.

        Raises:
            PermanentError: the text, its SSML, the language or the voice can't be spoken.
            TransientError: the engine failed or took longer than `timeout_s`.
        """

    def close(self) -> None:
        """Let go of processes and connections."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A decoded recording: mono PCM s16le at 16 kHz."""

    samples: NDArray[np.int16]
    """One dimension."""
    truncated: bool
    """The file ends before the time that it claims."""

    @property
    def duration_ms(self) -> int:
        """How long it lasts."""
        return len(self.samples) * 1000 // RECORDING_HZ


class AudioInput(Protocol):
    """The recording that a request names."""

    @property
    def uri(self) -> str:
        """Where it lies, as `s3://bucket/key`."""

    def read(self) -> bytes:
        """Return the file as it was uploaded."""

    def recording(self) -> Recording:
        """Return it decoded; decoded once.

        Raises:
            PermanentError: `unreadable_audio`, `audio_too_large`, `audio_too_long`, `audio_too_short`, `no_speech`.
            TransientError: the decoder failed or took too long.
        """


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """What an engine heard."""

    words: tuple[SpokenWord, ...]
    segments: tuple[Segment, ...]
    text: str
    language: str | None
    duration_ms: int
    quality: str
    truncated: bool
    model: str
    """The engine's version."""


class TranscriptionEngine(Protocol):
    """Writes down what is said."""

    @property
    def name(self) -> str:
        """The engine's name, as results have it."""

    def transcribe(self, request: TranscriptionRequest, audio: AudioInput, call: Call) -> Transcript:
        """Transcribe the recording.

        Raises:
            PermanentError: the recording, its language or a constraint can't be dealt with.
            TransientError: the engine failed or took too long.
        """

    def close(self) -> None:
        """Let go of processes and connections."""


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """How well a text was read."""

    scores: Scores
    words: tuple[WordScore, ...]
    rate: SpeakingRate | None
    pauses: tuple[tuple[int, int], ...]
    """Start and end of each in milliseconds."""
    extra_words: tuple[str, ...] = ()
    transcript: str | None = None
    matches: bool = True
    """False where the recording is no reading of this text at all: the words' scores mean little then."""
    noisy: bool = False
    """Whether there is so much noise that the scores are held back."""
    calibration: str | None
    model: str
    """The engine's version."""


class PronunciationEngine(Protocol):
    """Scores how a text is read."""

    @property
    def name(self) -> str:
        """The engine's name, as results have it."""

    def assess(self, request: PronunciationRequest, audio: AudioInput, call: Call) -> Assessment:
        """Score the recording against the request's text.

        Raises:
            PermanentError: the recording, the text or its language can't be scored.
            TransientError: the engine failed or took too long.
        """

    def close(self) -> None:
        """Let go of processes and connections."""
