"""From Polly's speech marks of each piece to marks in the caller's text and in the whole audio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.kinds.tts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.kinds.tts import MarkType
    from workers.engines.audio.loudness import Loudness
    from workers.engines.polly.pieces import Piece
    from workers.engines.polly.service import SpokenMark


@dataclass(frozen=True, kw_only=True)
class MarkedPiece:
    """A piece, when it is heard, and the marks that Polly gave for it."""

    piece: Piece
    marks: Sequence[SpokenMark]
    start_ms: int
    """Of the piece, in the whole audio."""
    duration_ms: int
    loudness: Loudness
    """Of the piece's own audio."""


def speech_marks(text: str, pieces: Iterable[MarkedPiece], wanted: Sequence[MarkType]) -> tuple[Mark, ...]:
    """Make the marks of the wanted types, in order of time; a sentence stands before its words.

    Polly says when something begins; it ends where the next of its type begins, or the pause before that.
    """
    marks = [mark for piece in pieces for kind in wanted for mark in _of(text, piece, kind)]
    return tuple(sorted(marks, key=lambda mark: (mark.start_ms, mark.start, mark.type != "sentence")))


def _of(text: str, piece: MarkedPiece, kind: MarkType) -> Iterator[Mark]:
    placed = list(_placed(text, piece, kind))
    nexts = [start_ms for start_ms, _, _ in placed[1:]]
    for (start_ms, start, end), next_ms in zip(placed, [*nexts, piece.duration_ms], strict=bool(placed)):
        yield Mark(
            type=kind,
            start_ms=piece.start_ms + start_ms,
            end_ms=piece.start_ms + piece.loudness.ends_ms(start_ms, next_ms),
            start=start,
            end=end,
            text=text[start:end],
        )


def _placed(text: str, piece: MarkedPiece, kind: MarkType) -> Iterator[tuple[int, int, int]]:
    """Each mark's start in the piece's audio, and its characters in the text; neither goes back."""
    latest_ms = 0
    for mark in sorted(
        (mark for mark in piece.marks if mark.type == kind), key=lambda mark: (mark.start_ms, mark.start)
    ):
        span = piece.piece.span(mark.start, mark.end)
        if span is None:
            continue
        start, end = _trimmed(text, *span)
        if start < end:
            latest_ms = min(max(latest_ms, mark.start_ms), piece.duration_ms)
            yield latest_ms, start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without whitespace around it."""
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - (len(inner) - len(inner.rstrip()))
