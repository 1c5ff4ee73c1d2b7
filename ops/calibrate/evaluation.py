"""How well a method finds errors of known places: the tasks, and the rates of each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ops.calibrate.perturbations import SUBSTITUTIONS, Task
from ops.calibrate.rates import auc, rates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.calibrate.perturbations import Reference
    from workers.engines.pronunciation.evidence import Thresholds


@dataclass(frozen=True)
class Verdict:
    """What a method says of a recording and a text: numbers that are high for errors."""

    words_omitted: tuple[float, ...]
    words_mispronounced: tuple[float, ...]
    gaps_filled: tuple[float, ...]
    mismatch: float
    flagged_from: Thresholds
    """From which number on each is called an error; for `match` the mismatch."""


@dataclass
class Trials:
    """Numbers of errors and of what is none, each with whether it is flagged."""

    errors: list[tuple[float, bool]] = field(default_factory=list)
    others: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, numbers: Sequence[float], threshold: float, places: Sequence[int]) -> None:
        """Take one text's numbers, of which those at `places` are errors'."""
        for index, number in enumerate(numbers):
            (self.errors if index in places else self.others).append((number, number >= threshold))

    def figures(self) -> dict[str, float]:
        """Return all rates."""
        errors, others = np.array(self.errors, dtype=np.float64), np.array(self.others, dtype=np.float64)
        if not len(errors) or not len(others):
            return {}
        at = rates(errors[:, 1], others[:, 1], 1.0)
        return {
            "auc": auc(errors[:, 0], others[:, 0]),
            "f1": at.f1,
            "precision": at.precision,
            "recall": at.recall,
            "false_flags": at.false_flags,
            "errors": len(errors),
            "others": len(others),
        }


#: Words that were read as they are.
_CORRECT = "correct"


class Evaluation:
    """Collects verdicts; the tasks are those of the perturbations, and `correct`: words that were read as they are."""

    def __init__(self) -> None:
        self._trials: defaultdict[str, Trials] = defaultdict(Trials)

    def add(self, reference: Reference, verdict: Verdict) -> None:
        """Take what is said of a text."""
        task, limits = reference.task, verdict.flagged_from
        trials = self._trials[Task.WRONG if task is Task.TRUE else task]
        if task in {Task.TRUE, Task.WRONG}:
            trials.add([verdict.mismatch], limits.match, [0] if task is Task.WRONG else [])
        elif task is Task.OMISSION:
            trials.add(verdict.words_omitted, limits.omission, reference.places)
        elif task is Task.INSERTION:
            trials.add(verdict.gaps_filled, limits.insertion, reference.places)
        else:
            trials.add(verdict.words_mispronounced, limits.mispronunciation, reference.places)
        if task is Task.TRUE:
            self._trials[_CORRECT].add(verdict.words_mispronounced, limits.mispronunciation, [])

    def figures(self) -> dict[str, dict[str, float]]:
        """Return the rates of each task."""
        correct = self._trials[_CORRECT].others
        flagged = float(np.mean([flag for _, flag in correct])) if correct else float("nan")
        tasks = (Task.WRONG, Task.OMISSION, Task.INSERTION, *SUBSTITUTIONS)
        figures: dict[str, dict[str, float]] = {task.value: self._trials[task].figures() for task in tasks}
        return {**figures, _CORRECT: {"false_flags": flagged, "others": len(correct)}}
