"""From samples and a text to what of the text was said: decoded, verified, placed in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from workers.engines.pocketsphinx.pieces import pieces
from workers.engines.pocketsphinx.reading.decoding import place, read
from workers.engines.pocketsphinx.reading.verifying import OTHER_FROM, REPEAT_FROM, REPEATED_FROM, SAID_FROM, judge
from workers.engines.pronunciation.acoustic.frontend import SAMPLE_RATE_HZ, SHIFT, WINDOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workers.engines.pocketsphinx.reading.decoding import Said
    from workers.engines.pocketsphinx.reading.network import Unit
    from workers.engines.pocketsphinx.reading.verifying import Judged
    from workers.engines.pronunciation.acoustic.model import AcousticModel
    from workers.engines.pronunciation.calibration import Calibration

#: Longest piece of a recording that is decoded at once.
PIECE_S = 16.0
#: How far ahead in the text a piece may reach: nobody reads faster, and some lines may be skipped.
_UNITS_PER_S, _SLACK = 5, 24
#: Runs of so many skipped words are looked at again: the decoder may have missed them.
_DOUBTED = 2
#: Shortest other speech that is told, in frames; less is a slip between two words.
_SHORTEST_OTHER = 10


@dataclass(frozen=True)
class Heard:
    """A unit of the text, or other speech, as it was heard."""

    unit: int | None
    """Which unit of the text; None for other speech."""
    start: int
    """First frame of the recording."""
    end: int
    """One past the last."""
    confidence: float
    """Probability, 0 to 1."""
    again: bool = False
    """It is said twice; this is not the one that is in its place."""


class Reader:
    """Reads along; holds no state between recordings."""

    def __init__(self, model: AcousticModel, calibration: Calibration) -> None:
        self._model = model
        self._calibration = calibration

    def read(
        self, samples: NDArray[np.int16], units: Sequence[Unit], *, checkpoint: Callable[[float], None]
    ) -> Iterator[Heard]:
        """Find what of a text was said in mono PCM s16 at 16 kHz, in the order of time.

        `checkpoint` is told which fraction is done, about once per second of audio, and may raise to give up.
        """
        at = 0
        for start, piece in pieces(samples, longest_s=PIECE_S):
            if len(piece) < WINDOW:
                continue
            first, offset = at, start // SHIFT
            last = min(len(units), first + _SLACK + _UNITS_PER_S * len(piece) // SAMPLE_RATE_HZ)
            part = _Part(self, self._model.scores(piece), units[first:last], partial(checkpoint, start / len(samples)))
            is_whole = start + len(piece) == len(samples) and last == len(units)
            for heard in part.heard(is_whole=is_whole):
                unit = None if heard.unit is None else heard.unit + first
                at = at if unit is None else max(at, unit + 1)
                yield replace(heard, unit=unit, start=heard.start + offset, end=heard.end + offset)

    def confidences(
        self, samples: NDArray[np.int16], units: Sequence[Unit], *, checkpoint: Callable[[], None]
    ) -> tuple[float, ...]:
        """Return for each unit how likely it was said, in a recording of a piece's length that should hold all."""
        return self.judge(self._model.scores(samples), units, checkpoint).said

    def judge(self, scores: NDArray[np.float32], units: Sequence[Unit], checkpoint: Callable[[], None]) -> Judged:
        """Judge units against senone scores."""
        return judge(self._model, self._calibration, scores, units, checkpoint=checkpoint)

    @property
    def model(self) -> AcousticModel:
        """The acoustic model."""
        return self._model


@dataclass(frozen=True)
class _Supposed:
    """A unit that may have been said."""

    unit: int
    confidence: float = 0.0
    again: bool = False


@dataclass(frozen=True)
class _Part:
    """A piece of the recording, and what of the text may be in it."""

    reader: Reader
    scores: NDArray[np.float32]
    units: Sequence[Unit]
    checkpoint: Callable[[], None]

    def heard(self, *, is_whole: bool) -> Iterator[Heard]:
        """Decode, verify, look for repeats, place."""
        supposed = with_doubted(self._read(is_whole=is_whole), len(self.units) if is_whole else 0)
        words = self._verified([_Supposed(unit) for unit in supposed], SAID_FROM)
        words, others = self._with_repeats(words)
        units = [self.units[word.unit] for word in words]
        open_at = [gap for gap, probability in enumerate(others) if probability >= OTHER_FROM]
        for one in place(self.reader.model, self.scores, units, open_at=open_at, checkpoint=self.checkpoint):
            if one.unit is not None:
                word = words[one.unit]
                yield Heard(word.unit, one.start, one.end, word.confidence, word.again)
            elif one.end - one.start >= _SHORTEST_OTHER:
                yield Heard(None, one.start, one.end, others[one.boundary])

    def _read(self, *, is_whole: bool) -> list[Said]:
        if not self.units:
            return []
        return read(self.reader.model, self.scores, self.units, is_whole=is_whole, checkpoint=self.checkpoint)

    def _judge(self, words: Sequence[_Supposed]) -> Judged:
        return self.reader.judge(self.scores, [self.units[word.unit] for word in words], self.checkpoint)

    def _verified(self, words: Sequence[_Supposed], at_least: float) -> list[_Supposed]:
        """Those that were really said."""
        said = self._judge(words).said if words else ()
        sure = [replace(word, confidence=probability) for word, probability in zip(words, said, strict=True)]
        return [word for word in sure if word.confidence >= at_least]

    def _with_repeats(self, words: list[_Supposed]) -> tuple[list[_Supposed], tuple[float, ...]]:
        """Put words that are said twice to those that are said; with what is in the gaps of all."""
        if not words:
            return [], (1.0,)
        others = self._judge(words).other
        for gap in reversed(range(len(others))):
            if others[gap] >= REPEAT_FROM:
                words = self._repeated(words, gap)
        return words, self._judge(words).other

    def _repeated(self, words: list[_Supposed], gap: int) -> list[_Supposed]:
        """Say the words before or behind a gap once more, if they are surely there."""
        runs = ((gap - 1, gap), (gap, gap + 1), (gap - 2, gap), (gap - 3, gap))
        for first, last in (run for run in runs if run[0] >= 0 and run[1] <= len(words)):
            again = [replace(word, again=True) for word in words[first:last]]
            trial = [*words[:gap], *again, *words[gap:]]
            said = self._judge(trial).said
            if min(said[gap : gap + len(again)]) >= REPEATED_FROM:
                return [replace(word, confidence=sure) for word, sure in zip(trial, said, strict=True)]
        return words


def with_doubted(said: Sequence[Said], end: int) -> list[int]:
    """Return the units of a decoding, with those back in that it skipped in short runs.

    Those before `end` that it left out at the end are among them; other speech is not.
    """
    units: list[int] = []
    for unit in (one.unit for one in said if one.unit is not None):
        units += [*_run(units, unit), unit]
    return [*units, *_run(units, end)]


def _run(units: Sequence[int], end: int) -> range:
    """What is missing before `end`, if that is little."""
    at = units[-1] + 1 if units else 0
    return range(at, end) if end - at <= _DOUBTED else range(0)
