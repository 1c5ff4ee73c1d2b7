"""What a handler needs of an engine, one protocol per kind of job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from schemas.kinds.tts import Mark, TtsRequest


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
