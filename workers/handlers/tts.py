"""Text to speech: the engine speaks, the audio is stored, the result says where and when each word is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.kinds.tts import TtsResult
from schemas.media import Audio
from schemas.usage import Usage

if TYPE_CHECKING:
    from schemas.kinds.tts import TtsRequest
    from workers.engines.ports import SpeechEngine
    from workers.work import Work

#: Kept of the attempt's time to store the audio.
STORING_S = 3.0


def handle(request: TtsRequest, work: Work[SpeechEngine]) -> TtsResult:
    """Speak the text and store the audio."""
    speech = work.engine.speak(request, timeout_s=max(0.0, work.remaining_s - STORING_S))
    stored = work.store(f"speech.{request.format}", speech.audio, mime=speech.mime)
    audio = Audio(**stored.model_dump(), duration_ms=speech.duration_ms, sample_rate_hz=speech.sample_rate_hz)
    billed = speech.characters if speech.billed_characters is None else speech.billed_characters
    work.record_usage(Usage(characters=billed, audio_ms=speech.duration_ms, cost_microusd=speech.cost_microusd))
    return TtsResult(
        engine=work.engine.name,
        model=speech.model,
        audio=audio,
        marks=speech.marks,
        voice=speech.voice,
        language=request.language,
        characters=speech.characters,
    )
