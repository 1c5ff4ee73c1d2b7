"""Long recordings cut at pauses, so that no more than a part of a minute is worked on at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workers.engines.ports import RECORDING_HZ

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_FRAME = RECORDING_HZ // 50
#: A pause as long as this is looked for, in frames.
_PAUSE = 15


def pieces(samples: NDArray[np.int16], *, longest_s: float) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Cut a recording, with each piece's first sample; none is longer, all but the last are at least half as long.

    A cut is in the middle of the quietest 300 ms that it may be in.
    """
    longest = int(longest_s * RECORDING_HZ)
    start = 0
    while len(samples) - start > longest:
        earliest = start + longest // 2
        cut = earliest + _quietest(samples[earliest : start + longest])
        yield start, samples[start:cut]
        start = cut
    yield start, samples[start:]


def _quietest(samples: NDArray[np.int16]) -> int:
    frames = samples[: len(samples) // _FRAME * _FRAME].astype(np.float32).reshape(-1, _FRAME)
    energy = np.convolve((frames**2).mean(axis=1), np.ones(_PAUSE), mode="valid")
    return int(np.argmin(energy) * _FRAME + _PAUSE * _FRAME // 2)
