"""The engine and the naive method on the same corpus; cross-validated, or with the calibration that is shipped."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from ops.calibrate.evaluation import Evaluation, Verdict
from ops.calibrate.fitting import fitted
from ops.calibrate.folds import folds_of
from ops.calibrate.naive import diff, transcript
from workers.engines.pronunciation.acoustic.model import load_model
from workers.engines.pronunciation.assessor import evidence_of
from workers.engines.pronunciation.calibration import shipped_calibration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ops.calibrate.corpus import Utterance
    from ops.calibrate.observing import Observation
    from workers.engines.pronunciation.calibration import Calibration

Figures = dict[str, dict[str, float]]
GROUPS = ("all", "adults", "children")


def judged(observations: Sequence[Observation], folds: int) -> dict[str, Figures]:
    """Return the engine's figures by group of speakers.

    With folds each speaker is judged by a calibration, thresholds included, that was fitted on the others'
    observations; with none by the shipped one.
    """
    pairs = _cross_validated(observations, folds) if folds else _by_shipped(observations)
    return _figures((observation, _verdict(observation, calibration)) for observation, calibration in pairs)


def compared_words(observations: Sequence[Observation], cache_folder: Path | None) -> dict[str, Figures]:
    """Return the figures of transcribing and comparing words."""
    heard: dict[str, tuple[str, ...]] = {}

    def verdict(observation: Observation) -> Verdict:
        utterance = observation.utterance
        if utterance.name not in heard:
            heard[utterance.name] = transcript(utterance, cache_folder)
        return diff(observation.reference.words, heard[utterance.name])

    return _figures((observation, verdict(observation)) for observation in _first_round(observations))


def _cross_validated(observations: Sequence[Observation], folds: int) -> Iterator[tuple[Observation, Calibration]]:
    fold = folds_of((observation.utterance.speaker for observation in observations), folds)
    for number in range(folds):
        others = [one for one in observations if fold[one.utterance.speaker] != number]
        calibration = fitted(others, version=f"fold-{number}", provenance={})
        for observation in _first_round(observations):
            if fold[observation.utterance.speaker] == number:
                yield observation, calibration


def _by_shipped(observations: Sequence[Observation]) -> Iterator[tuple[Observation, Calibration]]:
    calibration = shipped_calibration(load_model().definition)
    for observation in _first_round(observations):
        yield observation, calibration


def _first_round(observations: Iterable[Observation]) -> list[Observation]:
    return [observation for observation in observations if observation.reference.round == 0]


def _verdict(observation: Observation, calibration: Calibration) -> Verdict:
    evidence = evidence_of(observation.alignment, calibration, load_model())
    thresholds = calibration.thresholds
    return Verdict(
        words_omitted=tuple(word.omission for word in evidence.words),
        words_mispronounced=tuple(word.mispronunciation for word in evidence.words),
        gaps_filled=tuple(gap.insertion for gap in evidence.gaps),
        mismatch=1 - evidence.match,
        flagged_from=replace(thresholds, match=1 - thresholds.match),
    )


def _figures(verdicts: Iterable[tuple[Observation, Verdict]]) -> dict[str, Figures]:
    evaluations: defaultdict[str, Evaluation] = defaultdict(Evaluation)
    for observation, verdict in verdicts:
        for group in ("all", _group(observation.utterance)):
            evaluations[group].add(observation.reference, verdict)
    return {group: evaluations[group].figures() for group in GROUPS if group in evaluations}


def _group(utterance: Utterance) -> str:
    return "adults" if utterance.adult else "children"
