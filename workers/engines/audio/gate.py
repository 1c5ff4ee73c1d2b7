"""Whether anybody may be speaking in a recording. It errs on the side of letting pass: engines look closer.

Speech comes and goes. In each of eight bands from 200 Hz to 4 kHz, which leave out mains hum and its strongest
harmonics, a frame's level is compared with the band's floor (its 10th percentile), and the mean over the bands is how
far the frame rises. White, pink and brown noise of ten minutes rise by at most 6.2 dB, hum by 1.3 (50 Hz) and 5.8 dB
(60 Hz, of which a frame of 25 ms holds no whole number), hum over noise by 6.9 dB. 240 recordings of learners rise by
23 dB and more, and all but 3 of them by 7 dB and more in white or pink noise as loud as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

#: A recording shorter than this has no word in it.
MIN_MS = 200

#: Decibels of full scale, 200 Hz to 4 kHz: white noise of 8 steps of 16 bits has as much. Learners begin at -34.
MIN_LEVEL_DB = -75.0
MIN_RISE_DB = 7.0
#: Below a second there may be no pause that shows the floor; this still tells a tone and hum from speech.
SHORT_S, MIN_SHORT_RISE_DB = 1.0, 2.0

_RATE_HZ = 16_000
_FRAME, _STEP, _FFT = 400, 160, 512
_BANDS, _LOW_HZ, _HIGH_HZ = 8, 200, 4_000
_FLOOR_PERCENTILE = 10
#: So many frames (200 ms) must be as loud, or a fifth of a short recording: a click is shorter.
_LOUD_FRAMES, _LOUD_SHARE = 20, 5
#: Frames at a time: ten minutes at once would take 350 MB.
_AT_A_TIME = 1_000
#: Far below a step of 16 bits; it stands for silence, whose logarithm there is none of.
_NOTHING = 1e-11


@dataclass(frozen=True)
class Loudest:
    """What the loudest 200 ms of a recording have, or its loudest fifth where it is shorter than a second."""

    level_db: float
    """Decibels of full scale, 200 Hz to 4 kHz."""
    rise_db: float
    """How far above the recording's floor."""


def has_speech(samples: NDArray[np.int16]) -> bool:
    """Whether somebody may be speaking, in mono PCM s16le at 16 kHz."""
    if len(samples) < _FRAME:
        return False
    found = loudest(samples)
    least = MIN_SHORT_RISE_DB if len(samples) < SHORT_S * _RATE_HZ else MIN_RISE_DB
    return found.level_db >= MIN_LEVEL_DB and found.rise_db >= least


def loudest(samples: NDArray[np.int16]) -> Loudest:
    """Measure a recording of at least 25 ms."""
    import numpy as np  # noqa: PLC0415 - a worker of other kinds never loads it

    power = np.concatenate(list(_band_powers(samples)))
    levels = 10 * np.log10(power + _NOTHING)
    rises = (levels - np.percentile(levels, _FLOOR_PERCENTILE, axis=0)).mean(axis=1)
    count = min(_LOUD_FRAMES, max(1, len(power) // _LOUD_SHARE))
    totals = 10 * np.log10(power.sum(axis=1) + _NOTHING)
    return Loudest(*(float(np.partition(values, -count)[-count]) for values in (totals, rises)))


def _band_powers(samples: NDArray[np.int16]) -> Iterator[NDArray[np.float64]]:
    """Frames by bands: mean squares, where 1 is full scale; in pieces."""
    import numpy as np  # noqa: PLC0415 - see above

    window = np.hanning(_FRAME)
    hertz = np.fft.rfftfreq(_FFT, 1 / _RATE_HZ)
    edges = np.geomspace(_LOW_HZ, _HIGH_HZ, _BANDS + 1)
    bands = ((hertz[:, None] >= edges[:-1]) & (hertz[:, None] < edges[1:])) * 2 / _FFT / (window**2).sum() / 32768**2
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_STEP]
    for first in range(0, len(frames), _AT_A_TIME):
        piece = frames[first : first + _AT_A_TIME].astype(np.float64)
        # A constant, or a slow drift, would leak into every band.
        piece -= piece.mean(axis=1, keepdims=True)
        yield np.abs(np.fft.rfft(piece * window, _FFT, axis=1)) ** 2 @ bands
