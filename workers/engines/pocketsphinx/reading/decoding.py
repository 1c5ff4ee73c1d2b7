"""The most likely way through a text, as words and other speech in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pocketsphinx.reading.network import is_silence, placing_network, reading_network
from workers.engines.pronunciation.alignment.path import best_path
from workers.engines.pronunciation.alignment.viterbi import SKIP_COST, search

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from workers.engines.pocketsphinx.reading.network import Unit
    from workers.engines.pronunciation.acoustic.model import AcousticModel
    from workers.engines.pronunciation.alignment.viterbi import Search

#: Nats for each word at the end that is not said, up to a limit: a reader may stop anywhere.
_END_COST, _MAX_END_COST = 10.0, 30.0


@dataclass(frozen=True)
class Said:
    """A word of the text, or other speech, in time."""

    unit: int | None
    """Which unit of the text; None for other speech."""
    boundary: int
    """How many units are before it in the text."""
    start: int
    """First frame."""
    end: int
    """One past the last frame."""


def read(
    model: AcousticModel,
    scores: NDArray[np.float32],
    units: Sequence[Unit],
    *,
    is_whole: bool,
    checkpoint: Callable[[], None],
) -> list[Said]:
    """Find what of the text was said, in senone scores (frame, senone).

    With `is_whole`, the recording is expected to come to the text's end.
    """
    (found,) = search(scores, [reading_network(model, units)], checkpoint=checkpoint)
    left = np.arange(len(units), -1, -1)
    costs = np.minimum(_END_COST * left, _MAX_END_COST) if is_whole else np.zeros(len(left))
    return list(_said(model, _ending_at(found, int(np.argmax(found.best[-1] - costs)))))


def place(
    model: AcousticModel,
    scores: NDArray[np.float32],
    units: Sequence[Unit],
    *,
    open_at: Collection[int],
    checkpoint: Callable[[], None],
) -> list[Said]:
    """Find when each unit was said, all in order; at the boundaries `open_at`, what else was said."""
    (found,) = search(scores, [placing_network(model, units, open_at)], checkpoint=checkpoint)
    return list(_said(model, found))


def _said(model: AcousticModel, found: Search) -> Iterator[Said]:
    """Words one by one; phones of other speech, and silence between them, joined to one."""
    other: Said | None = None
    for part in best_path(found):
        chain = part.chain
        if is_silence(model, chain):
            continue
        if chain.word is None:
            other = Said(None, chain.entry, part.start if other is None else other.start, part.end)
            continue
        if other is not None:
            yield other
            other = None
        yield Said(chain.word, chain.entry, part.start, part.end)
    if other is not None:
        yield other


def _ending_at(found: Search, boundary: int) -> Search:
    """What the search would have found if whatever is behind this boundary could only be skipped."""
    best = found.best.copy()
    best[-1, boundary:] = best[-1, boundary] - SKIP_COST * np.arange(best.shape[1] - boundary)
    return replace(found, best=best)
