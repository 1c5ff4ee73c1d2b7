"""Comprehend's calls by boto3, and what its errors mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.engines.aws import Service, translated
from workers.engines.calling import patiently
from workers.engines.comprehend.answers import entities_of, key_phrases_of, languages_of, readable, sentiment_of
from workers.engines.comprehend.options import NAME

if TYPE_CHECKING:
    from schemas.kinds.analysis import Entity, LanguageShare, Sentiment, Span
    from workers.engines.ports import Call

#: Kept of the attempt's time to store the result.
_ENDING_S = 5.0

#: What else Comprehend answers is throttling, or a failure of its own (`InternalServerException`): see `translated`.
SERVICE = Service(
    engine=NAME,
    title="Amazon Comprehend",
    refusals={
        "TextSizeLimitExceededException": ("text_too_long", "The text is longer than Amazon Comprehend takes."),
        "UnsupportedLanguageException": ("unsupported_language", "Amazon Comprehend does not have this language."),
    },
)


class Calls:
    """The calls for one text."""

    def __init__(self, client: Any, text: str, call: Call) -> None:  # noqa: ANN401 - a client of boto3's
        self.made = 0
        """How many were answered, each of which is paid for."""
        self._client = client
        self._text = text
        self._call = call

    def languages(self) -> tuple[str | None, tuple[LanguageShare, ...]]:
        """Find the text's languages: the main one's code, and all of them."""
        answer = self._ask("detect_dominant_language")
        with readable():
            return languages_of(answer)

    def sentiment(self, language: str) -> Sentiment:
        """Find how the text feels."""
        answer = self._ask("detect_sentiment", LanguageCode=language)
        with readable():
            return sentiment_of(answer)

    def entities(self, language: str) -> tuple[Entity, ...]:
        """Find names, dates and quantities."""
        answer = self._ask("detect_entities", LanguageCode=language)
        with readable():
            return entities_of(answer, self._text)

    def key_phrases(self, language: str) -> tuple[Span, ...]:
        """Find noun phrases."""
        answer = self._ask("detect_key_phrases", LanguageCode=language)
        with readable():
            return key_phrases_of(answer, self._text)

    def _ask(self, operation: str, **more: str) -> dict[str, Any]:
        """Make a call; a cancelled job is noticed before it."""
        self._call.progress(None, "analysing")

        def once() -> dict[str, Any]:
            with translated(SERVICE):
                answer: dict[str, Any] = getattr(self._client, operation)(Text=self._text, **more)
                return answer

        answer = patiently(once, deadline_s=self._call.remaining_s - _ENDING_S)
        self.made += 1
        return answer
