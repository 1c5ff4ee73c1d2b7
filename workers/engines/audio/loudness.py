"""Where a recording is loud and where it is silent, in frames of ten milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FRAME_MS = 10

#: Shorter silences belong to a word: the closure of a "t" or a doubled consonant.
PAUSE_MS = 70

#: -44 dB of full scale: below any phoneme of a synthesised voice, above its rounding noise.
SILENCE_PEAK = 200


class Loudness:
    """The peak of each frame of mono PCM s16le."""

    def __init__(self, pcm: bytes | bytearray | memoryview, sample_rate_hz: int) -> None:
        self._rate_hz = sample_rate_hz
        # A whole number, so that at 22,050 Hz a frame is a little shorter than ten milliseconds.
        self._frame_samples = sample_rate_hz * FRAME_MS // 1000
        self._loud = _peaks(pcm, self._frame_samples) > SILENCE_PEAK

    @property
    def silent(self) -> bool:
        """Whether nothing at all is heard."""
        return not bool(self._loud.any())

    def heard_until_ms(self, start_ms: int, end_ms: int) -> int:
        """When the last sound between the two times ends; `start_ms` if there is none.

        The frame that holds `end_ms` is left out: what begins then may be loud in it already.
        """
        first = self._frame(start_ms)
        frames = self._loud[first : self._frame(end_ms)].nonzero()[0]
        if len(frames) == 0:
            return start_ms
        heard_ms = (first + int(frames[-1]) + 1) * self._frame_samples * 1000 // self._rate_hz
        return min(end_ms, max(start_ms, heard_ms))

    def ends_ms(self, start_ms: int, next_ms: int) -> int:
        """When what begins at one time ends, before the next begins: there, or where a pause begins."""
        heard_ms = self.heard_until_ms(start_ms, next_ms)
        return heard_ms if start_ms < heard_ms < next_ms - PAUSE_MS else next_ms

    def _frame(self, at_ms: int) -> int:
        return at_ms * self._rate_hz // 1000 // self._frame_samples


def _peaks(pcm: bytes | bytearray | memoryview, samples_per_frame: int) -> NDArray[np.int16]:
    import numpy as np  # noqa: PLC0415 - a worker of other kinds never loads it

    samples = np.frombuffer(pcm, dtype="<i2")
    whole = len(samples) // samples_per_frame * samples_per_frame
    frames = samples[:whole].reshape(-1, samples_per_frame)
    if len(frames) == 0:
        return np.zeros(0, dtype=np.int16)
    # The lowest sample has no positive twin in 16 bits: -32768 must not come out as silence.
    peaks: NDArray[np.int16] = np.maximum(frames.max(axis=1), -np.maximum(frames.min(axis=1), -32767))
    return peaks
