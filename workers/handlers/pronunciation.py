"""Pronunciation: the engine scores the reading, the result says what to practise and shows it as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.kinds.pronunciation import Pause, PronunciationResult
from schemas.usage import Usage
from workers.engines.audio.file import AudioFile
from workers.engines.pronunciation.feedback import Facts, feedback
from workers.engines.pronunciation.picture import MIME, picture
from workers.engines.pronunciation.picture.heading import Drawn
from workers.engines.pronunciation.scores import grade_of

if TYPE_CHECKING:
    from schemas.kinds.pronunciation import PronunciationRequest
    from schemas.media import StoredFile
    from workers.engines.ports import Assessment, PronunciationEngine, Recording
    from workers.work import Work

#: Longest recording that is scored.
MAX_AUDIO_S = 60.0


def handle(request: PronunciationRequest, work: Work[PronunciationEngine]) -> PronunciationResult:
    """Score the recording against the text."""
    audio = AudioFile(work.input(request.audio), work, max_s=MAX_AUDIO_S)
    # Silence is refused here, before a vendor is paid to listen to it.
    recording = audio.recording()
    work.record_usage(Usage(audio_ms=recording.duration_ms))
    assessment = work.engine.assess(request, audio, work)
    drawn = _stored_picture(request, assessment, recording, work) if request.picture else None
    return _result(request, assessment, recording, drawn, engine=work.engine.name)


def _stored_picture(
    request: PronunciationRequest, assessment: Assessment, recording: Recording, work: Work[PronunciationEngine]
) -> StoredFile:
    drawn = Drawn(
        scores=assessment.scores,
        grade=grade_of(assessment.scores.pron_score),
        words=assessment.words,
        pauses=assessment.pauses,
        language=request.feedback_language,
    )
    return work.store("score.svg", picture(drawn, recording.samples), mime=MIME)


def _result(
    request: PronunciationRequest,
    assessment: Assessment,
    recording: Recording,
    drawn: StoredFile | None,
    *,
    engine: str,
) -> PronunciationResult:
    facts = Facts(
        scores=assessment.scores,
        words=assessment.words,
        extra_words=assessment.extra_words,
        rate=assessment.rate,
        pauses=assessment.pauses,
        matches=assessment.matches,
        noisy=assessment.noisy,
        truncated=recording.truncated,
    )
    return PronunciationResult(
        engine=engine,
        model=assessment.model,
        text=request.text,
        language=request.language,
        scores=assessment.scores,
        grade=grade_of(assessment.scores.pron_score),
        words=assessment.words,
        missed_words=tuple(word.text for word in facts.of("omission") if word.text is not None),
        extra_words=assessment.extra_words,
        rate=assessment.rate,
        pauses=tuple(Pause(start_ms=start, end_ms=end) for start, end in assessment.pauses),
        feedback=feedback(facts, request.feedback_language),
        transcript=assessment.transcript,
        duration_ms=recording.duration_ms,
        truncated=recording.truncated,
        calibration=assessment.calibration,
        picture=drawn,
    )
