"""The front end: from samples to cepstra with their differences in time, as the model was trained with them.

Computes what pocketsphinx does with the model's `feat.params` (`src/fe/fe_sigproc.c`, `src/feat/feat.c`, `src/feat/
cmn.c`), to a few parts in a million: 25 mel filters between 130 and 6,800 Hz, noise removal, DCT-II, liftering, mean
subtraction over the whole recording. Nothing is remembered from recording to recording.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.acoustic.noise import without_noise
from workers.engines.pronunciation.evidence import FRAME_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
SHIFT = SAMPLE_RATE_HZ * FRAME_MS // 1_000
WINDOW = 410
CEPSTRA = 13
_FFT = 512
_PRE_EMPHASIS = np.float32(0.97)
_FILTERS = 25
_LOWEST_HZ, _HIGHEST_HZ = 130.0, 6_800.0
_LIFTER = 22
_LOG_FLOOR = 1e-4
#: Frames on either side that differences in time look at.
_CONTEXT = 3


def features(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return cepstra, first and second differences of mono PCM s16 at 16 kHz: an array (stream, frame, dimension).

    Raises:
        ValueError: there are fewer samples than one window has.
    """
    cepstra = _cepstra(samples)
    heard = cepstra[:, 0] >= 0  # a frame without energy tells nothing of the channel
    if heard.any():
        cepstra -= cepstra[heard].mean(axis=0)
    return _with_differences(cepstra)


def _cepstra(samples: NDArray[np.int16]) -> NDArray[np.float64]:
    frames = _frames(samples)
    spectrum = np.fft.rfft(frames * _hamming(), _FFT)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    bands = without_noise((power @ _mel_filters()).astype(np.float64))
    cepstra: NDArray[np.float64] = np.log(bands + _LOG_FLOOR) @ _cosines()
    return cepstra


def _frames(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Overlapping windows; what is left over makes one more, filled up with zeros."""
    if len(samples) < WINDOW:
        raise ValueError(f"A recording of {len(samples)} samples is shorter than a window of {WINDOW}.")
    whole = samples.astype(np.float32)
    emphasised = whole.copy()
    emphasised[1:] -= _PRE_EMPHASIS * whole[:-1]
    count = (len(whole) - WINDOW) // SHIFT + 1
    if len(whole) > count * SHIFT:
        emphasised = np.concatenate([emphasised, np.zeros(WINDOW, np.float32)])
        count += 1
    return np.lib.stride_tricks.sliding_window_view(emphasised, WINDOW)[::SHIFT][:count]


def _with_differences(cepstra: NDArray[np.float64]) -> NDArray[np.float32]:
    padded = np.pad(cepstra, ((_CONTEXT, _CONTEXT), (0, 0)), mode="edge")

    def at(offset: int) -> NDArray[np.float64]:
        return padded[_CONTEXT + offset : _CONTEXT + offset + len(cepstra)]

    velocity = at(2) - at(-2)
    acceleration = (at(3) - at(-1)) - (at(1) - at(-3))
    return np.stack([cepstra, velocity, acceleration]).astype(np.float32)


@cache
def _hamming() -> NDArray[np.float32]:
    return np.hamming(WINDOW).astype(np.float32)


@cache
def _cosines() -> NDArray[np.float64]:
    """The unitary DCT-II, liftered (Young et al., The HTK Book, 5.6); bands by cepstra."""
    orders = np.arange(CEPSTRA)
    bands = np.arange(_FILTERS) + 0.5
    transform = np.cos(np.pi / _FILTERS * np.outer(bands, orders)) * np.sqrt(2 / _FILTERS)
    transform[:, 0] = np.sqrt(1 / _FILTERS)
    lifted: NDArray[np.float64] = transform * (1 + _LIFTER / 2 * np.sin(np.pi * orders / _LIFTER))
    return lifted


@cache
def _mel_filters() -> NDArray[np.float32]:
    """Triangles of unit area, their corners on points of the FFT; points by bands."""
    step_hz = SAMPLE_RATE_HZ / _FFT
    low, high = (2_595 * np.log10(1 + hz / 700) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    mels = np.linspace(low, high, _FILTERS + 2)
    corners = np.floor(700 * (10 ** (mels / 2_595) - 1) / step_hz + 0.5) * step_hz
    left, centre, right = corners[:-2], corners[1:-1], corners[2:]
    hz = np.arange(_FFT // 2 + 1)[:, None] * step_hz
    rising, falling = (hz - left) / (centre - left), (right - hz) / (right - centre)
    triangles: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling)) * 2 / (right - left)
    return triangles.astype(np.float32)
