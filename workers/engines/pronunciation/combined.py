"""Both scorers together: how the words sound, and what a transcriber heard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from schemas.media import primary_language
from workers.engines.pronunciation.by_text import TextEngine, TranscriberOptions
from workers.engines.pronunciation.engine import AcousticEngine

if TYPE_CHECKING:
    from schemas.kinds.pronunciation import PronunciationRequest, WordScore
    from workers.engines.ports import Assessment, AudioInput, Call


class CombinedOptions(TranscriberOptions):
    """What the settings may say about both."""

    rules: bool = True
    """As of the acoustic engine."""


class CombinedEngine:
    """Implements PronunciationEngine: English by its sounds with a transcript beside them, other languages by text."""

    name: ClassVar[str] = "combined"
    Options = CombinedOptions

    def __init__(
        self, options: CombinedOptions, acoustic: AcousticEngine | None = None, by_text: TextEngine | None = None
    ) -> None:
        self._acoustic = acoustic or AcousticEngine(AcousticEngine.Options(rules=options.rules))
        self._by_text = by_text or TextEngine(options)

    @classmethod
    def preload(cls) -> None:
        """Load what the acoustic engine shares among processes."""
        AcousticEngine.preload()

    def assess(self, request: PronunciationRequest, audio: AudioInput, call: Call) -> Assessment:
        """Score the recording; the transcriber is asked last, when nothing else can fail.

        Raises:
            PermanentError: as both engines.
            TransientError: as both engines.
        """
        if primary_language(request.language) != "en":
            return self._by_text.assess(request, audio, call)
        sounds = self._acoustic.assess(request, audio, call)
        text = self._by_text.compared(request, self._by_text.transcribed(request, audio, call))
        words = tuple(_named(word, text.words) for word in sounds.words)
        return replace(
            sounds,
            words=words,
            extra_words=tuple(word.text for word in words if word.error_type == "insertion" and word.text),
            transcript=text.transcript,
            model=f"{sounds.model}, {text.model}",
        )

    def close(self) -> None:
        """Let go of both."""
        self._acoustic.close()
        self._by_text.close()


def _named(word: WordScore, heard: tuple[WordScore, ...]) -> WordScore:
    """Give an insertion the words that the transcriber heard in its time; alone, either is wrong too often."""
    if word.error_type != "insertion" or word.start_ms is None or word.end_ms is None:
        return word
    extras = [other.text for other in heard if other.error_type == "insertion" and other.text and _overlap(word, other)]
    return word.model_copy(update={"text": " ".join(extras)}) if extras else word


def _overlap(word: WordScore, other: WordScore) -> bool:
    starts, ends = (word.start_ms, other.start_ms), (word.end_ms, other.end_ms)
    if None in starts or None in ends:
        return False
    return max(start or 0 for start in starts) < min(end or 0 for end in ends)
