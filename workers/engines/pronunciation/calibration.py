"""The calibration: what is typical of learners, weights and thresholds, with where they come from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.engines.pronunciation.classifier import PhoneClassifier
from workers.engines.pronunciation.evidence import Thresholds
from workers.engines.pronunciation.features.gaps import GAP_FEATURES
from workers.engines.pronunciation.features.readings import READING_FEATURES
from workers.engines.pronunciation.features.words import OWN, WORD_FEATURES
from workers.engines.pronunciation.learners import Learners
from workers.engines.pronunciation.logistic import Logistic
from workers.engines.pronunciation.statistics import MEASURES, PhoneStatistics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workers.engines.pronunciation.acoustic.definition import ModelDefinition

_SHIPPED = "calibration.json"
_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Made by `python -m ops.calibrate`."""

    version: str
    provenance: Mapping[str, Any]
    """Which speech it was fitted on, and when."""
    learners: Learners
    omission: Logistic
    mispronunciation: Logistic
    insertion: Logistic
    match: Logistic
    thresholds: Thresholds

    def as_json(self, definition: ModelDefinition) -> dict[str, Any]:
        """Return what `from_json` takes."""
        names = definition.names
        return {
            "version": self.version,
            "provenance": dict(self.provenance),
            "thresholds": {name: round(value, _DIGITS) for name, value in vars(self.thresholds).items()},
            "models": {name: _model_json(getattr(self, name)) for name in _FEATURES},
            "measures": list(MEASURES),
            "phones": {names[phone]: self._phone_json(phone, column) for column, phone in enumerate(definition.speech)},
        }

    def _phone_json(self, phone: int, column: int) -> dict[str, Any]:
        statistics, classifier = self.learners.statistics, self.learners.classifier
        return {
            "mean": _rounded(statistics.mean[phone]),
            "deviation": _rounded(statistics.deviation[phone]),
            "bias": round(float(classifier.bias[column]), _DIGITS),
            # In one string, for a file of lines that can be read.
            "weights": " ".join(f"{weight:.4g}" for weight in classifier.weights[column]),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], definition: ModelDefinition) -> Calibration:
        """Read a calibration.

        Raises:
            ValueError: it is of other features than these.
        """
        if tuple(data["measures"]) != MEASURES:
            raise ValueError("The calibration is of other measures; fit it again with `python -m ops.calibrate`.")
        return cls(
            version=data["version"],
            provenance=data["provenance"],
            learners=_learners([(number, data["phones"][definition.names[number]]) for number in definition.speech]),
            thresholds=Thresholds(**data["thresholds"]),
            **{name: _model(name, data["models"][name]) for name in _FEATURES},
        )


_FEATURES = {
    "omission": WORD_FEATURES,
    "mispronunciation": OWN,
    "insertion": GAP_FEATURES,
    "match": READING_FEATURES,
}


@cache
def shipped_calibration(definition: ModelDefinition) -> Calibration:
    """Return the calibration that comes with the package; read once per process."""
    text = files("workers.engines.pronunciation").joinpath(_SHIPPED).read_text("utf-8")
    return Calibration.from_json(json.loads(text), definition)


def _learners(phones: Sequence[tuple[int, Mapping[str, Any]]]) -> Learners:
    statistics = PhoneStatistics(
        {number: np.array(phone["mean"]) for number, phone in phones},
        {number: np.array(phone["deviation"]) for number, phone in phones},
    )
    weights = np.array([[float(weight) for weight in phone["weights"].split()] for _, phone in phones])
    return Learners(statistics, PhoneClassifier(weights, np.array([phone["bias"] for _, phone in phones])))


def _model_json(model: Logistic) -> dict[str, Any]:
    columns = zip(_rounded(model.mean), _rounded(model.scale), _rounded(model.weights), strict=True)
    return {
        "intercept": round(model.intercept, _DIGITS),
        "features": {
            name: {"mean": mean, "scale": scale, "weight": weight}
            for name, (mean, scale, weight) in zip(model.features, columns, strict=True)
        },
    }


def _model(name: str, data: Mapping[str, Any]) -> Logistic:
    features = data["features"]
    if tuple(features) != _FEATURES[name]:
        raise ValueError(f"The calibration of {name} is of other features; fit again with `python -m ops.calibrate`.")
    mean, scale, weights = (
        np.array([feature[key] for feature in features.values()]) for key in ("mean", "scale", "weight")
    )
    return Logistic(tuple(features), mean, scale, weights, float(data["intercept"]))


def _rounded(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]
