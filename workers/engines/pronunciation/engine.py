"""The embedded scorer: aligns a recording with its text and compares each phone with those of other learners."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from schemas.errors import PermanentError
from schemas.media import primary_language
from schemas.model import Model
from workers.engines.ports import Assessment
from workers.engines.pronunciation.assessor import Assessor
from workers.engines.pronunciation.background import NOTICEABLE, noisiness, silent, with_noise
from workers.engines.pronunciation.evidence import FRAME_MS
from workers.engines.pronunciation.lexicon import Lexicon, model_dictionary
from workers.engines.pronunciation.reference import fitting, reference_of
from workers.engines.pronunciation.rules import Rules
from workers.engines.pronunciation.verdict import verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from schemas.kinds.pronunciation import PronunciationRequest
    from workers.engines.ports import AudioInput, Call
    from workers.engines.pronunciation.reference import Reference
    from workers.engines.pronunciation.verdict import Verdict


#: Readings less accurate than this are judged twice, and the second counts where it is better by more than this.
_POOR, _ASTRAY = 88.0, 2.0


class AcousticEngine:
    """Implements PronunciationEngine for English, without a network."""

    name: ClassVar[str] = "acoustic"

    class Options(Model):
        """What the settings may say about it."""

        rules: bool = True
        """Whether words outside the dictionary are scored by the sounds that espeak-ng's rules give them."""

    def __init__(self, options: Options, assessor: Assessor | None = None, rules: Rules | None = None) -> None:
        self._assessor = assessor or Assessor()
        self._rules = rules or (Rules() if options.rules else None)
        self._lexicon = Lexicon(model_dictionary(), self._rules)

    @classmethod
    def preload(cls) -> None:
        """Load the acoustic model and map the dictionary, which all processes share."""
        Assessor.preload()
        model_dictionary()

    def assess(self, request: PronunciationRequest, audio: AudioInput, call: Call) -> Assessment:
        """Score the recording against the request's text.

        Raises:
            PermanentError: `unsupported_language`, `nothing_to_score`, `text_too_long`, and those of the recording.
            TransientError: the recording's.
        """
        _require_english(request.language)
        reference = reference_of(request.text, self._lexicon, engine=self.name)
        recording = audio.recording()
        reference = fitting(reference, recording.duration_ms // FRAME_MS, engine=self.name)
        call.progress(0.1, "aligning")
        verdict = self._checked(reference, recording.samples, call)
        return self._assessment(verdict, noisy=noisiness(recording.samples) >= NOTICEABLE)

    def close(self) -> None:
        """End the process that knows rules for unknown words."""
        if self._rules is not None:
            self._rules.close()

    def _checked(self, reference: Reference, samples: NDArray[np.int16], call: Call) -> Verdict:
        """Judge a reading, a poor one with a second opinion on its accuracy.

        A poor score now and then comes of an alignment that went astray, and slight noise leads it back. Noise must not
        raise a score, so such a recording has the higher one from the start; its words stay as they were found.
        """
        judge = self._judge(reference, samples, call)
        verdict = judge()
        if _accuracy(verdict) >= _POOR:
            return verdict
        call.progress(0.5, "aligning")
        noisy = _accuracy(self._judge(reference, with_noise(samples), call)())
        return judge(least_accuracy=noisy) if noisy > _accuracy(verdict) + _ASTRAY else verdict

    def _judge(self, reference: Reference, samples: NDArray[np.int16], call: Call) -> Callable[..., Verdict]:
        """Align a recording, and return what judges it."""
        evidence = self._assessor.assess(samples, reference.pronunciations, checkpoint=lambda: call.progress(None))
        evidence = replace(evidence, silences=silent(evidence.silences, samples))
        thresholds = self._assessor.calibration.thresholds
        return partial(verdict_of, reference, evidence, thresholds, noise=noisiness(samples))

    def _assessment(self, verdict: Verdict, *, noisy: bool) -> Assessment:
        return Assessment(
            scores=verdict.scores,
            words=verdict.words,
            rate=verdict.delivery.rate if verdict.delivery else None,
            pauses=verdict.delivery.pauses if verdict.delivery else (),
            matches=verdict.matches,
            noisy=noisy,
            calibration=self._assessor.calibration.version,
            model=self._assessor.version,
        )


def _accuracy(verdict: Verdict) -> float:
    return verdict.scores.accuracy or 0.0


def _require_english(language: str) -> None:
    if primary_language(language) != "en":
        raise PermanentError(
            "unsupported_language",
            "Only English is scored by its sounds. Set `language` to en-US, or have the service use the engine `text`, "
            "which compares what is heard with the text in other languages.",
            engine=AcousticEngine.name,
        )
