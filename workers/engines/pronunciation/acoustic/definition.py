"""The model definition: which senones (tied HMM states) model which phone in which context.

The file is pocketsphinx's binary `mdef` (`src/bin_mdef.c`): phones, a tree that finds triphones by word position,
phone, left and right context, and the senones of each state sequence.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

STATES = 3
SILENCE = "SIL"
_TREE = np.dtype([("key", "<i2"), ("children", "<i2"), ("target", "<i4")])
_PHONE = np.dtype([("sequence", "<i4"), ("transitions", "<i4"), ("attributes", "4i1")])


class Position(IntEnum):
    """Where in its word a phone stands."""

    INSIDE = 0
    FIRST = 1
    LAST = 2
    ONLY = 3


def position(index: int, length: int) -> Position:
    """Return where the phone of this index stands in a word of `length` phones."""
    if length == 1:
        return Position.ONLY
    if index == 0:
        return Position.FIRST
    return Position.LAST if index == length - 1 else Position.INSIDE


@dataclass(frozen=True)
class _Sizes:
    """The header's ten numbers, in its order."""

    base_phones: int
    phones: int
    states: int
    base_senones: int
    senones: int
    transition_matrices: int
    sequences: int
    contexts: int
    tree_nodes: int
    silence: int


class ModelDefinition:
    """Phones by number, as the model's other files count them."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        (description,) = struct.unpack_from("<i", data, 8)
        start = 12 + description
        self._sizes = sizes = _Sizes(*struct.unpack_from("<10i", data, start))
        names_at = start + 40
        names = data[names_at:].split(b"\0", sizes.base_phones)[: sizes.base_phones]
        self.names: tuple[str, ...] = tuple(name.decode("ascii") for name in names)
        # Names are padded to a multiple of four bytes.
        at = names_at + -(-sum(len(name) + 1 for name in names) // 4) * 4
        self._tree = [tuple(map(int, node)) for node in np.frombuffer(data, _TREE, sizes.tree_nodes, at)]
        at += _TREE.itemsize * sizes.tree_nodes
        self._phones = np.frombuffer(data, _PHONE, sizes.phones, at)
        at += _PHONE.itemsize * sizes.phones + 4
        sequences = np.frombuffer(data, "<i2", sizes.sequences * STATES, at)
        self._sequences: NDArray[np.int16] = sequences.reshape(-1, STATES)
        self._known: dict[tuple[int, int, int, Position], NDArray[np.int16]] = {}
        self.numbers: dict[str, int] = {name: number for number, name in enumerate(self.names)}

    @property
    def senones(self) -> int:
        """How many there are."""
        return self._sizes.senones

    @property
    def silence(self) -> int:
        """The number of silence, a phone as others are."""
        return self._sizes.silence

    @property
    def speech(self) -> tuple[int, ...]:
        """The phones of ARPAbet: neither silence nor noise."""
        return tuple(number for number in range(self._sizes.base_phones) if not self._is_filler(number))

    def base_senones(self, phone: int) -> NDArray[np.int16]:
        """Return the three senones of a phone whatever is around it."""
        return self._of(phone)

    def senones_of(self, phone: int, left: int, right: int, where: Position) -> NDArray[np.int16]:
        """Return the three senones of a phone between two others.

        A triphone that was not seen in training is taken from another position in the word, or is the phone without
        context.
        """
        key = (phone, left, right, where)
        if key not in self._known:
            self._known[key] = self._of(phone if self._is_filler(phone) else self._nearest(key))
        return self._known[key]

    def codebooks(self) -> NDArray[np.int64]:
        """Return for each senone the phone whose Gaussians it shares; in a phonetically tied model a codebook each."""
        books = np.zeros(self.senones, dtype=np.int64)
        for number, phone in enumerate(self._phones):
            base = number if number < self._sizes.base_phones else int(phone["attributes"][1])
            books[self._of(number)] = base
        return books

    def _of(self, phone: int) -> NDArray[np.int16]:
        sequence: NDArray[np.int16] = self._sequences[int(self._phones[phone]["sequence"])]
        return sequence

    def _is_filler(self, phone: int) -> bool:
        return bool(self._phones[phone]["attributes"][0])

    def _nearest(self, key: tuple[int, int, int, Position]) -> int:
        phone, left, right, where = key
        left, right = (self.silence if self._is_filler(side) else side for side in (left, right))
        found = (self._find((place, phone, left, right)) for place in (where, *Position))
        return next((number for number in found if number is not None), phone)

    def _find(self, path: tuple[int, int, int, int]) -> int | None:
        first, count = 0, len(Position)
        for key in path:
            nodes = (self._tree[index] for index in range(first, first + count))
            node = next((node for node in nodes if node[0] == key), None)
            if node is None:
                return None
            _, count, first = node
            if count == 0:
                return first if first >= 0 else None
        return None
