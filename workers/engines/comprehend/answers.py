"""Comprehend's answers as our terms; offsets are code points in both.

https://docs.aws.amazon.com/comprehend/latest/APIReference/API_Entity.html; that offsets count code points is said by
the SDKs' reference: https://docs.rs/aws-sdk-comprehend/latest/aws_sdk_comprehend/types/struct.Entity.html
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, get_args

from schemas.errors import TransientError
from schemas.kinds.analysis import Entity, LanguageShare, Sentiment, Span
from schemas.media import primary_language
from workers.engines.comprehend.options import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TYPES = frozenset(get_args(Entity.model_fields["type"].annotation))


@contextmanager
def readable() -> Iterator[None]:
    """Turn what is not of the form that it should have into `unreadable_answer`."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TransientError("unreadable_answer", "Amazon Comprehend's answer can't be read.", engine=NAME) from error


def sentiment_of(answer: Mapping[str, Any]) -> Sentiment:
    """Read DetectSentiment's answer."""
    scores = answer["SentimentScore"]
    return Sentiment(
        label=answer["Sentiment"].lower(),
        positive=_score(scores["Positive"]),
        negative=_score(scores["Negative"]),
        neutral=_score(scores["Neutral"]),
        mixed=_score(scores["Mixed"]),
    )


def entities_of(answer: Mapping[str, Any], text: str) -> tuple[Entity, ...]:
    """Read DetectEntities' answer; a type that is new to us is `other`."""
    found = [
        Entity(**_place(item, text), type=kind if (kind := item["Type"].lower()) in _TYPES else "other")
        for item in answer["Entities"]
    ]
    return tuple(sorted(found, key=_order))


def key_phrases_of(answer: Mapping[str, Any], text: str) -> tuple[Span, ...]:
    """Read DetectKeyPhrases' answer."""
    return tuple(sorted((Span(**_place(item, text)) for item in answer["KeyPhrases"]), key=_order))


def languages_of(answer: Mapping[str, Any]) -> tuple[str | None, tuple[LanguageShare, ...]]:
    """Read DetectDominantLanguage's answer: the most probable language's code, and all of them.

    Its `zh` and `zh-TW` are one language, in two scripts.
    """
    scores: dict[str, float] = {}
    likeliest = sorted(answer["Languages"], key=lambda item: (-float(item["Score"]), item["LanguageCode"]))
    for item in likeliest:
        language = primary_language(item["LanguageCode"])
        scores[language] = scores.get(language, 0.0) + float(item["Score"])
    shares = [LanguageShare(language=language, score=_score(score)) for language, score in scores.items()]
    code = str(likeliest[0]["LanguageCode"]) if likeliest else None
    return code, tuple(sorted(shares, key=lambda share: -share.score))


def _place(item: Mapping[str, Any], text: str) -> dict[str, Any]:
    start, end = int(item["BeginOffset"]), int(item["EndOffset"])
    if not 0 <= start < end <= len(text) or text[start:end] != item["Text"]:
        raise ValueError("the offsets are not those of the text")
    return {"text": item["Text"], "start": start, "end": end, "score": _score(item["Score"])}


def _order(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _score(value: float) -> float:
    """Return a score as it should be: floats of 32 bits go a little beyond 1."""
    return min(1.0, max(0.0, float(value)))
