"""A scorer for any language that a transcriber knows: what was heard is compared with the text, word by word.

It can't hear how a word was said, only whether the transcriber took it for that word. So a score is the likeness of
the two, trusted as far as the transcriber trusts itself.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, model_validator

from schemas.kinds.transcription import TranscriptionRequest
from schemas.model import Model
from workers.engines import check_engine, load_engine
from workers.engines.ports import Assessment
from workers.engines.pronunciation.lexicon import Lexicon, model_dictionary
from workers.engines.pronunciation.transcript import judged

if TYPE_CHECKING:
    from typing import Self

    from schemas.kinds.pronunciation import PronunciationRequest
    from workers.engines.ports import AudioInput, Call, Transcript, TranscriptionEngine


class TranscriberOptions(Model):
    """What the settings may say about the transcriber that an engine stands on."""

    transcriber: str = "openai"
    """Name of a transcription engine."""
    transcriber_options: dict[str, Any] = Field(default_factory=dict)
    """The transcription engine's own options."""
    tell_text: bool = False
    """Whether the transcriber is told what was to be read. An embedded one hears little else; a good one would repeat
    it whatever was said."""
    region: str | None = None
    """Handed on to a transcriber that has a region."""

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        check_engine(*self.stands_on)
        return self

    @property
    def stands_on(self) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
        """The transcriber: kind, name, options, and what it is given where these do not say otherwise."""
        defaults = {} if self.region is None else {"region": self.region}
        return "transcription", self.transcriber, self.transcriber_options, defaults

    def make(self) -> TranscriptionEngine:
        """Make the transcriber."""
        made: TranscriptionEngine = load_engine(*self.stands_on)
        return made


class TextEngine:
    """Implements PronunciationEngine on top of a transcription engine."""

    name: ClassVar[str] = "text"
    Options = TranscriberOptions

    def __init__(self, options: TranscriberOptions, transcriber: TranscriptionEngine | None = None) -> None:
        self._tell_text = options.tell_text
        self._transcriber = transcriber or options.make()
        # Sounds are compared where the dictionary is installed; letters suffice.
        self._lexicon = Lexicon(model_dictionary()) if find_spec("pocketsphinx") else None

    def assess(self, request: PronunciationRequest, audio: AudioInput, call: Call) -> Assessment:
        """Transcribe the recording and compare it with the request's text.

        Raises:
            PermanentError: `nothing_to_score`, and those of the transcriber.
            TransientError: the transcriber's.
        """
        return self.compared(request, self.transcribed(request, audio, call))

    def transcribed(self, request: PronunciationRequest, audio: AudioInput, call: Call) -> Transcript:
        """Have the recording written down."""
        asked = TranscriptionRequest(
            audio=request.audio,
            language=request.language,
            reference=request.text if self._tell_text else None,
            subtitles=False,
        )
        return self._transcriber.transcribe(asked, audio, call)

    def compared(self, request: PronunciationRequest, transcript: Transcript) -> Assessment:
        """Score what was written down."""
        verdict = judged(request.text, request.language, transcript, lexicon=self._lexicon, engine=self.name)
        return Assessment(
            scores=verdict.scores,
            words=verdict.words,
            rate=verdict.delivery.rate if verdict.delivery else None,
            pauses=verdict.delivery.pauses if verdict.delivery else (),
            extra_words=verdict.extra_words,
            transcript=transcript.text,
            matches=verdict.matches,
            calibration=None,
            model=f"{self._transcriber.name} {transcript.model}",
        )

    def close(self) -> None:
        """Let go of the transcriber."""
        self._transcriber.close()
