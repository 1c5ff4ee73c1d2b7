"""Features of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.alignment.gains import FRAME_COSTS
from workers.engines.pronunciation.features.comparing import others_of, signed_root
from workers.engines.pronunciation.statistics import DURATION, FIT, IDENTITY, POSTERIOR, RATIO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workers.engines.pronunciation.alignment.aligner import AlignedWord, Alignment
    from workers.engines.pronunciation.features.standardised import Standardised

#: Of a word alone. Mispronunciation is judged by these: learners mispronounce many words of a text, and what a word is
#: beside the others would then say little.
OWN = (
    "fit_mean", "fit_least", "fit_relative", "posterior_mean", "posterior_least", "ratio_mean", "ratio_least",
    "misfit_mean", "duration_mean", "duration_least", "duration_most", "duration_oddness", "length", "fit_total",
    "skip_gain", "skip_gain_per_phone", "anything_2", "anything_6", "others", "rank_mean", "rank_best",
    "identity_mean", "identity_least", "identity_total", "identity_odd_mean", "identity_odd_least", "margin_mean",
    "margin_least", "presence", "presence_per_phone",
    "silence_before", "silence_after",
)  # fmt: skip
#: Recordings and speakers differ more than words do: for omissions these are looked at beside the other words as well.
_COMPARED = (
    "fit_mean", "posterior_mean", "ratio_mean", "identity_odd_mean", "skip_gain", "skip_gain_per_phone",
    "anything_2", "anything_6",
)  # fmt: skip
WORD_FEATURES = (
    *OWN, *(f"{name}_over_least" for name in _COMPARED), *(f"{name}_over_median" for name in _COMPARED),
)  # fmt: skip


def word_features(reading: Standardised) -> NDArray[np.float64]:
    """Return (word, feature); not-a-number for words without room."""
    rows = own_features(reading)
    compared = rows[:, [OWN.index(name) for name in _COMPARED]]
    least, median = others_of(compared, np.min), others_of(compared, np.median)
    return np.concatenate([rows, compared - least, compared - median], axis=1)


def own_features(reading: Standardised) -> NDArray[np.float64]:
    """Return (word, feature), those of `OWN` alone."""
    everything = reading.all()[:, FIT]
    rows = np.full((len(reading.words), len(OWN)), np.nan)
    for index, (word, measured) in enumerate(zip(reading.alignment.words, reading.words, strict=True)):
        if word is not None and measured is not None:
            rest = len(everything) - len(measured)
            others = float(everything.sum() - measured[:, FIT].sum()) / rest if rest else 0.0
            rows[index] = [
                *_measured(measured, others),
                *_gained(reading.alignment, index),
                others,
                *_ranks(word),
                *_identified(reading, index),
                *_present(reading.alignment, index),
            ]
    return rows


def _measured(measured: NDArray[np.float64], others: float) -> list[float]:
    mean, least = measured.mean(axis=0), measured.min(axis=0)
    fit, duration = measured[:, FIT], measured[:, DURATION]
    return [
        mean[FIT], least[FIT], mean[FIT] - others, mean[POSTERIOR], least[POSTERIOR], mean[RATIO], least[RATIO],
        np.minimum(fit, 0).mean(), mean[DURATION], least[DURATION], duration.max(), np.abs(duration).mean(),
        np.sqrt(len(measured)), fit.sum(),
    ]  # fmt: skip


def _gained(alignment: Alignment, index: int) -> list[float]:
    """What leaving the word out, or hearing anything in its place, gains over hearing it beside the word."""
    word = alignment.words[index]
    length = len(word.phones) if word else 1
    skip = alignment.gains.skip[index]
    return [
        float(signed_root(-skip)),
        -skip / length / 10,
        *(-_replacement(alignment, FRAME_COSTS.index(cost), index) / length / 10 for cost in (2.0, 6.0)),
    ]


def _replacement(alignment: Alignment, cost: int, index: int) -> float:
    beside = alignment.gains.inserted[cost, index : index + 2].max()
    return float(alignment.gains.anything[cost, index] - beside)


def _ranks(word: AlignedWord) -> list[float]:
    ranks = np.array([phone.rank for phone in word.phones])
    return [ranks.mean() / 10, (ranks == 0).mean()]


def _present(alignment: Alignment, index: int) -> list[float]:
    word, presence = alignment.words[index], alignment.gains.presence[index]
    return [
        float(signed_root(presence)),
        presence / (len(word.phones) if word else 1) / 10,
        float(np.log1p(alignment.silent_frames(index))),
        float(np.log1p(alignment.silent_frames(index + 1))),
    ]


def _identified(reading: Standardised, index: int) -> list[float]:
    identities, measured = reading.identities[index], reading.words[index]
    if identities is None or measured is None:
        return [np.nan] * 7
    own, margin = identities.T
    odd = measured[:, IDENTITY]
    return [own.mean(), own.min(), own.sum(), odd.mean(), odd.min(), margin.mean(), margin.min()]
