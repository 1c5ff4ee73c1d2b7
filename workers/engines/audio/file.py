"""A recording that a request names: the file as it was uploaded, or its samples, decoded when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.errors import PermanentError
from workers.engines.audio.decoder import DECODER, Decoder
from workers.engines.audio.gate import MIN_MS, has_speech

if TYPE_CHECKING:
    from workers.engines.ports import Call, Recording, SourceFile

#: Kept of the attempt's time for the work itself to fail in good order.
MARGIN_S = 1.0


class AudioFile:
    """Implements `workers.engines.ports.AudioInput`."""

    def __init__(self, source: SourceFile, call: Call, *, max_s: float, by: Decoder = DECODER) -> None:
        """Read nothing yet.

        Args:
            source: the file.
            call: the attempt, for the time that is left.
            max_s: how long the recording may last, in seconds, for an engine that decodes it.
            by: the decoder, which all recordings of this process share.
        """
        self._source = source
        self._call = call
        self._max_s = max_s
        self._decoder = by
        self._recording: Recording | None = None

    @property
    def uri(self) -> str:
        """Where it lies, as `s3://bucket/key`."""
        return self._source.uri

    def read(self) -> bytes:
        """Return the file as it was uploaded, read anew each time: a copy is not kept."""
        return self._source.read()

    def recording(self) -> Recording:
        """Return the recording, decoded once.

        Raises:
            PermanentError: `unreadable_audio`, `audio_too_large`, `audio_too_long`, `audio_too_short`, `no_speech`.
            TransientError: `engine_timeout`, `engine_crashed`.
        """
        if self._recording is None:
            data = self.read()
            timeout_s = self._call.remaining_s - MARGIN_S
            self._recording = _heard(self._decoder.decode(data, max_s=self._max_s, timeout_s=timeout_s))
        return self._recording


def _heard(recording: Recording) -> Recording:
    """Refuse what nobody can have spoken into."""
    if recording.duration_ms < MIN_MS:
        raise PermanentError("audio_too_short", f"The recording is shorter than {MIN_MS} ms. Record it again.")
    if not has_speech(recording.samples):
        raise PermanentError(
            "no_speech", "Nobody is heard in the recording. Look whether the microphone is on, and record it again."
        )
    return recording
