"""Features of a whole reading: whether it is one of this text at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.features.words import OWN, own_features
from workers.engines.pronunciation.statistics import DURATION, FIT, IDENTITY, POSTERIOR, RATIO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workers.engines.pronunciation.features.standardised import Standardised

_SUMMED_UP = ("skip_gain", "skip_gain_per_phone", "anything_2", "anything_6")
READING_FEATURES = (
    "fit_mean", "fit_median", "posterior_mean", "ratio_mean", "loop_gain", "duration_oddness", "identity_mean",
    *(f"{name}_{summary}" for summary in ("mean", "least", "median") for name in _SUMMED_UP), "better_skipped",
)  # fmt: skip


def reading_features(reading: Standardised) -> NDArray[np.float64]:
    """Return one row: how well the whole text fits."""
    measured = reading.all()
    if not len(measured):
        return np.full(len(READING_FEATURES), np.nan)
    mean = measured.mean(axis=0)
    rows = own_features(reading)
    words = rows[~np.isnan(rows).any(axis=1)][:, [OWN.index(name) for name in _SUMMED_UP]]
    return np.array([
        mean[FIT], np.median(measured[:, FIT]), mean[POSTERIOR], mean[RATIO],
        reading.alignment.gains.loop / reading.alignment.frames, np.abs(measured[:, DURATION]).mean(),
        mean[IDENTITY], *words.mean(axis=0), *words.min(axis=0), *np.median(words, axis=0), (words[:, 0] < 0).mean(),
    ])  # fmt: skip
