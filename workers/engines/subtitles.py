"""Subtitles: SubRip and WebVTT files of what was said.

Cues keep to what readers can follow (BBC Subtitle Guidelines, Netflix Timed Text Style Guide): two lines of 42
characters, at most seven seconds, one cue at a time.
"""

from __future__ import annotations

import html
import textwrap
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from schemas.kinds.transcription import Segment, SpokenWord

SRT_MIME, VTT_MIME = "application/x-subrip", "text/vtt"
MAX_LINE = 42
MAX_LINES = 2
MAX_CUE_MS = 7_000
#: A pause within a segment after which a cue of its own begins.
PAUSE_MS = 1_500


@dataclass(frozen=True, kw_only=True)
class Cue:
    """What is shown at one time."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]
    speaker: str | None = None


@dataclass(frozen=True)
class _Token:
    """What can't be broken across lines, and when it is said."""

    text: str
    start_ms: int
    end_ms: int


def cues_of(segments: Sequence[Segment], words: Sequence[SpokenWord]) -> list[Cue]:
    """Cut segments into cues, in order of time and without overlap.

    A segment's own text is shown; `words` say when its parts are spoken, where they are as many as the text has.
    """
    drafts = (cue for segment in segments for cue in _drafts(segment, words))
    return _apart(sorted(drafts, key=lambda cue: cue.start_ms))


def srt(cues: Iterable[Cue]) -> bytes:
    """Write a SubRip file in UTF-8."""
    blocks = (
        f"{number}\n{_clock(cue.start_ms, ',')} --> {_clock(cue.end_ms, ',')}\n{_srt_text(cue)}\n"
        for number, cue in enumerate(cues, 1)
    )
    return "\n".join(blocks).encode()


def vtt(cues: Iterable[Cue]) -> bytes:
    """Write a WebVTT file: https://www.w3.org/TR/webvtt1/."""
    blocks = (f"{_clock(cue.start_ms, '.')} --> {_clock(cue.end_ms, '.')}\n{_vtt_text(cue)}\n" for cue in cues)
    return "\n".join(["WEBVTT\n", *blocks]).encode()


def _clock(ms: int, point: str) -> str:
    seconds, thousandths = divmod(ms, 1_000)
    return f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{thousandths:03}"


def _srt_text(cue: Cue) -> str:
    # SubRip has no escapes: a space without width keeps an arrow from being taken for a time line.
    return "\n".join(cue.lines).replace("-->", "--\u200b>")


def _vtt_text(cue: Cue) -> str:
    text = html.escape("\n".join(cue.lines), quote=False)
    return text if cue.speaker is None else f"<v {html.escape(_plain(cue.speaker), quote=False)}>{text}"


def _drafts(segment: Segment, words: Sequence[SpokenWord]) -> Iterator[Cue]:
    held: list[_Token] = []
    for token in _tokens(segment, words):
        if held and not _fits(held, token):
            yield _cue(held, segment.speaker)
            held = []
        held.append(token)
    if held:
        yield _cue(held, segment.speaker)


def _fits(held: Sequence[_Token], token: _Token) -> bool:
    is_short = token.end_ms - held[0].start_ms <= MAX_CUE_MS and token.start_ms - held[-1].end_ms < PAUSE_MS
    return is_short and len(_lines([*held, token])) <= MAX_LINES


def _cue(tokens: Sequence[_Token], speaker: str | None) -> Cue:
    return Cue(start_ms=tokens[0].start_ms, end_ms=tokens[-1].end_ms, lines=_lines(tokens), speaker=speaker)


def _lines(tokens: Sequence[_Token]) -> tuple[str, ...]:
    text = " ".join(token.text for token in tokens)
    return tuple(textwrap.wrap(text, MAX_LINE, break_long_words=False, break_on_hyphens=False))


def _tokens(segment: Segment, words: Sequence[SpokenWord]) -> list[_Token]:
    """A segment's text by its spaces, in pieces that fit into a line."""
    texts = _plain(segment.text).split()
    said = [word for word in words if _within(word, segment)]
    if len(said) == len(texts):
        whole = [_Token(text, word.start_ms, word.end_ms) for text, word in zip(texts, said, strict=True)]
    else:
        whole = list(_shared(texts, segment.start_ms, segment.end_ms))
    return [piece for token in whole for piece in _pieces(token)]


def _within(word: SpokenWord, segment: Segment) -> bool:
    middle = (word.start_ms + word.end_ms) / 2
    return segment.start_ms <= middle <= segment.end_ms and word.speaker == segment.speaker


def _pieces(token: _Token) -> Iterable[_Token]:
    if len(token.text) <= MAX_LINE:
        return (token,)
    parts = [token.text[at : at + MAX_LINE] for at in range(0, len(token.text), MAX_LINE)]
    return _shared(parts, token.start_ms, token.end_ms)


def _shared(texts: Sequence[str], start_ms: int, end_ms: int) -> Iterator[_Token]:
    """Share out a stretch of time by length of text."""
    total, done = sum(map(len, texts)), 0
    for text in texts:
        begin, done = done, done + len(text)
        yield _Token(
            text, start_ms + (end_ms - start_ms) * begin // total, start_ms + (end_ms - start_ms) * done // total
        )


def _plain(text: str) -> str:
    """Leave out what is no text: line breaks and control characters become spaces."""
    return "".join(" " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character for character in text)


def _apart(drafts: Iterable[Cue]) -> list[Cue]:
    """A cue begins after the one before began, and that ends by then."""
    cues: list[Cue] = []
    for draft in drafts:
        start_ms = draft.start_ms
        if cues:
            start_ms = max(start_ms, cues[-1].start_ms + 1)
            cues[-1] = replace(cues[-1], end_ms=min(cues[-1].end_ms, start_ms))
        end_ms = min(max(draft.end_ms, start_ms + 1), start_ms + MAX_CUE_MS)
        cues.append(replace(draft, start_ms=start_ms, end_ms=end_ms))
    return cues
