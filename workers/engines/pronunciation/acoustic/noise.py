"""Removing steady noise from mel bands, as pocketsphinx does (`src/fe/fe_noise.c`).

The floor of each band is followed by an asymmetric average and subtracted; what sudden loud sounds mask is lowered
(Kim & Stern 2012, "Power-normalized cepstral coefficients").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_POWER_MEMORY = 0.7
_RISING_MEMORY, _FALLING_MEMORY = 0.995, 0.5
_PEAK_MEMORY, _MASKED_SHARE = 0.85, 0.2
_MAX_GAIN = 20.0
#: Neighbours on either side whose gains are averaged.
_SMOOTHED_BANDS = 4


def without_noise(bands: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the powers (frame, band) with steady noise taken out."""
    return bands * _smoothed(_gains(bands))


def _gains(bands: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much of each band is signal, frame after frame: each depends on the one before."""
    power = bands[0]
    noise = floor = bands[0] / _MAX_GAIN
    peak = np.zeros_like(power)
    gains = np.full_like(bands, _MAX_GAIN)
    for now, gain in zip(bands, gains, strict=True):
        power = _POWER_MEMORY * power + (1 - _POWER_MEMORY) * now
        noise = _envelope(power, noise)
        signal = np.maximum(power - noise, 1.0)
        floor = _envelope(signal, floor)
        peak = peak * _PEAK_MEMORY
        heard = np.where(signal < _PEAK_MEMORY * peak, peak * _MASKED_SHARE, signal)
        peak = np.maximum(peak, signal)
        np.divide(np.maximum(heard, floor), power, out=gain, where=power > 0)
    return np.clip(gains, 1 / _MAX_GAIN, _MAX_GAIN)


def _envelope(values: NDArray[np.float64], envelope: NDArray[np.float64]) -> NDArray[np.float64]:
    """The lower envelope: slow to rise, quick to fall."""
    memory = np.where(values >= envelope, _RISING_MEMORY, _FALLING_MEMORY)
    return values + memory * (envelope - values)


def _smoothed(gains: NDArray[np.float64]) -> NDArray[np.float64]:
    count = gains.shape[1]
    index = np.arange(count)
    first = np.maximum(index - _SMOOTHED_BANDS, 0)
    last = np.minimum(index + _SMOOTHED_BANDS, count - 1) + 1
    sums = np.pad(np.cumsum(gains, axis=1), ((0, 0), (1, 0)))
    averages: NDArray[np.float64] = (sums[:, last] - sums[:, first]) / (last - first)
    return averages
