"""How learners' phones usually measure: what is typical for each sort of phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from workers.engines.pronunciation.classifier import PhoneClassifier
    from workers.engines.pronunciation.goodness import Goodness

MEASURES = ("fit", "log_duration", "posterior", "ratio", "identity")
FIT, DURATION, POSTERIOR, RATIO, IDENTITY = range(len(MEASURES))
#: A sort of phone that was seen this often is half itself, half all phones.
_SHRINKAGE = 20.0
#: Less than any measure of real phones varies.
_LEAST_DEVIATION = 0.01


@dataclass(frozen=True)
class PhoneStatistics:
    """Mean and standard deviation of each measure, by the model's number of the phone."""

    mean: Mapping[int, NDArray[np.float64]]
    deviation: Mapping[int, NDArray[np.float64]]

    def standardised(self, phones: Sequence[Goodness], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `values` (phone, measure) in standard deviations from the mean of the phone's sort."""
        means = np.array([self.mean[phone.phone] for phone in phones])
        standardised: NDArray[np.float64] = (values - means) / [self.deviation[phone.phone] for phone in phones]
        return standardised


def statistics_of(phones: Sequence[Goodness], values: NDArray[np.float64], sorts: Sequence[int]) -> PhoneStatistics:
    """Return the statistics of phones that were read as they should be, of their measures (phone, measure).

    Rare sorts are shrunk towards all phones; those never seen are like all.
    """
    numbers = np.array([phone.phone for phone in phones])
    overall = _mean_and_deviation(values)
    shrunk = {sort: _shrunk(values[numbers == sort], overall) for sort in sorts}
    return PhoneStatistics(
        {sort: both[0] for sort, both in shrunk.items()}, {sort: both[1] for sort, both in shrunk.items()}
    )


def _shrunk(group: NDArray[np.float64], overall: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(group):
        return overall
    share = len(group) / (len(group) + _SHRINKAGE)
    shrunk: NDArray[np.float64] = share * _mean_and_deviation(group) + (1 - share) * overall
    return shrunk


def _mean_and_deviation(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([values.mean(axis=0), np.maximum(values.std(axis=0), _LEAST_DEVIATION)])


def measures(
    phones: Sequence[Goodness], classifier: PhoneClassifier
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (phone, measure) of all phones of a reading, and how far each is from being another phone."""
    own = classifier.own(phones)
    rows = [(phone.fit, phone.log_duration, phone.posterior, phone.ratio) for phone in phones]
    return np.column_stack([rows, own[:, 0]]), own[:, 1]
