"""Words and segments of a result, from what was heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.kinds.transcription import Segment, SpokenWord
from workers.engines.pronunciation.evidence import FRAME_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: What is said in the place of, or beside, what was expected; Kaldi's and Vosk's name for it.
OTHER_SPEECH = "[unk]"
#: A pause as long as this ends a segment.
PAUSE_MS = 600


def spoken(text: str, start: int, end: int, confidence: float, *, again: bool = False) -> SpokenWord:
    """Make a word of frames."""
    return SpokenWord(
        text=text,
        start_ms=start * FRAME_MS,
        end_ms=end * FRAME_MS,
        confidence=round(min(1.0, max(0.0, confidence)), 4),
        is_disfluency=again,
    )


def segments_of(words: Sequence[SpokenWord]) -> tuple[Segment, ...]:
    """Join words between pauses."""
    groups: list[list[SpokenWord]] = []
    for word in words:
        if groups and word.start_ms - groups[-1][-1].end_ms < PAUSE_MS:
            groups[-1].append(word)
        else:
            groups.append([word])
    return tuple(Segment(text=text_of(group), start_ms=group[0].start_ms, end_ms=group[-1].end_ms) for group in groups)


def text_of(words: Iterable[SpokenWord]) -> str:
    """Return the words with spaces between."""
    return " ".join(word.text for word in words)
