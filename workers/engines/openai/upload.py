"""A decoded recording as the file that is sent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from schemas.errors import PermanentError
from workers.engines.audio.encode import encode
from workers.engines.ports import RECORDING_HZ

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.media import AudioFormat
    from workers.engines.ports import Recording

_WAV_HEADER = 44


def upload_of(recording: Recording, *, max_bytes: int, checkpoint: Callable[[], None]) -> tuple[str, bytes, str]:
    """Return name, bytes and type of a file of at most `max_bytes`: WAV, mono 16 kHz, or Opus where that is too long.

    25 MB are 13 minutes of WAV and 100 of Opus.

    Raises:
        PermanentError: `audio_too_long`.
    """
    pcm = recording.samples.tobytes()
    encoded = partial(_encoded, pcm, checkpoint)
    if len(pcm) + _WAV_HEADER <= max_bytes:
        return "recording.wav", encoded("wav"), "audio/wav"
    opus = encoded("ogg")
    if len(opus) > max_bytes:
        raise PermanentError("audio_too_long", "The recording is longer than the server takes. Send it in parts.")
    return "recording.ogg", opus, "audio/ogg"


def _encoded(pcm: bytes, checkpoint: Callable[[], None], to: AudioFormat) -> bytes:
    return encode(pcm, RECORDING_HZ, to=to, sample_rate_hz=RECORDING_HZ, checkpoint=checkpoint)
