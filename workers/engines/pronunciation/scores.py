"""Scores from 0 to 100, named and put together as Azure's Pronunciation Assessment has them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from schemas.kinds.pronunciation import Scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.kinds.pronunciation import Grade

#: Where a phone scores 50, and how fast that changes, in standard deviations of learners' phones.
_MIDDLE_Z, _SPREAD_Z = -1.8, 0.8
_GRADES: tuple[tuple[float, Grade], ...] = ((90, "A"), (80, "B"), (70, "C"), (60, "D"))
#: The lowest score counts most: the table at the end of
#: https://learn.microsoft.com/azure/ai-services/speech-service/how-to-pronunciation-assessment
_WEIGHTS = {1: (1.0,), 2: (0.6, 0.4), 3: (0.6, 0.2, 0.2), 4: (0.4, 0.2, 0.2, 0.2)}


def accuracy_of(z: float) -> float:
    """Map a phone's z to 0..100, smoothly and always rising.

    A learner's typical phone (0) scores 90, one as in the poorest 5 % of sentences (-0.8) 78, what is found where
    another text was read (-1.6) 56. The curve is flat so that no single phone, and no noise, moves a score by much.
    """
    return 100 / (1 + math.exp(min(700.0, (_MIDDLE_Z - z) / _SPREAD_Z)))


def mean(values: Sequence[float]) -> float | None:
    """Return the mean; None of nothing."""
    return sum(values) / len(values) if values else None


def overall(*, accuracy: float | None, fluency: float | None, completeness: float | None, share: float = 1.0) -> Scores:
    """Put scores together; prosody is unknown.

    Args:
        accuracy: 0 to 100, as the others; None is left out of the whole.
        fluency: how steady the reading is.
        completeness: how much of the text was read.
        share: what is left of the overall score, 0 to 1: less than 1 where another text was read.
    """
    known = sorted(score for score in (accuracy, fluency, completeness) if score is not None)
    weighted = sum(weight * score for weight, score in zip(_WEIGHTS.get(len(known), ()), known, strict=True))
    return Scores(
        accuracy=rounded(accuracy),
        fluency=rounded(fluency),
        completeness=rounded(completeness),
        prosody=None,
        pron_score=None if accuracy is None or completeness is None else rounded(weighted * share),
    )


def rounded(score: float | None) -> float | None:
    """Return a score with one decimal, within 0..100."""
    return None if score is None else round(min(100.0, max(0.0, score)), 1)


def grade_of(pron_score: float | None) -> Grade | None:
    """Return A from 90, B from 80, C from 70, D from 60, else F; None for an unknown score."""
    if pron_score is None:
        return None
    return next((grade for least, grade in _GRADES if pron_score >= least), "F")
