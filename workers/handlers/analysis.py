"""Text analysis: the engine finds, the result says what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.kinds.analysis import AnalysisResult
from schemas.usage import Usage

if TYPE_CHECKING:
    from schemas.kinds.analysis import AnalysisRequest
    from workers.engines.ports import AnalysisEngine
    from workers.work import Work


def handle(request: AnalysisRequest, work: Work[AnalysisEngine]) -> AnalysisResult:
    """Analyse the text."""
    found = work.engine.analyse(request, work)
    work.record_usage(Usage(characters=len(request.text), cost_microusd=found.cost_microusd))
    return AnalysisResult(
        engine=work.engine.name,
        model=found.model,
        language=found.language,
        sentiment=found.sentiment,
        emotions=found.emotions,
        entities=found.entities,
        key_phrases=found.key_phrases,
        languages=found.languages,
        notice=found.notice,
    )
