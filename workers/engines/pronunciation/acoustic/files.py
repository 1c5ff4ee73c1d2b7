"""The other files of a Sphinx acoustic model: Gaussians, mixture weights and transitions.

Formats: https://github.com/cmusphinx/pocketsphinx `src/ms_gauden.c`, `src/ptm_mgau.c` (`read_sendump`), `src/tmat.c`.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.acoustic.definition import STATES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

#: Mixture weights are stored as negative logarithms in these units: 1024 steps of base 1.0001.
LOG_UNIT = 1024 * float(np.log(1.0001))
#: What the model's training never saw still has this probability.
_TRANSITION_FLOOR = 1e-4
_BYTE_ORDER = 0x11223344


def read_gaussians(path: Path) -> list[NDArray[np.float32]]:
    """Return `means` or `variances`: for each feature stream an array (codebook, density, dimension)."""
    data, at = _content(path)
    codebooks, streams, densities = struct.unpack_from("<3i", data, at)
    lengths = struct.unpack_from(f"<{streams}i", data, at + 12)
    (total,) = struct.unpack_from("<i", data, at + 12 + 4 * streams)
    numbers = np.frombuffer(data, "<f4", total, at + 16 + 4 * streams).reshape(codebooks, -1)
    edges = np.cumsum([densities * length for length in lengths])[:-1]
    parts = np.split(numbers, edges, axis=1)
    return [part.reshape(codebooks, densities, length) for part, length in zip(parts, lengths, strict=True)]


def read_mixture_weights(path: Path, streams: int) -> NDArray[np.uint8]:
    """Return `sendump`: negative logarithms in units of `LOG_UNIT`, an array (stream, density, senone)."""
    data = path.read_bytes()
    at = 0
    while length := struct.unpack_from("<i", data, at)[0]:
        at += 4 + length
    densities, senones = struct.unpack_from("<2i", data, at + 4)
    return np.frombuffer(data, np.uint8, streams * densities * senones, at + 12).reshape(streams, densities, senones)


def read_transitions(path: Path) -> NDArray[np.float64]:
    """Return logarithms of the probabilities to go from state to state, an array (phone, from, to).

    The last `to` is out of the phone.
    """
    data, at = _content(path)
    phones, rows, columns, total = struct.unpack_from("<4i", data, at)
    counts = np.frombuffer(data, "<f4", total, at + 16).reshape(phones, rows, columns).astype(np.float64)
    if rows != STATES:
        raise ValueError(f"{path.name} has {rows} states per phone, not {STATES}.")
    shares = counts / counts.sum(axis=2, keepdims=True)
    logarithms: NDArray[np.float64] = np.log(np.maximum(shares, _TRANSITION_FLOOR))
    return logarithms


def _content(path: Path) -> tuple[bytes, int]:
    """The file, and where its numbers start: after the text header and the mark of the byte order."""
    data = path.read_bytes()
    at = data.index(b"endhdr\n") + len(b"endhdr\n")
    if struct.unpack_from("<I", data, at) != (_BYTE_ORDER,):
        raise ValueError(f"{path.name} is big-endian.")
    return data, at + 4
