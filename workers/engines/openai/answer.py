"""The answer of `/audio/transcriptions`, as OpenAI and whisper servers have it, and what it says in our terms.

https://platform.openai.com/docs/api-reference/audio/verbose-json-object
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import TransientError
from schemas.kinds.transcription import Segment, SpokenWord
from workers.engines.disfluencies import marked
from workers.engines.openai.languages import tag_of
from workers.engines.ports import Transcript

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.engines.ports import Recording


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")  # servers add what they like


class _Word(_Part):
    word: str
    start: float
    end: float
    probability: float | None = Field(None, validation_alias=AliasChoices("probability", "score"))


class _Segment(_Part):
    text: str
    start: float
    end: float
    avg_logprob: float | None = None
    words: tuple[_Word, ...] | None = None


class _Answer(_Part):
    """OpenAI has all words beside the segments, some servers have them within; where neither, there are no times."""

    text: str
    language: str | None = None
    words: tuple[_Word, ...] | None = None
    segments: tuple[_Segment, ...] | None = None


def transcript_of(raw: bytes, recording: Recording, *, language: str | None, model: str, engine: str) -> Transcript:
    """Return what the answer says.

    A word's confidence is its own probability where the server tells it, else the mean one of its segment's tokens,
    exp(avg_logprob). Without word times there are no words; without segments the whole text is one.

    Args:
        raw: JSON, as the server has sent it.
        recording: what was sent; its length is the transcript's.
        language: as the request has it; else the one that the server has found.
        model: the model that was asked for.
        engine: the engine's name.

    Raises:
        TransientError: `unreadable_answer`.
    """
    try:
        answer = _Answer.model_validate_json(raw)
    except ValidationError:
        sentence = "The server answered, but not with a transcript."
        raise TransientError("unreadable_answer", sentence, engine=engine) from None
    found = language or tag_of(answer.language)
    text = answer.text.strip()
    return Transcript(
        words=marked(list(_words(answer, text)), found),
        segments=tuple(_segments(answer.segments, text, recording.duration_ms)),
        text=text,
        language=found,
        duration_ms=recording.duration_ms,
        quality="standard",
        truncated=recording.truncated,
        model=model,
    )


def _segments(segments: Sequence[_Segment] | None, text: str, duration_ms: int) -> Iterator[Segment]:
    if segments:
        for each in segments:
            start_ms = _ms(each.start)
            yield Segment(text=each.text.strip(), start_ms=start_ms, end_ms=max(start_ms, _ms(each.end)))
    elif text:
        yield Segment(text=text, start_ms=0, end_ms=duration_ms)


def _words(answer: _Answer, text: str) -> Iterator[SpokenWord]:
    segments = answer.segments or ()
    words = answer.words or tuple(word for segment in segments for word in segment.words or ())
    position = 0
    for word in words:
        heard = word.word.strip()
        position, written = _written(heard, text, position)
        start_ms = _ms(word.start)
        yield SpokenWord(
            text=written,
            start_ms=start_ms,
            end_ms=max(start_ms, _ms(word.end)),
            confidence=_confidence(word, segments),
        )


def _written(word: str, text: str, position: int) -> tuple[int, str]:
    """Return the word with the punctuation that the text has after it, which OpenAI's words lack, and where it ends."""
    start = text.find(word, position)
    if start < 0:
        return position, word
    end = start + len(word)
    while end < len(text) and not text[end].isspace() and not text[end].isalnum():
        end += 1
    return end, text[start:end]


def _confidence(word: _Word, segments: Sequence[_Segment]) -> float | None:
    middle = (word.start + word.end) / 2
    means = (part.avg_logprob for part in segments if part.start <= middle <= part.end)
    mean = next(means, None)
    value = word.probability if word.probability is not None else None if mean is None else math.exp(min(0.0, mean))
    return None if value is None else max(0.0, min(1.0, value))


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1_000))
