"""What came back for the pieces of a text, made one recording with its speech marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.errors import PermanentError
from workers.engines.audio.encode import encode
from workers.engines.audio.loudness import Loudness
from workers.engines.polly.joining import joined
from workers.engines.polly.marks import MarkedPiece, speech_marks
from workers.engines.polly.service import NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemas.kinds.tts import Mark, TtsRequest
    from workers.engines.polly.joining import Samples
    from workers.engines.polly.pieces import Piece
    from workers.engines.polly.service import SpokenMark
    from workers.engines.polly.source import Source

#: An hour of PCM at 24 kHz is 173 MB.
MAX_AUDIO_S = 3_600


@dataclass(frozen=True, kw_only=True)
class Part:
    """What came back for a piece."""

    piece: Piece
    samples: Samples
    """Mono PCM at the source's sample rate."""
    audio: bytes
    """As Polly sent it."""
    billed_characters: int
    marks: Sequence[SpokenMark] = ()


@dataclass(frozen=True, kw_only=True)
class Recording:
    """The whole text, spoken."""

    audio: bytes
    duration_ms: int
    marks: tuple[Mark, ...]


def assembled(request: TtsRequest, parts: Sequence[Part], source: Source, checkpoint: Callable[[], None]) -> Recording:
    """Join the parts, encode them as the request asks, and place their marks.

    Raises:
        PermanentError: `audio_too_long`; `nothing_to_speak` where all is silent.
        TransientError: the checkpoint's.
    """
    rate_hz = source.sample_rate_hz
    if sum(len(part.samples) for part in parts) > MAX_AUDIO_S * rate_hz:
        raise PermanentError(
            "audio_too_long", f"Spoken, the text lasts longer than {MAX_AUDIO_S // 60} minutes.", engine=NAME
        )
    samples, starts = joined(
        [part.samples for part in parts], [part.piece.end for part in parts], rate_hz, request.rate
    )
    pcm = samples.data.cast("B")
    if Loudness(pcm, rate_hz).silent:
        raise PermanentError(
            "nothing_to_speak", "Polly's voice has no sound for any of the text; see its language.", engine=NAME
        )
    audio = parts[0].audio if source.as_it_comes else _encoded(request, pcm, rate_hz, checkpoint)
    placed = [
        MarkedPiece(
            piece=part.piece,
            marks=part.marks,
            start_ms=round(start * 1000 / rate_hz),
            duration_ms=len(part.samples) * 1000 // rate_hz,
            loudness=Loudness(part.samples.data.cast("B"), rate_hz),
        )
        for part, start in zip(parts, starts, strict=True)
        if part.marks
    ]
    marks = speech_marks(request.text, placed, request.marks)
    return Recording(audio=audio, duration_ms=len(samples) * 1000 // rate_hz, marks=marks)


def _encoded(request: TtsRequest, pcm: memoryview, rate_hz: int, checkpoint: Callable[[], None]) -> bytes:
    return encode(pcm, rate_hz, to=request.format, sample_rate_hz=request.sample_rate_hz, checkpoint=checkpoint)
