"""The engine: one call of Comprehend's for each feature; emotions, of which it has none, by our own lexicon."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from schemas.errors import PermanentError
from schemas.media import primary_language
from workers.engines.aws import client
from workers.engines.comprehend.calls import Calls
from workers.engines.comprehend.languages import code_of
from workers.engines.comprehend.options import NAME, ComprehendOptions, require_fitting, units_of
from workers.engines.lexicon.emotions import emotions
from workers.engines.ports import Analysis

if TYPE_CHECKING:
    from schemas.kinds.analysis import AnalysisRequest
    from workers.engines.ports import Call

#: The vendor says which version of its interface it is, and none of its model.
_VERSION = "2017-11-27"
_OF_A_LANGUAGE = frozenset({"sentiment", "entities", "key_phrases"})
_BY_LEXICON = "Emotions are found by a word list: Amazon Comprehend has none."
_NOT_IN_LANGUAGE = "Amazon Comprehend finds no sentiment, entities and key phrases in this language."


class ComprehendEngine:
    """Implements AnalysisEngine; safe to use from several threads."""

    name: ClassVar[str] = NAME
    metered: ClassVar[bool] = True
    Options = ComprehendOptions

    def __init__(self, options: ComprehendOptions) -> None:
        self._options = options
        self._client = client("comprehend", options, read_timeout_s=options.timeout_s)

    @property
    def identity(self) -> str:
        """All that results depend on beside the request."""
        return f"{NAME} {_VERSION}"

    def analyse(self, request: AnalysisRequest, call: Call) -> Analysis:
        """Analyse the request's text.

        Features that Comprehend has not in a text's language are an error where the request names that language, and
        left out with a notice where Comprehend finds it.

        Raises:
            PermanentError: `text_too_long`, `unsupported_language`, `refused_by_engine`.
            TransientError: `unreadable_answer`; throttled; out of reach.
        """
        _require_possible(request)
        asked = frozenset(request.features)
        calls = Calls(self._client, request.text, call)
        tag, shares = request.language, None
        if "language" in asked or (tag is None and asked & _OF_A_LANGUAGE):
            detected, shares = calls.languages()
            tag = tag or detected
        code, language = tag and code_of(tag), tag and primary_language(tag)
        found = Analysis(
            language=language,
            sentiment=calls.sentiment(code) if code and "sentiment" in asked else None,
            entities=calls.entities(code) if code and "entities" in asked else None,
            key_phrases=calls.key_phrases(code) if code and "key_phrases" in asked else None,
            languages=shares if "language" in asked else None,
            emotions=emotions(request.text, language) if "emotion" in asked else None,
            notice=_notice(asked, code),
            model=_VERSION,
        )
        return self._billed(found, calls.made * units_of(request.text))

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _billed(self, found: Analysis, units: int) -> Analysis:
        cost = round(units * self._options.usd_per_unit * 1_000_000)
        return replace(found, billed_units=units, cost_microusd=cost)


def _require_possible(request: AnalysisRequest) -> None:
    """See that Comprehend can do what is asked, before anything is paid for."""
    require_fitting(request.text, request.features)
    if request.language and code_of(request.language) is None and _OF_A_LANGUAGE & set(request.features):
        raise PermanentError("unsupported_language", f"{_NOT_IN_LANGUAGE} Ask for others, or none.", engine=NAME)


def _notice(asked: frozenset[str], code: str | None) -> str | None:
    said = [_BY_LEXICON] if "emotion" in asked else []
    if code is None and asked & _OF_A_LANGUAGE:
        said.append(_NOT_IN_LANGUAGE)
    return " ".join(said) or None
