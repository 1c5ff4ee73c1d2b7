"""How steadily a text was read: speaking rate, pauses, and a score made of both.

Articulation rate and silent pauses are what listeners' judgements of fluency follow most: Cucchiarini, Strik and
Boves (2000), https://doi.org/10.1121/1.428279. The curves are ours, set so that a learner's usual reading (8.9 phones
a second for adults, 7.8 for children, 7 % of the time in pauses) scores about 90; no human scores validate them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.kinds.pronunciation import SpeakingRate

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Shorter silences belong to stops and to the change from word to word.
MIN_PAUSE_MS = 200
#: A reader may take this long where the text has punctuation.
PUNCTUATION_MS = 700
_SLOW_PPS, _SLOW_SPREAD = 4.5, 1.0
_FAST_PPS, _FAST_SPREAD = 20.0, 1.0
_PAUSE_SCALE = 0.3


@dataclass(frozen=True, kw_only=True)
class Read:
    """A word that was said."""

    start_ms: int
    end_ms: int
    phones: int | None
    """How many it has; None where nobody knows."""
    in_text: bool = True
    """False for what was said beside the text."""
    pause_after: bool = False
    """Whether the text has punctuation behind it."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Rate and pauses of a reading."""

    rate: SpeakingRate
    pauses: tuple[tuple[int, int], ...]
    """Start and end in milliseconds of silences of 200 ms and more between two words."""
    score: float
    """Fluency, 0 to 100."""


def delivery(said: Sequence[Read], silences: Sequence[tuple[int, int]]) -> Delivery | None:
    """Measure a reading; None where no word of the text was read.

    Where phones are not known, the score says how steady the reading is, and nothing about its pace.

    Args:
        said: in the order of time.
        silences: start and end of each in milliseconds.
    """
    read = [word for word in said if word.in_text]
    first, last = (read[0].start_ms, max(word.end_ms for word in read)) if read else (0, 0)
    if last <= first:
        return None
    pauses = tuple(
        (start, end) for start, end in silences if end - start >= MIN_PAUSE_MS and start >= first and end <= last
    )
    paused_ms = sum(end - start for start, end in pauses)
    per_second = _phones_per_second(said, last - first - paused_ms)
    broken = sum(max(0, end - start - _allowed_ms(start, said)) for start, end in pauses) / (last - first)
    pace = 1.0 if per_second is None else _pace(per_second)
    rate = SpeakingRate(
        words_per_minute=round(len(read) * 60_000 / (last - first), 1),
        phones_per_second=per_second,
        pause_ratio=round(min(1.0, paused_ms / (last - first)), 4),
    )
    return Delivery(rate=rate, pauses=pauses, score=100 * pace * math.exp(-broken / _PAUSE_SCALE))


def _phones_per_second(said: Sequence[Read], articulated_ms: int) -> float | None:
    """Phones of the text per second of speech, without what was said beside it."""
    first, last = said[0].start_ms, said[-1].end_ms
    beside_ms = sum(word.end_ms - word.start_ms for word in said if not word.in_text and first < word.start_ms < last)
    phones = [word.phones for word in said if word.in_text]
    known = [count for count in phones if count is not None]
    if len(known) < len(phones):
        return None
    return round(sum(known) * 1000 / max(articulated_ms - beside_ms, 10), 2)


def _allowed_ms(pause_ms: int, said: Sequence[Read]) -> int:
    """How much of a pause is no fault: all of a short one, more behind punctuation."""
    before = [word for word in said if word.start_ms < pause_ms]
    return PUNCTUATION_MS if before and before[-1].pause_after else MIN_PAUSE_MS


def _pace(per_second: float) -> float:
    slow = 1 / (1 + math.exp((_SLOW_PPS - per_second) / _SLOW_SPREAD))
    fast = 1 / (1 + math.exp(min(50.0, (per_second - _FAST_PPS) / _FAST_SPREAD)))
    return slow * fast
