"""From samples and pronunciations to evidence: senone scores, alignment, features, calibrated probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.acoustic.model import load_model
from workers.engines.pronunciation.alignment.aligner import align
from workers.engines.pronunciation.calibration import shipped_calibration
from workers.engines.pronunciation.evidence import Evidence, GapEvidence, PhoneEvidence, WordEvidence
from workers.engines.pronunciation.features.gaps import gap_features
from workers.engines.pronunciation.features.readings import reading_features
from workers.engines.pronunciation.features.standardised import Standardised
from workers.engines.pronunciation.features.words import own_features, word_features
from workers.engines.pronunciation.statistics import FIT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from workers.engines.pronunciation.acoustic.model import AcousticModel
    from workers.engines.pronunciation.alignment.aligner import AlignedWord, Alignment
    from workers.engines.pronunciation.calibration import Calibration
    from workers.engines.pronunciation.logistic import Logistic


#: 50 ms: four frames, and silence alone takes three.
_LEAST_SAMPLES = 800


class Assessor:
    """Assesses recordings of up to a minute; holds no state, so the same recording is always assessed alike."""

    def __init__(self, calibration: Calibration | None = None) -> None:
        """Take another calibration than the shipped one, where one is being tried."""
        self._model = load_model()
        self.calibration = calibration or shipped_calibration(self._model.definition)
        self.version = self._model.version

    @classmethod
    def preload(cls) -> None:
        """Load what all processes share, before they are forked."""
        shipped_calibration(load_model().definition)

    def assess(
        self,
        samples: NDArray[np.int16],
        pronunciations: Sequence[Sequence[tuple[str, ...]]],
        *,
        checkpoint: Callable[[], None],
    ) -> Evidence:
        """Align a text with mono PCM s16 at 16 kHz; `pronunciations` are of each word one or more, in ARPAbet.

        `checkpoint` is called about once per second of audio and may raise to give up.

        Raises:
            ValueError: the recording is shorter than 50 ms, there is no word, or a word has no pronunciation.
        """
        if not pronunciations or not all(pronunciations):
            raise ValueError("There is nothing to align: no word, or one without a pronunciation.")
        if len(samples) < _LEAST_SAMPLES:
            raise ValueError(f"A recording of {len(samples)} samples is too short to align.")
        scores = self._model.scores(samples)
        checkpoint()
        (alignment,) = align(self._model, scores, [pronunciations], checkpoint=checkpoint)
        return evidence_of(alignment, self.calibration, self._model)


def evidence_of(alignment: Alignment, calibration: Calibration, model: AcousticModel) -> Evidence:
    """Return what an alignment tells by a calibration."""
    reading = Standardised.of(alignment, calibration.learners)
    spans = _spans(alignment)
    return Evidence(
        words=_words(reading, spans, calibration, model),
        gaps=_gaps(reading, spans, calibration),
        silences=_silences(alignment),
        match=float(_probabilities(calibration.match, reading_features(reading)[None], unknown=0.0)[0]),
        frames=alignment.frames,
    )


def _words(
    reading: Standardised, spans: Sequence[tuple[int, int]], calibration: Calibration, model: AcousticModel
) -> tuple[WordEvidence, ...]:
    rows = word_features(reading)
    omissions = _probabilities(calibration.omission, rows, unknown=1.0)
    mispronunciations = _probabilities(calibration.mispronunciation, own_features(reading), unknown=1.0)
    return tuple(
        WordEvidence(
            phones=() if word is None or measures is None else _phones(word, measures, model),
            start=start,
            end=end,
            variant=0 if word is None else word.variant,
            omission=float(omission),
            mispronunciation=float(mispronunciation),
        )
        for word, measures, (start, end), omission, mispronunciation in zip(
            reading.alignment.words, reading.words, spans, omissions, mispronunciations, strict=True
        )
    )


def _phones(word: AlignedWord, measures: NDArray[np.float64], model: AcousticModel) -> tuple[PhoneEvidence, ...]:
    return tuple(
        PhoneEvidence(phone=model.definition.names[phone.phone], start=phone.start, end=phone.end, z=float(values[FIT]))
        for phone, values in zip(word.phones, measures, strict=True)
    )


def _gaps(reading: Standardised, spans: Sequence[tuple[int, int]], calibration: Calibration) -> tuple[GapEvidence, ...]:
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), reading.alignment.frames]
    insertions = calibration.insertion.probabilities(gap_features(reading))
    return tuple(
        GapEvidence(insertion=float(insertion), start=start, end=end)
        for insertion, start, end in zip(insertions, starts, ends, strict=True)
    )


def _silences(alignment: Alignment) -> tuple[tuple[int, int], ...]:
    """Those that follow each other as one."""
    merged: list[tuple[int, int]] = []
    for silence in alignment.silences:
        start = merged.pop()[0] if merged and merged[-1][1] == silence.start else silence.start
        merged.append((start, silence.end))
    return tuple(merged)


def _spans(alignment: Alignment) -> list[tuple[int, int]]:
    """Start and end of each word; one without room is where the word before it ends."""
    spans = []
    reached = 0
    for word in alignment.words:
        start, reached = (reached, reached) if word is None else (word.start, word.end)
        spans.append((start, reached))
    return spans


def _probabilities(model: Logistic, rows: NDArray[np.float64], *, unknown: float) -> NDArray[np.float64]:
    return np.where(np.isnan(rows).any(axis=1), unknown, model.probabilities(rows))
