from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from schemas.errors import PermanentError
from schemas.kinds.pronunciation import PronunciationRequest
from tests.pronunciation import THRESHOLDS, part, reading
from workers.engines.ports import Recording
from workers.engines.pronunciation.engine import AcousticEngine
from workers.engines.pronunciation.lexicon import Lexicon, model_dictionary
from workers.engines.pronunciation.reference import MAX_ROOM, fitting, reference_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.engines.ports import Assessment
    from workers.engines.pronunciation.evidence import Evidence

AUDIO = "audio:00000000000000000000000000000000"
TEXT = "Good morning"
QUIET = np.concatenate([np.zeros(8_000), 9_000 * np.sin(np.arange(16_000) / 9)]).astype(np.int16)


def evidence(z: float, *, omission: float = 0.01) -> Evidence:
    return reading(TEXT, {0: part(z=z, omission=omission), 1: part(z=z)})[1]


class Assessor:
    """Hears one thing in the recording as it is, and another with noise added."""

    version = "model"
    calibration = SimpleNamespace(version="c1", thresholds=THRESHOLDS)

    def __init__(self, plain: Evidence, noisy: Evidence) -> None:
        self.plain, self.noisy = plain, noisy
        self.heard: list[bytes] = []

    def assess(self, samples: Any, pronunciations: Any, *, checkpoint: Callable[[], None]) -> Evidence:
        checkpoint()
        self.heard.append(samples.tobytes())
        return self.plain if len(self.heard) == 1 else self.noisy


class Input:
    def recording(self) -> Recording:
        return Recording(samples=QUIET, truncated=False)


class Call:
    def __init__(self) -> None:
        self.notes: list[str | None] = []

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        self.notes.append(note)


def assess(assessor: Assessor, **fields: str) -> Assessment:
    engine = AcousticEngine(AcousticEngine.Options(rules=False), assessor)  # type: ignore[arg-type]
    request = PronunciationRequest.model_validate({"audio": AUDIO, "text": TEXT, **fields})
    return engine.assess(request, Input(), Call())  # type: ignore[arg-type]


def test_a_good_reading_is_judged_once():
    assessor = Assessor(evidence(0.2), evidence(1.0))
    result = assess(assessor)
    assert assessor.heard == [QUIET.tobytes()]
    assert (result.model, result.calibration, result.noisy) == ("model", "c1", False)


def test_a_poor_reading_has_the_accuracy_that_it_would_have_in_noise_and_its_own_words():
    assessor = Assessor(evidence(-1.5, omission=0.9), evidence(0.2))
    alone = assess(Assessor(evidence(-1.5, omission=0.9), evidence(-3.0)))
    result = assess(assessor)
    assert len(assessor.heard) == 2
    assert assessor.heard[1] != assessor.heard[0]
    assert result.scores.accuracy is not None
    assert alone.scores.accuracy is not None
    assert result.scores.accuracy > alone.scores.accuracy + 10
    assert result.words == alone.words


def test_the_noise_is_the_same_each_time():
    heard = []
    for _ in range(2):
        assessor = Assessor(evidence(-1.5), evidence(0.0))
        assess(assessor)
        heard.append(assessor.heard)
    assert heard[0] == heard[1]


def test_a_language_other_than_english_is_refused_with_what_to_set():
    with pytest.raises(PermanentError, match="unsupported_language") as refusal:
        assess(Assessor(evidence(0), evidence(0)), language="ko-KR")
    assert "en-US" in refusal.value.message
    assert "`text`" in refusal.value.message


def test_a_text_that_cannot_be_said_in_the_recording_is_refused():
    assessor = Assessor(evidence(0.0), evidence(0.0))
    minute = SimpleNamespace(recording=lambda: Recording(samples=np.tile(QUIET, 40), truncated=False))
    engine = AcousticEngine(AcousticEngine.Options(rules=False), assessor)  # type: ignore[arg-type]
    request = PronunciationRequest(audio=AUDIO, text="911 " * 250)

    with pytest.raises(PermanentError, match="text_too_long"):
        engine.assess(request, minute, Call())  # type: ignore[arg-type]
    assert assessor.heard == []


def test_ways_to_say_numbers_are_left_out_before_a_text_is_refused():
    reference = reference_of(
        "In 1999 we sold 305 books. " * 20, Lexicon(model_dictionary(), lambda _: None), engine="x"
    )
    frames = MAX_ROOM // reference.room

    assert fitting(reference, frames, engine="x").pronunciations == reference.pronunciations
    fewer = fitting(reference, 2 * frames, engine="x")
    assert fewer.room * 2 * frames <= MAX_ROOM
    assert len(fewer.pronunciations) == len(reference.pronunciations)
