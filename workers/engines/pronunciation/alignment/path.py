"""The best path back through what the search found: which chain when, which phone when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.acoustic.definition import STATES
from workers.engines.pronunciation.alignment.viterbi import SKIP_COST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workers.engines.pronunciation.alignment.graph import Chain
    from workers.engines.pronunciation.alignment.viterbi import Search


@dataclass(frozen=True)
class AlignedPhone:
    """A phone of a chain in time."""

    index: int
    """Which of the chain's phones."""
    start: int
    end: int


@dataclass(frozen=True)
class AlignedChain:
    """A word or a silence in time."""

    chain: Chain
    start: int
    end: int
    phones: tuple[AlignedPhone, ...]


def best_path(found: Search) -> list[AlignedChain]:
    """Return the best path's chains in the order of time; words that were skipped are not among them."""
    network = found.network
    groups = np.append(np.searchsorted(network.exits, np.arange(network.boundaries)), len(network.exits))
    time, boundary = len(found.best) - 1, network.boundaries - 1
    path: list[AlignedChain] = []
    while time > 0:
        while _skipped(found.best[time], boundary):
            boundary -= 1
        leaving = found.leaving[time, groups[boundary] : groups[boundary + 1]]
        number = int(groups[boundary]) + int(np.argmax(leaving))
        path.append(_aligned(found, number, time))
        time, boundary = path[-1].start, path[-1].chain.entry
    return path[::-1]


def _skipped(best: NDArray[np.float64], boundary: int) -> bool:
    """Whether this boundary was reached from the one before without hearing anything."""
    return boundary > 0 and bool(np.isclose(best[boundary], best[boundary - 1] - SKIP_COST, rtol=0, atol=1e-3))


def _aligned(found: Search, number: int, end: int) -> AlignedChain:
    network = found.network
    first, state = int(network.first[number]), int(network.last[number])
    time = end
    states = []
    while True:
        time -= 1
        states.append((state - first) // STATES)
        if found.moved[time, state]:
            if state == first:
                break
            state -= 1
    return AlignedChain(network.chains[number], time, end, _phones(states[::-1], time))


def _phones(states: Sequence[int], start: int) -> tuple[AlignedPhone, ...]:
    numbers, counts = np.unique(states, return_counts=True)
    ends = start + np.cumsum(counts)
    return tuple(
        AlignedPhone(int(number), int(end - count), int(end))
        for number, count, end in zip(numbers, counts, ends, strict=True)
    )
