"""The Viterbi search over several networks at once: one pass over the frames, whatever is looked for.

Rabiner 1989, "A tutorial on hidden Markov models", III.B. The networks' states stand side by side in one vector; those
of reversed networks are fed the frames from the last to the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from workers.engines.pronunciation.alignment.graph import Network

#: Out of reach; far below any score, far above what a float can't tell from its neighbours.
IMPOSSIBLE = -1e8
#: Nats that leaving a word out costs: so much that it happens only where a recording has no room for the word, or has
#: nothing like it at all.
SKIP_COST = 300.0


@dataclass(frozen=True)
class Liberty:
    """What may be heard beside the text: words may be left out, and at each boundary anything may be said."""

    skip_cost: float = SKIP_COST
    """Nats for each word that is left out."""
    loop: NDArray[np.float64] | None = None
    """(T + 1): the phone loop's best score up to a time, where anything may be said."""
    loop_cost: float = 5.0
    """Nats for each stretch of anything."""
    frame_cost: float = 2.0
    """Nats for each of its frames."""

    def anything(self, *, backwards: bool) -> NDArray[np.float64] | None:
        """Return what anything up to a time scores, (T + 1), costs of frames taken off."""
        if self.loop is None:
            return None
        # No phone has been heard in the first two frames; they count as nothing, not as impossible.
        heard = np.where(self.loop > IMPOSSIBLE / 2, self.loop, 0.0)
        loop = heard[-1] - heard[::-1] if backwards else heard
        scored: NDArray[np.float64] = loop - self.frame_cost * np.arange(len(loop))
        return scored


#: Keeps one network's boundaries from being skipped to from another's.
_APART = 1e9
#: Frames whose scores are gathered together.
_CHUNK = 128


@dataclass(frozen=True)
class Search:
    """What was found of one network in T frames."""

    network: Network
    best: NDArray[np.float64]
    """(T + 1, boundary): the best score of having heard t frames and being at a boundary."""
    moved: NDArray[np.bool_]
    """(T, state): whether a state's best path came from the state before it; kept where a path is looked for, which is
    forwards and through a text as it is."""
    leaving: NDArray[np.float32]
    """(T + 1, chain): the best score of having left a chain after t frames."""


@dataclass(frozen=True)
class _Side:
    """Networks that are fed the frames in the same direction."""

    networks: Sequence[Network]

    def senones(self) -> NDArray[np.int64]:
        parts = [network.senones for network in self.networks]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)


def search(
    scores: NDArray[np.float32],
    forwards: Sequence[Network],
    backwards: Sequence[Network] = (),
    *,
    liberty: Liberty = Liberty(),
    checkpoint: Callable[[], None],
) -> list[Search]:
    """Find the best paths through all networks, those of `backwards` with time running backwards.

    `scores` is (frame, senone). `checkpoint` is called about once per second of audio and may raise to give up.
    """
    joined = _Joined([*forwards, *backwards], liberty, len(forwards))
    sides = (_Side(forwards).senones(), _Side(backwards).senones())
    frames = len(scores)
    best = np.full((frames + 1, joined.boundaries), IMPOSSIBLE)
    best[0, joined.starts] = 0.0
    joined.free(best[0], 0)
    kept = len(sides[0]) if liberty.loop is None else 0
    moved, came = np.empty((frames, kept), np.bool_), np.empty(joined.states, np.bool_)
    leaving = np.full((frames + 1, len(joined.entries)), IMPOSSIBLE, np.float32)
    paths = np.full(joined.states, IMPOSSIBLE)
    for start in range(0, frames, _CHUNK):
        checkpoint()
        for time, emission in enumerate(_emissions(scores, sides, start), start):
            joined.step(paths, emission, best[time], came)
            moved[time] = came[:kept]
            left = paths[joined.last] + joined.leave
            leaving[time + 1] = left
            np.maximum.reduceat(left, joined.groups, out=best[time + 1])
            joined.free(best[time + 1], time + 1)
    return joined.apart(best, moved, leaving)


