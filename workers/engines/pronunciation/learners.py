"""What is known of learners' phones: how they usually measure, and which is taken for which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.classifier import PhoneClassifier, fit_classifier
from workers.engines.pronunciation.statistics import PhoneStatistics, measures, statistics_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.pronunciation.goodness import Goodness


@dataclass(frozen=True)
class Learners:
    """Learnt from readings that are as they should be."""

    statistics: PhoneStatistics
    classifier: PhoneClassifier


def learners_of(readings: Sequence[Sequence[Goodness]], sorts: Sequence[int]) -> Learners:
    """Learn from readings, each with all its phones; `sorts` are the numbers of the 39."""
    classifier = fit_classifier(readings, len(sorts))
    values = np.concatenate([measures(phones, classifier)[0] for phones in readings])
    phones = [phone for reading in readings for phone in reading]
    return Learners(statistics_of(phones, values, sorts), classifier)
