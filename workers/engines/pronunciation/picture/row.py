"""A few seconds of the picture: words above the waveform, phones below it, pauses in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.picture.canvas import (
    HEAD_PX,
    MARGIN_PX,
    ROW_PX,
    WIDTH_PX,
    element,
    escaped,
    label,
    width_px,
)
from workers.engines.pronunciation.picture.heading import swatch
from workers.engines.pronunciation.picture.style import level_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from schemas.kinds.pronunciation import Phoneme, WordScore
    from workers.engines.pronunciation.picture.heading import Drawn

_HZ = 16_000
_COLUMN_PX = 3
_LANES, _LANE_PX = 3, 17
_BAND_Y = 60
_BAND_PX = 8
_WAVE_Y, _WAVE_PX = 74, 70
_BAR_Y, _BAR_PX = 196, 40
_AXIS_Y = 226
_LABEL_GAP_PX = 6
#: A bar that is narrower has no room for its letter.
_LETTER_PX = 6


@dataclass(frozen=True)
class Row:
    """One stretch of the recording and its place in the picture."""

    index: int
    start_ms: int
    end_ms: int
    is_last: bool

    @property
    def top(self) -> int:
        """Where it begins, in pixels."""
        return HEAD_PX + self.index * ROW_PX

    def x(self, ms: float) -> float:
        """Where a moment is, in pixels; within the row."""
        share = (min(max(ms, self.start_ms), self.end_ms) - self.start_ms) / (self.end_ms - self.start_ms)
        return MARGIN_PX + share * (WIDTH_PX - 2 * MARGIN_PX)

    def holds(self, start_ms: int, end_ms: int) -> bool:
        """Whether any of a stretch is in the row."""
        return start_ms < self.end_ms and end_ms > self.start_ms


def row_svg(row: Row, drawn: Drawn, samples: NDArray[np.int16]) -> str:
    """Draw one row."""
    timed = [
        (word.start_ms, word.end_ms, word)
        for word in drawn.words
        if word.start_ms is not None and word.end_ms is not None and row.holds(word.start_ms, word.end_ms)
    ]
    pieces = [
        *(_pause(row, start, end) for start, end in drawn.pauses if row.holds(start, end)),
        _wave(row, timed, samples),
        *(_band(row, start, end, word) for start, end, word in timed),
        *_bars(row, [phoneme for _, _, word in timed for phoneme in word.phonemes]),
        *_labels(row, drawn.words),
        _axis(row),
    ]
    return element("g", "".join(pieces), transform=f"translate(0 {row.top})")


def _pause(row: Row, start_ms: int, end_ms: int) -> str:
    x, width = row.x(start_ms), row.x(end_ms) - row.x(start_ms)
    field = element("rect", x=x, y=_WAVE_Y, width=width, height=_WAVE_PX, fill="url(#pause)")
    if start_ms < row.start_ms:
        return field
    return field + label(f"{(end_ms - start_ms) / 1000:.1f} s", x + width / 2, _WAVE_Y + _WAVE_PX + 11, "small mid")


def _wave(row: Row, timed: Sequence[tuple[int, int, WordScore]], samples: NDArray[np.int16]) -> str:
    """Draw the waveform as upright strokes, each in the colour of its word."""
    peak = max(1.0, float(np.abs(samples.astype(np.int32)).max(initial=0)))
    columns = int((WIDTH_PX - 2 * MARGIN_PX) // _COLUMN_PX)
    edges = np.linspace(row.start_ms, row.end_ms, columns + 1) * _HZ / 1000
    strokes: dict[str, list[str]] = {}
    for column, (low, high) in enumerate(zip(edges[:-1].astype(int), edges[1:].astype(int), strict=True)):
        piece = samples[low:high]
        if not len(piece):
            break
        at_ms = low * 1000 / _HZ
        level = next((level_of(word.accuracy) for start, end, word in timed if start <= at_ms < end), "rest")
        half = max(1, round(float(np.abs(piece.astype(np.int32)).max()) / peak * _WAVE_PX / 2))
        x = MARGIN_PX + column * _COLUMN_PX + 1
        strokes.setdefault(level, []).append(f"M{x} {_WAVE_Y + _WAVE_PX // 2 - half}v{2 * half}")
    return "".join(element("path", class_=f"wave {level}", d="".join(path)) for level, path in strokes.items())


def _band(row: Row, start_ms: int, end_ms: int, word: WordScore) -> str:
    x, width = row.x(start_ms), row.x(end_ms) - row.x(start_ms)
    return swatch(x, _BAND_Y, max(1.0, width - 1), _BAND_PX, level_of(word.accuracy))


def _bars(row: Row, phonemes: Sequence[Phoneme]) -> Iterator[str]:
    """Draw each phone's score as a bar, one path per level, and its IPA below."""
    paths: dict[str, list[str]] = {}
    letters: list[str] = []
    for phone in phonemes:
        if not row.holds(phone.start_ms, phone.end_ms):
            continue
        x, right = round(row.x(phone.start_ms)), round(row.x(phone.end_ms))
        height = round((phone.accuracy or 0) / 100 * _BAR_PX) + 1
        shape = f"M{x} {_BAR_Y}v-{height}h{max(1, right - x - 1)}v{height}z"
        paths.setdefault(level_of(phone.accuracy), []).append(shape)
        if right - x >= _LETTER_PX * len(phone.ipa):
            letters.append(element("tspan", escaped(phone.ipa), x=round((x + right) / 2)))
    for level, shapes in paths.items():
        yield element("path", class_=level, d="".join(shapes))
        if level in {"fair", "poor"}:
            yield element("path", fill=f"url(#{level})", d="".join(shapes))
    if letters:
        yield element("text", "".join(letters), y=_BAR_Y + 12, class_="ipa")


