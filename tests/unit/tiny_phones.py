"""A model of three phones and silence, each with senones of its own: what is heard in it can be written by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


NAMES = ("A", "B", "C", "SIL")
STATES = 3


class _Definition:
    names = NAMES
    numbers: ClassVar = {name: number for number, name in enumerate(NAMES)}
    speech = (0, 1, 2)
    silence = 3

    def base_senones(self, phone: int) -> NDArray[np.int64]:
        return np.arange(phone * STATES, phone * STATES + STATES)

    def senones_of(self, phone: int, left: int, right: int, where: int) -> NDArray[np.int64]:
        return self.base_senones(phone)


def model():
    """Staying and moving on are equally likely."""
    transitions = np.full((len(NAMES), STATES, STATES + 1), np.log(0.5))
    return SimpleNamespace(definition=_Definition(), transitions=transitions, version="tiny")


def heard(*parts: tuple[str, int]):
    """Scores of phones heard for so many frames each, such as ("A", 6): 0 for the senone that is heard, else -10."""
    senones = [
        NAMES.index(name) * STATES + state
        for name, frames in parts
        for state, count in enumerate(_thirds(frames))
        for _ in range(count)
    ]
    scores = np.full((len(senones), len(NAMES) * STATES), -10, np.float32)
    scores[np.arange(len(senones)), senones] = 0
    return scores


def _thirds(frames: int) -> tuple[int, int, int]:
    return frames - 2 * (frames // 3), frames // 3, frames // 3
