"""In which format Polly is asked to speak, so that little is lost and times are exact: see docs/adr/0018."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.kinds.tts import TtsRequest
    from workers.engines.polly.options import VoiceEngine
    from workers.engines.polly.service import Format

#: The sample rate that a voice is made at; there is nothing to hear beyond half of it.
_NATIVE_HZ: dict[VoiceEngine, int] = {"standard": 22_050, "neural": 24_000, "long-form": 24_000, "generative": 24_000}
#: Polly's PCM has no more samples per second, and its Opus has always so many.
_MOST_PCM_HZ = 16_000
_OPUS_HZ = 48_000


@dataclass(frozen=True, kw_only=True)
class Source:
    """What Polly is asked for."""

    format: Format
    sample_rate_hz: int
    as_it_comes: bool = False
    """It is what the job asks for, and is passed on without another encoding."""


def source_of(request: TtsRequest, engine: VoiceEngine, pieces: int) -> Source:
    """Choose the format for a request that is spoken in so many pieces.

    An MP3 stream does not say how much of its beginning is the encoder's delay (46 ms at 24 kHz), which no mark counts:
    it is passed on where there are no marks. Vorbis and PCM are exact to the sample.
    """
    if request.sample_rate_hz <= _MOST_PCM_HZ:
        return Source(format="pcm", sample_rate_hz=request.sample_rate_hz)
    if pieces == 1 and not request.marks:
        if request.format == "mp3":
            return Source(format="mp3", sample_rate_hz=request.sample_rate_hz, as_it_comes=True)
        if request.format == "ogg" and request.sample_rate_hz == _OPUS_HZ:
            return Source(format="ogg_opus", sample_rate_hz=_OPUS_HZ, as_it_comes=True)
    return Source(format="ogg_vorbis", sample_rate_hz=_NATIVE_HZ[engine])
