"""Words to segments: about a sentence each, or what one speaker says at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.kinds.transcription import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemas.kinds.transcription import SpokenWord

#: A silence this long ends a segment.
PAUSE_MS = 1_000
_SENTENCE_ENDS = tuple(".?!…。？！")  # noqa: RUF001 - East Asian ones, too


def segments_of(words: Sequence[SpokenWord], text: str) -> tuple[Segment, ...]:
    """Divide the words where a sentence ends, the speaker changes or there is a pause of `PAUSE_MS`.

    Args:
        words: in the order of their times, punctuation attached.
        text: the whole text; a segment's is a part of it, with the spaces that the language has.
    """
    spans = list(_spans(words, text))
    segments, start = [], 0
    for end in range(1, len(words) + 1):
        if end == len(words) or _divides(words[end - 1], words[end]):
            segments.append(_segment(words[start:end], spans[start:end], text))
            start = end
    return tuple(segments)


def _divides(word: SpokenWord, following: SpokenWord) -> bool:
    return (
        word.text.endswith(_SENTENCE_ENDS)
        or word.speaker != following.speaker
        or following.start_ms - word.end_ms >= PAUSE_MS
    )


def _segment(words: Sequence[SpokenWord], spans: Sequence[tuple[int, int] | None], text: str) -> Segment:
    first, last = spans[0], spans[-1]
    found = text[first[0] : last[1]] if first and last else " ".join(word.text for word in words)
    return Segment(
        text=found,
        start_ms=words[0].start_ms,
        end_ms=max(word.end_ms for word in words),
        speaker=words[0].speaker,
    )


def _spans(words: Sequence[SpokenWord], text: str) -> Iterator[tuple[int, int] | None]:
    """Find the words in the text, one after the other; None for one that is spelled otherwise there."""
    position = 0
    for word in words:
        start = text.find(word.text, position)
        if start < 0:
            yield None
        else:
            position = start + len(word.text)
            yield start, position
