"""Transcribe's result as it lies in S3, where numbers are strings; and what it says in our terms.

https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html#how-output
https://docs.aws.amazon.com/transcribe/latest/dg/diarization-output-batch.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.errors import PermanentError
from schemas.kinds.transcription import SpokenWord
from workers.engines.disfluencies import marked
from workers.engines.ports import Transcript
from workers.engines.segments import segments_of

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Punctuation that belongs to the word after it.
_OPENING = "¿¡"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")  # it grows with the service


class _Spoken(_Part):
    start_time: float
    end_time: float
    speaker_label: str | None = None


class _Alternative(_Part):
    content: str
    confidence: float | None = None


class _Item(_Part):
    """A word with its times in seconds, or punctuation, which has none."""

    type: Literal["pronunciation", "punctuation"]
    start_time: float | None = None
    end_time: float | None = None
    speaker_label: str | None = None
    alternatives: tuple[_Alternative, ...]


class _Turn(_Spoken):
    items: tuple[_Spoken, ...] = ()


class _Speakers(_Part):
    segments: tuple[_Turn, ...] = ()


class _Text(_Part):
    transcript: str


class _Results(_Part):
    language_code: str | None = None
    transcripts: tuple[_Text, ...] = ()
    items: tuple[_Item, ...] = ()
    speaker_labels: _Speakers | None = None
    audio_segments: tuple[_Spoken, ...] = ()


class _Document(_Part):
    results: _Results


def transcript_of(document: bytes, *, language: str | None, model: str, engine: str) -> Transcript:
    """Return what the document says.

    The duration is the end of the last thing heard: the service tells no more of the recording's length.

    Args:
        document: JSON, as the service has written it.
        language: as the service names it in the job; else the document's own is taken.
        model: the engine's version.
        engine: the engine's name.

    Raises:
        PermanentError: `unreadable_answer`.
    """
    try:
        results = _Document.model_validate_json(document).results
    except ValidationError:
        sentence = "The transcript that Amazon Transcribe wrote is not as its documentation says."
        raise PermanentError("unreadable_answer", sentence, engine=engine) from None
    text = " ".join(part.transcript for part in results.transcripts)
    found = language or results.language_code
    words = marked(list(_words(results)), found)
    return Transcript(
        words=words,
        segments=segments_of(words, text),
        text=text,
        language=found,
        duration_ms=_duration_ms(results),
        quality="standard",
        truncated=False,
        model=model,
    )


def _words(results: _Results) -> Iterator[SpokenWord]:
    """Yield the words, with the punctuation that belongs to each."""
    speakers = _speakers(results)
    word: SpokenWord | None = None
    opening = ""
    for item in results.items:
        content = item.alternatives[0].content if item.alternatives else ""
        if item.type == "pronunciation":
            if word:
                yield word
            word = _word(item, opening + content, speakers)
            opening = ""
        elif content and content in _OPENING:
            opening += content
        elif word:
            word = word.model_copy(update={"text": word.text + content})
    if word:
        yield word


def _word(item: _Item, text: str, speakers: dict[float, str]) -> SpokenWord:
    start = item.start_time or 0.0
    confidence = item.alternatives[0].confidence if item.alternatives else None
    return SpokenWord(
        text=text,
        start_ms=_ms(start),
        end_ms=_ms(max(start, item.end_time or start)),
        confidence=None if confidence is None else max(0.0, min(1.0, confidence)),
        speaker=item.speaker_label or speakers.get(start),
    )


def _speakers(results: _Results) -> dict[float, str]:
    """Return who speaks, by the start of each word: documents that are older have it beside the items only."""
    turns = results.speaker_labels.segments if results.speaker_labels else ()
    spoken = [(item.start_time, item.speaker_label or turn.speaker_label) for turn in turns for item in turn.items]
    return {start: label for start, label in spoken if label}


def _duration_ms(results: _Results) -> int:
    turns = results.speaker_labels.segments if results.speaker_labels else ()
    items = [item.end_time for item in results.items if item.end_time is not None]
    return _ms(max([*items, *(part.end_time for part in (*results.audio_segments, *turns))], default=0.0))


def _ms(seconds: float) -> int:
    return round(seconds * 1_000)
