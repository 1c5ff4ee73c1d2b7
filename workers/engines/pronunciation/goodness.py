"""Goodness of pronunciation: how well each phone fits its stretch of time, alone and beside the other 38.

Witt & Young 2000, "Phone-level pronunciation scoring and assessment for interactive language learning", define it as
the log likelihood per frame relative to the best competitor's; the measures here are its relatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.acoustic.definition import STATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from workers.engines.pronunciation.acoustic.model import AcousticModel
    from workers.engines.pronunciation.alignment.graph import Context
    from workers.engines.pronunciation.alignment.path import AlignedChain

_LEAST_POSTERIOR = 1e-6


@dataclass(frozen=True)
class Goodness:
    """Measures of one phone."""

    phone: int
    start: int
    end: int
    fit: float
    """Log likelihood per frame of the phone in its context, relative to the best of all senones."""
    posterior: float
    """Mean log posterior per frame among phones without context."""
    ratio: float
    """Log likelihood per frame relative to the best other phone's in the same context."""
    rank: int
    """How many other phones fit better."""
    column: int
    """Which of the 39 it is, in the two arrays below."""
    rivals: NDArray[np.float32]
    """(39): log likelihood per frame of each phone in the same context."""
    posteriors: NDArray[np.float32]
    """(39): mean log posterior per frame of each phone without context."""

    @property
    def log_duration(self) -> float:
        """Logarithm of the number of frames."""
        return float(np.log(self.end - self.start))


class Judge:
    """Measures phones against the senone scores of one recording."""

    def __init__(self, model: AcousticModel, scores: NDArray[np.float32]) -> None:
        """Take `scores` (frame, senone)."""
        self._definition = model.definition
        self._scores = scores
        self._column = {phone: column for column, phone in enumerate(self._definition.speech)}
        self._posteriors = _log_posteriors(scores[:, self._base_senones().ravel()])

    def judge(self, word: AlignedChain) -> Iterator[Goodness]:
        """Measure each phone of a word."""
        for aligned in word.phones:
            phone, context = word.chain.phones[aligned.index], word.chain.contexts[aligned.index]
            column, frames = self._column[phone], slice(aligned.start, aligned.end)
            senones = self._senones(context)
            heard = self._scores[frames][:, senones.ravel()].reshape(-1, *senones.shape)
            totals = best_segments(heard)
            others = np.delete(totals, column)
            posteriors = self._posteriors[frames].mean(axis=0)
            yield Goodness(
                phone=phone,
                start=aligned.start,
                end=aligned.end,
                fit=float(totals[column]) / len(heard),
                posterior=float(posteriors[column]),
                ratio=float(totals[column] - others.max()) / len(heard),
                rank=int((others > totals[column]).sum()),
                column=column,
                rivals=(totals / len(heard)).astype(np.float32),
                posteriors=posteriors,
            )

    def _base_senones(self) -> NDArray[np.int16]:
        return np.stack([self._definition.base_senones(phone) for phone in self._definition.speech])

    def _senones(self, context: Context) -> NDArray[np.int16]:
        """Those of all phones in one context, (phone, state)."""
        around = (context.left, context.right, context.where)
        return np.stack([self._definition.senones_of(phone, *around) for phone in self._definition.speech])


def best_segments(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return each phone's best score over the whole stretch, its states passed through from first to last.

    `scores` is (frame, phone, state). Transitions count nothing, so the two times of changing state are found with
    cumulative sums. A stretch of fewer frames than states takes each frame's best state.
    """
    frames = len(scores)
    if frames < STATES:
        short: NDArray[np.float64] = scores.max(axis=2).sum(axis=0, dtype=np.float64)
        return short
    sums = np.cumsum(scores, axis=0, dtype=np.float64)
    first = np.maximum.accumulate(sums[: frames - 2, :, 0] - sums[: frames - 2, :, 1], axis=0)
    second = sums[1 : frames - 1, :, 1] - sums[1 : frames - 1, :, 2]
    best: NDArray[np.float64] = (first + second).max(axis=0) + sums[-1, :, 2]
    return best


def _log_posteriors(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frame, phone), of `scores` (frame, phone x state); a phone's states share its probability."""
    likelihoods = np.exp(scores - scores.max(axis=1, keepdims=True))
    phones = likelihoods.reshape(len(scores), -1, STATES).sum(axis=2)
    posteriors: NDArray[np.float32] = phones / phones.sum(axis=1, keepdims=True)
    return np.log(np.maximum(posteriors, _LEAST_POSTERIOR))
