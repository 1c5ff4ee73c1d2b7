"""What the recording gains when a word, or nothing, is replaced by anything at all.

With the best scores before (forwards) and after (backwards) each boundary at each time, and those of the free phone
loop, any such change of the text is scored without another search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.alignment.viterbi import IMPOSSIBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workers.engines.pronunciation.alignment.viterbi import Search

#: What a frame of anything costs, in nats: the loop fits everything, the more so the longer.
FRAME_COSTS = (1.0, 2.0, 4.0, 6.0, 8.0, 12.0)
#: For a word that the recording has no room for.
_LEAST_PRESENCE = -300.0


@dataclass(frozen=True)
class Gains:
    """In nats, relative to the best path of the text as it is."""

    skip: NDArray[np.float64]
    """(word): when the word is left out."""
    anything: NDArray[np.float64]
    """(frame cost, word): when the phone loop is heard in its place."""
    inserted: NDArray[np.float64]
    """(frame cost, gap): when the phone loop is heard there as well; never below 0."""
    loop: float
    """When the whole recording is the phone loop."""
    presence: NDArray[np.float64]
    """(word): what is lost where the word is left out, its neighbours being free to be anywhere or nowhere."""


def gains(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    loop: NDArray[np.float64],
    presence: NDArray[np.float64],
    costs: Sequence[float] = FRAME_COSTS,
) -> Gains:
    """Return what changes gain.

    `before` and `after` are (T + 1, N + 1): the best score of the frames up to a time and from it on, at a boundary;
    `loop` is (T + 1), the loop's best up to a time; `presence` as `presences` has it.
    """
    best = before[-1, -1]
    anything, inserted = zip(*(_with_loop(before, after, loop, cost) for cost in costs), strict=True)
    return Gains(
        skip=(before[:, :-1] + after[:, 1:]).max(axis=0) - best,
        anything=np.stack(anything) - best,
        inserted=np.stack(inserted) - best,
        loop=float(loop[-1] - best),
        presence=presence,
    )


def _with_loop(
    before: NDArray[np.float64], after: NDArray[np.float64], loop: NDArray[np.float64], cost: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The best of: the text up to s, anything from s to t, the text from t on; over all s <= t."""
    anything = (loop - cost * np.arange(len(loop)))[:, None]
    start = np.maximum.accumulate(before - anything, axis=0)
    rest = after + anything
    return (start[:, :-1] + rest[:, 1:]).max(axis=0), (start + rest).max(axis=0)


def presences(ahead: Search, behind: Search, skip_cost: float) -> NDArray[np.float64]:
    """Return for each word how much better the best path with it is than the best without.

    Both searches took the liberty to leave words out and to hear anything between them, `behind` with time running
    backwards. So a word is judged alone, not by what forcing it in does to its neighbours.
    """
    rest = behind.best[::-1, ::-1]
    without = (ahead.best[:, :-1] + rest[:, 1:]).max(axis=0) - skip_cost
    entries = [chain.entry for chain in behind.network.chains]
    through = (ahead.best[::-1, entries] + behind.leaving).max(axis=0)
    with_it = np.full(len(without), IMPOSSIBLE)
    for chain, score in zip(behind.network.chains, through, strict=True):
        if chain.word is not None:
            with_it[chain.word] = max(with_it[chain.word], score)
    difference: NDArray[np.float64] = np.maximum(with_it - without, _LEAST_PRESENCE)
    return difference
