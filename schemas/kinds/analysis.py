"""Text analysis: sentiment, emotion, names, key phrases and language; terms and ranges are Amazon Comprehend's.

https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectSentiment.html
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas.kind import Kind, Request, Result
from schemas.media import Language
from schemas.model import Model

MAX_TEXT = 20_000

Feature = Literal["sentiment", "emotion", "entities", "key_phrases", "language"]
FEATURES: tuple[Feature, ...] = ("sentiment", "emotion", "entities", "key_phrases", "language")
Score = Annotated[float, Field(ge=0, le=1)]
Offset = Annotated[int, Field(ge=0)]
Emotion = Literal["joy", "affection", "sadness", "anger", "fear", "surprise", "disgust", "neutral"]


class AnalysisRequest(Request):
    """A text, and what is wanted of it."""

    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    language: Language | None = None
    """A BCP 47 tag, for example `ko`; null has the engine find out."""
    features: Annotated[tuple[Feature, ...], Field(min_length=1, max_length=len(FEATURES))] = FEATURES


class Sentiment(Model):
    """How the text feels, all in all."""

    label: Literal["positive", "negative", "neutral", "mixed"]
    positive: Score
    negative: Score
    neutral: Score
    mixed: Score


class Emotions(Model):
    """Which emotions show; Comprehend has none, so they come from a lexicon, whichever engine is set."""

    label: Emotion
    """The strongest; `neutral` where none shows."""
    scores: dict[Emotion, Score]
    """Those that show, strongest first; together at most 1."""


class Span(Model):
    """A stretch of the text."""

    text: str
    start: Offset
    """First character (Unicode code point)."""
    end: Offset
    score: Score
    """How certain the engine is."""


class Entity(Span):
    """Somebody or something with a name, a date or a quantity."""

    type: Literal[
        "person", "location", "organization", "commercial_item", "event", "date", "quantity", "title", "other"
    ]


class LanguageShare(Model):
    """A language of the text."""

    language: str
    """ISO 639-1, for example `ko`."""
    score: Score


class AnalysisResult(Result):
    """What was found; null is not asked for, or not to be had of this engine in this language."""

    language: str | None
    """The text's main language."""
    sentiment: Sentiment | None = None
    emotions: Emotions | None = None
    entities: tuple[Entity, ...] | None = None
    key_phrases: tuple[Span, ...] | None = None
    languages: tuple[LanguageShare, ...] | None = None
    notice: str | None = None
    """What to know about the engine."""


KIND = Kind(
    name="analysis",
    summary="Find sentiment, emotion and names in a text",
    request=AnalysisRequest,
    result=AnalysisResult,
    example=AnalysisRequest(text="오늘 민수랑 부산에서 먹은 저녁은 정말 맛있었는데, 기차를 놓쳐서 속상했어."),
    timeout_s=60,
    max_attempts=3,
    retention_days=7,
    reusable=True,
    request_max_bytes=262_144,
)
