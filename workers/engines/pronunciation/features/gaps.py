"""Features of gaps: before the first word, between words, after the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.alignment.gains import FRAME_COSTS
from workers.engines.pronunciation.features.comparing import others_of, signed_root
from workers.engines.pronunciation.statistics import DURATION, FIT, MEASURES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workers.engines.pronunciation.alignment.aligner import Alignment
    from workers.engines.pronunciation.features.standardised import Standardised

_COMPARED_COSTS = (2.0, 4.0, 6.0, 8.0)
GAP_FEATURES = (
    *(f"inserted_{cost:g}" for cost in FRAME_COSTS), *(f"inserted_root_{cost:g}" for cost in (2.0, 4.0, 8.0)),
    "silence", "silence_fit", "fit_beside", "fit_least_word", "duration_beside", "duration_most_word", "is_first",
    "is_last", "fit_median", "silence_misfit", *(f"inserted_{cost:g}_over_most" for cost in _COMPARED_COSTS),
    *(f"inserted_{cost:g}_over_median" for cost in _COMPARED_COSTS), "skip_beside",
)  # fmt: skip


def gap_features(reading: Standardised) -> NDArray[np.float64]:
    """Return (gap, feature)."""
    alignment = reading.alignment
    count = len(reading.words)
    median = _median(reading)
    rows = []
    for gap in range(count + 1):
        inserted = alignment.gains.inserted[:, gap]
        roots = np.sqrt(np.maximum(inserted[[FRAME_COSTS.index(cost) for cost in (2.0, 4.0, 8.0)]], 0))
        silence, fit = _silence(alignment, gap)
        rows.append([
            *(inserted / 50), *roots, silence, fit, *_beside(reading, gap), gap == 0, gap == count, median,
            silence * fit,
        ])  # fmt: skip
    return np.concatenate([np.array(rows, dtype=np.float64), _compared_gaps(alignment)], axis=1)


def _compared_gaps(alignment: Alignment) -> NDArray[np.float64]:
    """What is gained by hearing something here rather than elsewhere, and whether a neighbour is better left out."""
    inserted = alignment.gains.inserted[[FRAME_COSTS.index(cost) for cost in _COMPARED_COSTS]].T
    roots = np.sqrt(np.maximum(inserted, 0))
    skips = signed_root(-alignment.gains.skip)
    beside = np.minimum(np.append(skips, 0), np.append(0, skips))
    return np.concatenate(
        [roots - others_of(roots, np.max), roots - others_of(roots, np.median), beside[:, None]], axis=1
    )


def _median(reading: Standardised) -> float:
    fits = reading.all()[:, FIT]
    return float(np.median(fits)) if len(fits) else 0.0


def _silence(alignment: Alignment, gap: int) -> tuple[float, float]:
    """How long it is silent in a gap, as a logarithm, and how well that fits silence."""
    there = [silence for silence in alignment.silences if silence.boundary == gap]
    frames = sum(silence.end - silence.start for silence in there)
    if not frames:
        return 0.0, 0.0
    fit = sum(silence.fit * (silence.end - silence.start) for silence in there)
    return float(np.log1p(frames)), fit / frames


def _beside(reading: Standardised, gap: int) -> tuple[float, float, float, float]:
    """The neighbours of a gap: what is inserted is often taken for a part of one."""
    left = reading.words[gap - 1] if gap else None
    right = reading.words[gap] if gap < len(reading.words) else None
    nothing = np.zeros((1, len(MEASURES)))
    before, after = (nothing if word is None else word for word in (left, right))
    return (
        min(before[-1, FIT], after[0, FIT]),
        min(before[:, FIT].mean(), after[:, FIT].mean()),
        max(before[-1, DURATION], after[0, DURATION]),
        max(before[:, DURATION].mean(), after[:, DURATION].mean()),
    )
