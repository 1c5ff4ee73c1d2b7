"""The offline analysis engine: lexicons, lists and patterns, and no model."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from schemas.media import primary_language
from workers.engines.lexicon.emotions import emotions
from workers.engines.lexicon.entities import entities
from workers.engines.lexicon.feelings import LEXICONS
from workers.engines.lexicon.language import shares
from workers.engines.lexicon.phrases import key_phrases
from workers.engines.lexicon.sentiment import sentiment
from workers.engines.ports import Analysis

if TYPE_CHECKING:
    from schemas.kinds.analysis import AnalysisRequest
    from workers.engines.ports import Call

#: What the figures of docs/replies/analysis.md are of.
_VERSION = "1"
_NOTICE = "From word lists, without a model: irony, context and rare words are missed."
_UNKNOWN = "Sentiment, names and phrases are found in English and Korean alone."


class LexiconEngine:
    """Implements AnalysisEngine; the same text always has the same result."""

    name: ClassVar[str] = "offline-lexicon"

    @classmethod
    def preload(cls) -> None:
        """Read the lexicons and compile the patterns, once for all processes."""
        text = "Hi, 안녕 ❤"
        sentiment(text, None)
        entities(text)
        key_phrases(text)

    def analyse(self, request: AnalysisRequest, call: Call) -> Analysis:
        """Find what the request asks for; what needs a lexicon is None in a language without one."""
        call.progress(None)
        text, wanted = request.text, request.features
        found = shares(text)
        language = (
            primary_language(request.language) if request.language else next((one.language for one in found), None)
        )
        known = language is None or language in LEXICONS
        return Analysis(
            language=language,
            sentiment=sentiment(text, language) if known and "sentiment" in wanted else None,
            emotions=emotions(text, language) if "emotion" in wanted else None,
            entities=entities(text) if known and "entities" in wanted else None,
            key_phrases=key_phrases(text) if known and "key_phrases" in wanted else None,
            languages=found if "language" in wanted else None,
            notice=_NOTICE if known else _UNKNOWN,
            model=_VERSION,
        )

    def close(self) -> None:
        """Nothing is held."""
