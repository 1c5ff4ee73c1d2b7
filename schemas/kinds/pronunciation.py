"""Pronunciation scoring: how well a text was read, word by word and phone by phone.

The terms and the scale are those of the field, as Azure's Pronunciation Assessment has them:
https://learn.microsoft.com/azure/ai-services/speech-service/how-to-pronunciation-assessment
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.files import AudioRef, FileField
from schemas.kind import Kind, Request, Result
from schemas.media import Language, Ms, StoredFile
from schemas.model import Model

MAX_TEXT = 1_000

Offset = Annotated[int, Field(ge=0)]
Score = Annotated[float, Field(ge=0, le=100)]
ErrorType = Literal["none", "omission", "insertion", "mispronunciation"]
Grade = Literal["A", "B", "C", "D", "F"]


class PronunciationRequest(Request):
    """A recording, and the text that was read."""

    audio: AudioRef
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    """What was to be read."""
    language: Language = "en-US"
    """The text's language, a BCP 47 tag."""
    feedback_language: Literal["en", "ko"] = "en"
    """In which language feedback is written."""
    picture: Annotated[bool, Field(strict=True)] = True
    """Whether to draw the score as an SVG picture."""


class Scores(Model):
    """0 is worst, 100 best; null is not known."""

    accuracy: Score | None
    """How close the phones are to those of other readers."""
    fluency: Score | None
    """How steady the reading is: rate and pauses."""
    completeness: Score | None
    """How much of the text was read: 100 x words read / words of the text."""
    prosody: Score | None
    """Stress and rhythm; null from an engine that can't honestly say."""
    pron_score: Score | None
    """All of it together."""


class Phoneme(Model):
    """One phone of a word, as it is expected; what was spoken in its place is not said, as nobody can know it."""

    arpabet: str
    """Without stress, for example `AE`."""
    ipa: str
    accuracy: Score | None
    start_ms: Ms
    end_ms: Ms


class WordScore(Model):
    """A word of the text, or something that was said between two of them."""

    text: str | None
    """As the text has it; null for an insertion of which the engine can't say what it was."""
    start: Offset | None
    """First character (Unicode code point) of the word in the request's `text`; null for an insertion."""
    end: Offset | None
    """One past its last character."""
    accuracy: Score | None
    """Null where it was not read, or can't be scored."""
    error_type: ErrorType
    start_ms: Ms | None
    """Null where it was not read."""
    end_ms: Ms | None
    phonemes: tuple[Phoneme, ...] = ()
    source: Literal["dictionary", "rules", "none"] = "none"
    """Where its pronunciation comes from: a dictionary, rules for unknown words (less certain), or nowhere."""


class Pause(Model):
    """A silence between two words."""

    start_ms: Ms
    end_ms: Ms


class SpeakingRate(Model):
    """How fast it was read, pauses of 200 ms and more left out of phones per second."""

    words_per_minute: Annotated[float, Field(ge=0)]
    phones_per_second: Annotated[float, Field(ge=0)] | None
    pause_ratio: Annotated[float, Field(ge=0, le=1)]
    """Pauses' share of the time from the first word to the last."""


class Feedback(Model):
    """A sentence for the learner, made from the facts of this result."""

    code: str
    """Stable, for example `omitted_words`."""
    text: str
    """In the language that was asked for."""


class PronunciationResult(Result):
    """How well it was read."""

    text: str
    language: str
    scores: Scores
    grade: Grade | None
    """Of `pron_score`: A from 90, B from 80, C from 70, D from 60, else F."""
    words: tuple[WordScore, ...]
    missed_words: tuple[str, ...]
    extra_words: tuple[str, ...]
    """What was said beside the text, from an engine that can tell; others count it in `words` as insertions."""
    rate: SpeakingRate | None
    pauses: tuple[Pause, ...]
    feedback: tuple[Feedback, ...]
    transcript: str | None = None
    """What was heard, from an engine that transcribes."""
    duration_ms: Ms
    truncated: bool = False
    """The file ends before the time that it claims."""
    calibration: str | None
    """Version of the weights that the scores come from."""
    picture: StoredFile | None = None
    """Waveform, words, phones and pauses, as SVG."""


KIND = Kind(
    name="pronunciation",
    summary="Score how a text is read",
    request=PronunciationRequest,
    result=PronunciationResult,
    example=PronunciationRequest(
        audio="audio:00000000000000000000000000000000", text="Good morning! How are you today?"
    ),
    timeout_s=120,
    max_attempts=3,
    retention_days=30,
    files={"audio": FileField(max_bytes=20_000_000, sample="good-morning.webm")},
)