def _labels(row: Row, words: Sequence[WordScore]) -> Iterator[str]:
    """Write each word above its place, in the first lane that has room; missed words where they should have been."""
    ends = [float(-WIDTH_PX)] * _LANES
    for middle_ms, word in _placed(words):
        if not (row.start_ms <= middle_ms < row.end_ms or (row.is_last and middle_ms >= row.end_ms)):
            continue
        text, style = _caption(word)
        width = width_px(text)
        x = min(max(row.x(middle_ms), MARGIN_PX + width / 2), WIDTH_PX - MARGIN_PX - width / 2)
        lane = next((lane for lane in range(_LANES) if ends[lane] + _LABEL_GAP_PX <= x - width / 2), None)
        if lane is None:
            lane = min(range(_LANES), key=ends.__getitem__)
            x = min(ends[lane] + _LABEL_GAP_PX + width / 2, WIDTH_PX - MARGIN_PX - width / 2)
        ends[lane] = x + width / 2
        y = _BAND_Y - 7 - lane * _LANE_PX
        if lane:
            yield element("path", class_="lead", d=f"M{row.x(middle_ms):.0f} {_BAND_Y}V{y + 3}")
        yield label(text, x, y, style)


def _placed(words: Sequence[WordScore]) -> Iterator[tuple[float, WordScore]]:
    """Words and the moments at which they stand; one without is put behind the word before it."""
    last_ms = 0.0
    for word in words:
        if word.start_ms is not None and word.end_ms is not None:
            yield (word.start_ms + word.end_ms) / 2, word
            last_ms = word.end_ms
        else:
            yield last_ms, word


def _caption(word: WordScore) -> tuple[str, str]:
    if word.error_type == "insertion":
        return f"+{word.text or ''}", "word"
    if word.error_type == "omission":
        return word.text or "", "missed"
    score = "" if word.accuracy is None else f" {word.accuracy:.0f}"
    return f"{word.text}{score}", "word"


def _axis(row: Row) -> str:
    seconds = range(-(-row.start_ms // 1000), row.end_ms // 1000 + 1)
    ticks = "".join(f"M{row.x(second * 1000):.0f} {_AXIS_Y - 12}v4" for second in seconds)
    marks = "".join(
        element("tspan", f"{second} s", x=round(row.x(second * 1000)) + 3)
        for second in seconds
        if second * 1000 < row.end_ms
    )
    return element("path", class_="lead", d=ticks) + element("text", marks, y=_AXIS_Y - 4, class_="small")
