"""Transcription: what is said in a recording, word by word, with subtitles."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.files import AudioRef, FileField
from schemas.kind import Kind, Request, Result
from schemas.media import Language, Ms, StoredFile
from schemas.model import Model

MAX_TEXT = 5_000
MAX_PHRASES = 100
MAX_PHRASE = 200
MAX_GRAMMAR = 10_000

Fraction = Annotated[float, Field(ge=0, le=1)]


class TranscriptionRequest(Request):
    """What is to be written down, and what is known about it; at most one of `reference`, `phrases` and `grammar`."""

    audio: AudioRef
    language: Language | None = "en-US"
    """A BCP 47 tag, for example `en-US` or `ko-KR`; null has the engine find out, where it can."""
    reference: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)] | None = None
    """The text that was to be read: only its words are looked for, in its order, with skips and repeats.

    Where something else is heard, the transcript has `[unk]`."""
    phrases: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=MAX_PHRASE)], ...], Field(max_length=MAX_PHRASES)
    ] = ()
    """What may have been said: one of these is chosen."""
    grammar: Annotated[str, Field(min_length=1, max_length=MAX_GRAMMAR)] | None = None
    """A JSGF grammar of what may have been said: https://www.w3.org/TR/jsgf/."""
    vocabulary: Annotated[str, Field(pattern=r"^[0-9a-zA-Z._-]{1,200}$")] | None = None
    """Name of a custom vocabulary that the vendor keeps."""
    speakers: Annotated[int, Field(ge=2, le=30, strict=True)] | None = None
    """How many people are to be told apart, at most; null for one text of all."""
    subtitles: Annotated[bool, Field(strict=True)] = True
    """Whether to write SubRip and WebVTT files."""

    @model_validator(mode="after")
    def _has_one_constraint(self) -> Self:
        if sum(map(bool, (self.reference, self.phrases, self.grammar))) > 1:
            raise ValueError("give at most one of reference, phrases and grammar")
        return self


class SpokenWord(Model):
    """A word as it was heard; fillers and repeats are kept."""

    text: str
    start_ms: Ms
    end_ms: Ms
    confidence: Fraction | None
    """The engine's own, 0 to 1; null where it gives none."""
    speaker: str | None = None
    is_disfluency: bool = False
    """A filler such as "um", or a word that is said again at once."""


class Segment(Model):
    """A stretch of speech: about a sentence, or what one speaker says at a time."""

    text: str
    start_ms: Ms
    end_ms: Ms
    speaker: str | None = None


class Subtitles(Model):
    """The segments as subtitle files, in UTF-8."""

    srt: StoredFile
    """SubRip."""
    vtt: StoredFile
    """WebVTT: https://www.w3.org/TR/webvtt1/."""


class TranscriptionResult(Result):
    """What was said."""

    text: str
    """Empty where nothing was said."""
    words: tuple[SpokenWord, ...]
    segments: tuple[Segment, ...]
    language: str | None
    """As it was given or identified; null where neither."""
    duration_ms: Ms
    quality: Literal["low", "constrained", "standard"]
    """`low`: free dictation offline, of which most words may be wrong. `constrained`: only what was expected could be
    found. `standard`: a vendor's."""
    truncated: bool = False
    """The file ends before the time that it claims: what was recorded after that is missing."""
    subtitles: Subtitles | None = None


KIND = Kind(
    name="transcription",
    summary="Write down what is said",
    request=TranscriptionRequest,
    result=TranscriptionResult,
    example=TranscriptionRequest(
        audio="audio:00000000000000000000000000000000", reference="Good morning! How are you today?"
    ),
    # Ten minutes of free dictation offline are 6 minutes of computing; a vendor's job may wait in its queue.
    timeout_s=1_800,
    max_attempts=3,
    retention_days=30,
    files={"audio": FileField(max_bytes=50_000_000, sample="good-morning.webm")},
)
