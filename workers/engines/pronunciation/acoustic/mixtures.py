"""Scores of all senones: phonetically tied mixtures of Gaussians, in a few matrix products.

Each of the model's base phones has a codebook of 128 Gaussians per feature stream; a senone is a set of weights of its
phone's codebook (pocketsphinx's `src/ptm_mgau.c`). As there, the best four Gaussians of a codebook count, and one that
is more than about ten nats below the frame's best counts as if it were there: nothing is utterly impossible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.acoustic.files import LOG_UNIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: How many Gaussians of a codebook count.
_BEST = 4
#: `MAX_NEG_ASCR`.
_FLOOR = -96 * LOG_UNIT
_VARIANCE_FLOOR = 1e-4
#: Frames that are computed together: 10 MB of densities.
_CHUNK = 256


class Mixtures:
    """Gaussians and weights, arranged for matrix products."""

    def __init__(
        self,
        means: Sequence[NDArray[np.float32]],
        variances: Sequence[NDArray[np.float32]],
        weights: NDArray[np.uint8],
        codebooks: NDArray[np.int64],
    ) -> None:
        """Take `means` and `variances` by stream, each (codebook, density, dimension).

        `weights` are (stream, density, senone), `codebooks` says which is whose.
        """
        self._books, self._densities, _ = means[0].shape
        self._quadratics = [_quadratic(*pair) for pair in zip(means, variances, strict=True)]
        self._members = [np.flatnonzero(codebooks == book) for book in range(self._books)]
        self._weights = [
            [np.exp(-LOG_UNIT * stream[:, members].astype(np.float32)) for members in self._members]
            for stream in weights
        ]
        self._senones = len(codebooks)

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return log likelihoods (frame, senone) of `features` (stream, frame, dimension), in nats.

        Each frame's best senone has 0. A minute takes 123 MB.
        """
        count = features.shape[1]
        scores = np.empty((count, self._senones), np.float32)
        for start in range(0, count, _CHUNK):
            some = slice(start, start + _CHUNK)
            scores[some] = self._chunk(features[:, some])
        return scores

    def _chunk(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        total = np.zeros((features.shape[1], self._senones), np.float32)
        for stream, quadratic, weights in zip(features, self._quadratics, self._weights, strict=True):
            likelihoods = self._likelihoods(stream, quadratic)
            for book, members in enumerate(self._members):
                total[:, members] += np.log(likelihoods[:, book] @ weights[book])
        total -= total.max(axis=1, keepdims=True)
        return total

    def _likelihoods(self, frames: NDArray[np.float32], quadratic: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of each Gaussian (frame, codebook, density), relative to the frame's best; 0 where four others are better."""
        terms = np.concatenate([frames, frames**2, np.ones((len(frames), 1), np.float32)], axis=1)
        logarithms = terms @ quadratic
        logarithms -= logarithms.max(axis=1, keepdims=True)
        books = logarithms.reshape(len(frames), self._books, self._densities)
        worst_that_counts = np.partition(books, -_BEST, axis=2)[:, :, -_BEST, None]
        counts = books >= worst_that_counts
        likelihoods: NDArray[np.float32] = np.exp(np.maximum(books, np.float32(_FLOOR))) * counts
        return likelihoods


def _quadratic(means: NDArray[np.float32], variances: NDArray[np.float32]) -> NDArray[np.float32]:
    """The log densities of diagonal Gaussians as coefficients of x, x squared and 1; a column for each Gaussian."""
    mean = means.reshape(-1, means.shape[2]).astype(np.float64)
    variance = np.maximum(variances.reshape(mean.shape).astype(np.float64), _VARIANCE_FLOOR)
    constant = -0.5 * (np.log(2 * np.pi * variance) + mean**2 / variance).sum(axis=1, keepdims=True)
    return np.concatenate([mean / variance, -0.5 / variance, constant], axis=1).T.astype(np.float32)
