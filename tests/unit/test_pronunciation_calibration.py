"""The calibration that is shipped, and what makes one."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from workers.engines.pronunciation.acoustic.model import load_model
from workers.engines.pronunciation.calibration import Calibration, shipped_calibration
from workers.engines.pronunciation.goodness import Goodness
from workers.engines.pronunciation.learners import learners_of
from workers.engines.pronunciation.statistics import FIT, measures

DEFINITION = load_model().definition
SHIPPED = shipped_calibration(DEFINITION)


def test_it_says_where_it_comes_from():
    assert SHIPPED.version
    assert {"corpus", "utterances", "speakers", "children", "model", "date"} <= set(SHIPPED.provenance)
    assert SHIPPED.provenance["model"] == load_model().version


def test_its_thresholds_are_probabilities():
    assert all(0 < threshold < 1 for threshold in asdict(SHIPPED.thresholds).values())


def test_it_knows_all_phones_and_their_deviations_are_positive():
    statistics = SHIPPED.learners.statistics

    assert set(statistics.mean) == set(statistics.deviation) == set(DEFINITION.speech)
    assert all((deviation > 0).all() for deviation in statistics.deviation.values())
    assert len(SHIPPED.learners.classifier.weights) == len(DEFINITION.speech) == 39


def test_what_is_written_is_read_again():
    content = SHIPPED.as_json(DEFINITION)
    again = Calibration.from_json(json.loads(json.dumps(content)), DEFINITION)

    assert again.as_json(DEFINITION) == content


@pytest.mark.parametrize("model", ["omission", "mispronunciation", "insertion", "match"])
def test_weights_of_other_features_are_refused(model: str):
    content = SHIPPED.as_json(DEFINITION)
    features = content["models"][model]["features"]
    features["something_else"] = features.pop(next(iter(features)))

    with pytest.raises(ValueError, match=model):
        Calibration.from_json(content, DEFINITION)


def test_other_measures_are_refused():
    with pytest.raises(ValueError, match="measures"):
        Calibration.from_json({**SHIPPED.as_json(DEFINITION), "measures": ["fit"]}, DEFINITION)


def phone(column: int, fit: float, random: np.random.Generator):
    rivals = random.normal(-8, 1, 39)
    rivals[column] = -1
    posteriors = random.normal(-6, 1, 39)
    posteriors[column] = -0.2
    return Goodness(
        phone=DEFINITION.speech[column], start=0, end=int(random.integers(4, 12)), fit=fit, posterior=-0.2, ratio=2.0,
        rank=0, column=column, rivals=rivals.astype(np.float32), posteriors=posteriors.astype(np.float32),
    )  # fmt: skip


def test_a_phone_is_measured_against_others_of_its_sort():
    random = np.random.default_rng(3)
    readings = [[phone(column, random.normal(-column, 0.5), random) for column in range(5)] for _ in range(200)]
    learners = learners_of(readings, DEFINITION.speech)
    values, margins = measures(readings[0], learners.classifier)
    usual = learners.statistics.standardised(readings[0], values)
    worse = learners.statistics.standardised(readings[0], values - 5)

    assert np.abs(usual[:, FIT]).max() < 4
    assert (worse[:, FIT] < usual[:, FIT] - 3).all()
    assert (margins > 0).all()


def test_a_sort_that_was_never_seen_is_like_all_phones():
    random = np.random.default_rng(3)
    learners = learners_of([[phone(0, -1.0, random), phone(1, -3.0, random)]] * 10, DEFINITION.speech)
    statistics = learners.statistics

    assert statistics.mean[DEFINITION.speech[7]][FIT] == pytest.approx(-2)
    assert -3 < statistics.mean[DEFINITION.speech[1]][FIT] < -2
