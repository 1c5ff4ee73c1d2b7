"""Amazon Comprehend in its own protocol: finds what it was told is in texts, with its limits and errors.

https://docs.aws.amazon.com/comprehend/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from typing import Any

from tests.vendors.aws_json import AwsJsonServer, RefusedError

SENTIMENT, ENTITIES = "DetectSentiment", "DetectEntities"
KEY_PHRASES, LANGUAGE = "DetectKeyPhrases", "DetectDominantLanguage"
_LANGUAGES = {"en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW"}
_LIMITS = {SENTIMENT: 5_000}


class ComprehendServer(AwsJsonServer):
    """Finds each of `entities` and `key_phrases` where it stands first in a text; offsets are code points."""

    service = "comprehend"
    target = "Comprehend_20171127"

    def __init__(self) -> None:
        super().__init__()
        self.sentiment: dict[str, Any] = {
            "Sentiment": "MIXED",
            "SentimentScore": {"Positive": 0.31, "Negative": 0.12, "Neutral": 0.07, "Mixed": 0.5000001},
        }
        self.entities: dict[str, str] = {}
        """Type by text."""
        self.key_phrases: list[str] = []
        self.languages: dict[str, float] = {"en": 0.98}
        self.paid: list[str] = []
        """Operations that were carried out."""

    def carried_out(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        text = asked["Text"]
        size, limit = len(text.encode()), _LIMITS.get(operation, 100_000)
        if size > limit:
            message = f"Input text size exceeds limit. Max length of request text allowed is {limit} bytes while in "
            raise RefusedError("TextSizeLimitExceededException", f"{message}this request the text size is {size} bytes")
        if operation != LANGUAGE and asked.get("LanguageCode") not in _LANGUAGES:
            raise RefusedError("InvalidRequestException", "Value at 'languageCode' failed to satisfy constraint")
        self.paid.append(operation)
        return self._found(operation, text)

    def _found(self, operation: str, text: str) -> dict[str, Any]:
        match operation:
            case "DetectSentiment":
                return self.sentiment
            case "DetectEntities":
                return {"Entities": [_place(text, name) | {"Type": kind} for name, kind in self.entities.items()]}
            case "DetectKeyPhrases":
                return {"KeyPhrases": [_place(text, phrase) for phrase in self.key_phrases]}
            case "DetectDominantLanguage":
                shares = [{"LanguageCode": code, "Score": score} for code, score in self.languages.items()]
                return {"Languages": shares}
        raise RefusedError("UnknownOperationException", operation)


def _place(text: str, found: str) -> dict[str, Any]:
    begin = text.index(found)
    return {"Text": found, "BeginOffset": begin, "EndOffset": begin + len(found), "Score": 0.99}