def _emissions(
    scores: NDArray[np.float32], sides: tuple[NDArray[np.int64], NDArray[np.int64]], start: int
) -> NDArray[np.float64]:
    forwards, backwards = sides
    ahead = scores[start : start + _CHUNK][:, forwards]
    behind = scores[::-1][start : start + _CHUNK][:, backwards]
    return np.concatenate([ahead, behind], axis=1).astype(np.float64)


class _Joined:
    """Several networks as one; nothing leads from one to the other."""

    def __init__(self, networks: Sequence[Network], liberty: Liberty, forwards: int) -> None:
        self._networks = networks
        self._states = _offsets([len(network.senones) for network in networks])
        self._chains = _offsets([len(network.chains) for network in networks])
        self._boundaries = _offsets([network.boundaries for network in networks])
        self.states, self.boundaries = self._states[-1], self._boundaries[-1]
        self.starts = np.array(self._boundaries[:-1])
        self.stay = np.concatenate([network.stay for network in networks])
        self.enter = np.concatenate([network.enter for network in networks])
        self.leave = np.concatenate([network.leave for network in networks])
        self.first = _shifted([network.first for network in networks], self._states)
        self.last = _shifted([network.last for network in networks], self._states)
        self.entries = _shifted([network.entries for network in networks], self._boundaries)
        exits = _shifted([network.exits for network in networks], self._boundaries)
        self.groups = np.searchsorted(exits, np.arange(self.boundaries))
        self._at_first = self.enter[self.first]
        self._ramp = liberty.skip_cost * np.arange(self.boundaries) + _APART * np.repeat(
            np.arange(len(networks)), np.diff(self._boundaries)
        )
        self._entering = np.empty(self.states)
        self._loop_cost = liberty.loop_cost
        self._anything = self._anything_said(liberty, forwards)
        self._before_anything = np.full(self.boundaries, IMPOSSIBLE)

    def step(
        self,
        paths: NDArray[np.float64],
        emission: NDArray[np.float64],
        best: NDArray[np.float64],
        moved: NDArray[np.bool_],
    ) -> None:
        """Bring `paths`, the best score of being in each state, one frame further."""
        entering = self._entering
        np.add(paths[:-1], self.enter[1:], out=entering[1:])
        entering[self.first] = best[self.entries] + self._at_first
        paths += self.stay
        np.greater(entering, paths, out=moved)
        np.maximum(entering, paths, out=paths)
        paths += emission

    def free(self, best: NDArray[np.float64], time: int) -> None:
        """Let anything be said at each boundary, and words be left out, for their prices."""
        anything = None if self._anything is None else self._anything[time]
        if anything is not None:
            np.maximum(best, self._before_anything + anything - self._loop_cost, out=best)
        best += self._ramp
        np.maximum.accumulate(best, out=best)
        best -= self._ramp
        if anything is not None:
            np.maximum(self._before_anything, best - anything, out=self._before_anything)

    def _anything_said(self, liberty: Liberty, forwards: int) -> NDArray[np.float64] | None:
        """(T + 1, boundary): of each network in its direction of time."""
        columns = [
            np.repeat(anything[:, None], network.boundaries, axis=1)
            for number, network in enumerate(self._networks)
            if (anything := liberty.anything(backwards=number >= forwards)) is not None
        ]
        return np.concatenate(columns, axis=1) if columns else None

    def apart(self, best: NDArray[np.float64], moved: NDArray[np.bool_], leaving: NDArray[np.float32]) -> list[Search]:
        return [
            Search(
                network,
                best[:, self._boundaries[index] : self._boundaries[index + 1]],
                moved[:, self._states[index] : self._states[index + 1]],
                leaving[:, self._chains[index] : self._chains[index + 1]],
            )
            for index, network in enumerate(self._networks)
        ]


def _offsets(sizes: Sequence[int]) -> list[int]:
    return [0, *np.cumsum(sizes).tolist()]


def _shifted(parts: Sequence[NDArray[np.int64]], offsets: Sequence[int]) -> NDArray[np.int64]:
    return np.concatenate([part + offset for part, offset in zip(parts, offsets[:-1], strict=True)])
