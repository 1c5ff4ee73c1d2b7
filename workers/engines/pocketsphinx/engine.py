"""The embedded transcription engine: a request and a recording in, words with times out; no network, English only."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from schemas.errors import PermanentError
from schemas.media import primary_language
from schemas.model import Model
from workers.engines.disfluencies import marked
from workers.engines.pocketsphinx.expected import expected_of
from workers.engines.pocketsphinx.free import dictate, dictation
from workers.engines.pocketsphinx.words import segments_of, spoken, text_of
from workers.engines.ports import Transcript
from workers.engines.pronunciation.acoustic.model import load_model
from workers.engines.pronunciation.calibration import shipped_calibration
from workers.engines.pronunciation.lexicon import Lexicon, model_dictionary
from workers.engines.pronunciation.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from schemas.kinds.transcription import SpokenWord, TranscriptionRequest
    from workers.engines.ports import AudioInput, Call

LANGUAGE = "en-US"


class PocketsphinxEngine:
    """Implements TranscriptionEngine for English.

    With a reference, phrases or a grammar it tells what of these was said. Without, it guesses: most words of
    learners' speech come out wrong, and the result says so (`quality` is `low`).
    """

    name: ClassVar[str] = "pocketsphinx"

    class Options(Model):
        """What the settings may say about it."""

        rules: bool = True
        """Whether words outside the dictionary get the sounds that espeak-ng's rules give them."""

    def __init__(self, options: Options, rules: Callable[[str], str | None] | None = None) -> None:
        self._rules = Rules() if options.rules and rules is None else None
        self.lexicon = Lexicon(model_dictionary(), rules or self._rules)

    @classmethod
    def preload(cls) -> None:
        """Load the models that all processes share, about 200 MB, before they are forked."""
        shipped_calibration(load_model().definition)
        model_dictionary()
        dictation()

    def transcribe(self, request: TranscriptionRequest, audio: AudioInput, call: Call) -> Transcript:
        """Transcribe the recording.

        Raises:
            PermanentError: `unsupported_language`, `unsupported_option`, `invalid_grammar`, `nothing_expected`,
                `audio_too_long`, and those of the recording.
            TransientError: the recording's.
        """
        _require_supported(request)
        expected = expected_of(request, self.lexicon)
        recording = audio.recording()
        words = _dictated(recording.samples, call) if expected is None else expected.heard(recording.samples, call)
        return Transcript(
            words=tuple(words),
            segments=segments_of(words),
            text=text_of(words),
            language=LANGUAGE,
            duration_ms=recording.duration_ms,
            quality="low" if expected is None else "constrained",
            truncated=recording.truncated,
            model=load_model().version,
        )

    def close(self) -> None:
        """End the process that knows rules for unknown words."""
        if self._rules is not None:
            self._rules.close()


def _dictated(samples: NDArray[np.int16], call: Call) -> Sequence[SpokenWord]:
    heard = dictate(samples, lambda fraction: call.progress(fraction, "listening"))
    return marked([spoken(*word) for word in heard], LANGUAGE)


def _require_supported(request: TranscriptionRequest) -> None:
    if request.language is None or primary_language(request.language) != "en":
        raise PermanentError(
            "unsupported_language",
            "This engine understands English alone and can't tell languages apart. Set `language` to en-US, or have "
            "the service use the engine `transcribe` or `openai`.",
            engine=PocketsphinxEngine.name,
        )
    if request.vocabulary is not None or request.speakers is not None:
        raise PermanentError(
            "unsupported_option",
            "This engine has no custom vocabularies and can't tell speakers apart. Leave out `vocabulary` and "
            "`speakers`, or have the service use the engine `transcribe`.",
            engine=PocketsphinxEngine.name,
        )
