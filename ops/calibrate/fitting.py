"""A calibration from observations: what is known of phones, weights, thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ops.calibrate.folds import folds_of
from ops.calibrate.perturbations import SUBSTITUTIONS, Task
from ops.calibrate.rates import best_f1, share_below
from workers.engines.pronunciation.acoustic.model import load_model
from workers.engines.pronunciation.calibration import Calibration
from workers.engines.pronunciation.evidence import Thresholds
from workers.engines.pronunciation.features.gaps import GAP_FEATURES, gap_features
from workers.engines.pronunciation.features.readings import READING_FEATURES, reading_features
from workers.engines.pronunciation.features.standardised import Standardised
from workers.engines.pronunciation.features.words import OWN, WORD_FEATURES, own_features, word_features
from workers.engines.pronunciation.learners import learners_of
from workers.engines.pronunciation.logistic import fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from ops.calibrate.observing import Observation
    from workers.engines.pronunciation.learners import Learners
    from workers.engines.pronunciation.logistic import Logistic

#: No more than this share of the words that were read may be called omitted.
MOST_FALSE_OMISSIONS = 0.025
#: No more than this share of correctly read words may be called mispronounced.
MOST_FALSE_MISPRONUNCIATIONS = 0.07
#: No more than this share of the gaps of correct readings may be said to hold an insertion.
MOST_FALSE_INSERTIONS = 0.03
#: No more than this share of correct readings may be no match for their text.
MOST_FALSE_OTHERS = 0.005

#: What is known of learners' phones is learnt from some speakers, weights and thresholds from the others, in turns:
#: a classifier is more certain of what it has seen.
_INNER_FOLDS = 5


@dataclass(frozen=True)
class Table:
    """Rows of features, and which of them are of an error."""

    rows: NDArray[np.float64]
    labels: NDArray[np.float64]


def fitted(observations: Sequence[Observation], *, version: str, provenance: Mapping[str, Any]) -> Calibration:
    """Return the calibration that suits these observations."""
    fold = folds_of((one.utterance.speaker for one in observations), _INNER_FOLDS)
    readings = [
        (one, Standardised.of(one.alignment, learners))
        for number in range(_INNER_FOLDS)
        for learners in [_learners(one for one in observations if fold[one.utterance.speaker] != number)]
        for one in observations
        if fold[one.utterance.speaker] == number
    ]

    def table(tasks: Iterable[Task], features: Callable[[Standardised], NDArray[np.float64]]) -> Table:
        return _table([pair for pair in readings if pair[0].reference.task in tasks], features)

    omitted = table([Task.OMISSION], word_features)
    replaced = table([Task.TRUE, *SUBSTITUTIONS], own_features)
    inserted = table([Task.INSERTION], gap_features)
    other = table([Task.TRUE, Task.WRONG], lambda reading: reading_features(reading)[None])
    omission = _model(WORD_FEATURES, omitted)
    mispronunciation = _model(OWN, replaced)
    insertion = _model(GAP_FEATURES, inserted)
    match = _model(READING_FEATURES, Table(other.rows, 1 - other.labels))
    correct = table([Task.TRUE], own_features)
    return Calibration(
        version=version,
        provenance=provenance,
        learners=_learners(observations),
        omission=omission,
        mispronunciation=mispronunciation,
        insertion=insertion,
        match=match,
        thresholds=Thresholds(
            omission=_threshold(omission, omitted, MOST_FALSE_OMISSIONS),
            insertion=share_below(
                insertion.probabilities(table([Task.TRUE], gap_features).rows), 1 - MOST_FALSE_INSERTIONS
            ),
            mispronunciation=share_below(
                mispronunciation.probabilities(correct.rows), 1 - MOST_FALSE_MISPRONUNCIATIONS
            ),
            match=1 - share_below(1 - match.probabilities(other.rows[other.labels == 0]), 1 - MOST_FALSE_OTHERS),
        ),
    )


def _learners(observations: Iterable[Observation]) -> Learners:
    true = (one.alignment.phones for one in observations if one.reference.task is Task.TRUE)
    return learners_of([phones for phones in true if phones], load_model().definition.speech)


def _table(
    readings: Sequence[tuple[Observation, Standardised]],
    features: Callable[[Standardised], NDArray[np.float64]],
) -> Table:
    rows, labels = [], []
    for observation, reading in readings:
        some = features(reading)
        wrong = np.isin(np.arange(len(some)), observation.reference.places)
        if observation.reference.task is Task.WRONG:
            wrong[:] = True
        usable = ~np.isnan(some).any(axis=1)
        rows.append(some[usable])
        labels.append(wrong[usable])
    return Table(np.concatenate(rows), np.concatenate(labels).astype(np.float64))


def _model(features: tuple[str, ...], table: Table) -> Logistic:
    return fit(features, table.rows, table.labels)


def _threshold(model: Logistic, table: Table, most_false: float) -> float:
    probabilities = model.probabilities(table.rows)
    wrong = table.labels > 0
    return best_f1(probabilities[wrong], probabilities[~wrong], most_false).threshold
