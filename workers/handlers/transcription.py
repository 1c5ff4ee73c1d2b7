"""Transcription: the engine listens, subtitles are stored, the result says what was said and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.kinds.transcription import Subtitles, TranscriptionResult
from schemas.usage import Usage
from workers.engines.audio.file import AudioFile
from workers.engines.subtitles import SRT_MIME, VTT_MIME, cues_of, srt, vtt

if TYPE_CHECKING:
    from schemas.kinds.transcription import TranscriptionRequest
    from workers.engines.ports import Transcript, TranscriptionEngine
    from workers.work import Work

#: Longest recording that is decoded here; a vendor that reads the file itself has limits of its own.
MAX_S = 600.0


def handle(request: TranscriptionRequest, work: Work[TranscriptionEngine]) -> TranscriptionResult:
    """Transcribe the recording and store its subtitles."""
    audio = AudioFile(work.input(request.audio), work, max_s=MAX_S)
    heard = work.engine.transcribe(request, audio, work)
    work.record_usage(Usage(audio_ms=heard.duration_ms))
    return TranscriptionResult(
        engine=work.engine.name,
        model=heard.model,
        text=heard.text,
        words=heard.words,
        segments=heard.segments,
        language=heard.language,
        duration_ms=heard.duration_ms,
        quality=heard.quality,
        truncated=heard.truncated,
        subtitles=_subtitles(heard, work) if request.subtitles and heard.segments else None,
    )


def _subtitles(heard: Transcript, work: Work[TranscriptionEngine]) -> Subtitles:
    cues = cues_of(heard.segments, heard.words)
    return Subtitles(
        srt=work.store("transcript.srt", srt(cues), mime=SRT_MIME),
        vtt=work.store("transcript.vtt", vtt(cues), mime=VTT_MIME),
    )
