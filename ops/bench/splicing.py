"""Recordings whose errors are known, because they were made: words cut out, added or swapped in the sound itself.

A text can be echoed without listening; a changed recording can't. Times are those of a forced alignment; splices are
blended over 5 ms so that no click gives them away.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.ports import RECORDING_HZ
from workers.engines.pronunciation.acoustic.frontend import SHIFT
from workers.engines.pronunciation.acoustic.model import load_model
from workers.engines.pronunciation.alignment.aligner import align

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from ops.calibrate.corpus import Utterance
    from workers.engines.pronunciation.lexicon import Phones

_BLEND = RECORDING_HZ // 200
#: Added words are the speaker's own from another recording, or another speaker's.
_OWN_SHARE = 0.7
_TRIES = 50


class Change(StrEnum):
    """What was done to the sound."""

    NONE = "none"
    CUT = "cut"
    ADDED = "added"
    SWAPPED = "swapped"


@dataclass(frozen=True)
class Aligned:
    """An utterance and when each of its words is said, in samples."""

    utterance: Utterance
    samples: NDArray[np.int16]
    spans: tuple[tuple[int, int], ...]

    def sound(self, word: int) -> NDArray[np.int16]:
        """Return the samples of a word."""
        start, end = self.spans[word]
        return self.samples[start:end]


@dataclass(frozen=True)
class Spliced:
    """A recording that is not what its text says at one place."""

    utterance: Utterance
    samples: NDArray[np.int16]
    change: Change
    place: int = 0
    """The word that was cut out or swapped; the gap that another was put into, 0 to the number of words."""


def aligned(utterance: Utterance, pronunciations: Callable[[str], Sequence[Phones]]) -> Aligned | None:
    """Find when each word is said; None where the recording has no room for one, or a word has no sounds."""
    model = load_model()
    samples = utterance.samples()
    sounds = [tuple(pronunciations(word)) for word in utterance.words]
    if not all(sounds):
        return None
    (alignment,) = align(model, model.scores(samples), [sounds], checkpoint=lambda: None)
    spans = [(word.start * SHIFT, word.end * SHIFT) for word in alignment.words if word is not None]
    return Aligned(utterance, samples, tuple(spans)) if len(spans) == len(sounds) else None


class Splicer:
    """Makes the changes; the same seed makes the same ones."""

    def __init__(self, corpus: Sequence[Aligned], *, seed: int) -> None:
        self._corpus = corpus
        self._random = Random(seed)  # noqa: S311 - to be repeatable

    def changed(self, one: Aligned) -> Iterator[Spliced]:
        """Yield the recording as it is, then with a word cut out, with one added, with one swapped."""
        yield Spliced(one.utterance, one.samples, Change.NONE)
        count = len(one.spans)
        if count > 1:
            yield self._cut(one, self._random.randrange(count))
        for change in (Change.ADDED, Change.SWAPPED):
            sound = self._another(one)
            if sound is not None and change is Change.ADDED:
                yield self._added(one, self._random.randrange(count + 1), sound)
            elif sound is not None:
                yield self._swapped(one, self._random.randrange(count), sound)

    @staticmethod
    def _cut(one: Aligned, word: int) -> Spliced:
        start, end = one.spans[word]
        return Spliced(one.utterance, joined([one.samples[:start], one.samples[end:]]), Change.CUT, word)

    @staticmethod
    def _added(one: Aligned, gap: int, sound: NDArray[np.int16]) -> Spliced:
        at = one.spans[gap][0] if gap < len(one.spans) else one.spans[-1][1]
        return Spliced(one.utterance, joined([one.samples[:at], sound, one.samples[at:]]), Change.ADDED, gap)

    @staticmethod
    def _swapped(one: Aligned, word: int, sound: NDArray[np.int16]) -> Spliced:
        start, end = one.spans[word]
        samples = joined([one.samples[:start], sound, one.samples[end:]])
        return Spliced(one.utterance, samples, Change.SWAPPED, word)

    def _another(self, one: Aligned) -> NDArray[np.int16] | None:
        """The sound of a word that this text has not."""
        others = [other for other in self._corpus if other is not one]
        own = [other for other in others if other.utterance.speaker == one.utterance.speaker]
        donors = own if own and self._random.random() < _OWN_SHARE else others
        for _ in range(_TRIES if donors else 0):
            donor = self._random.choice(donors)
            word = self._random.randrange(len(donor.spans))
            if donor.utterance.words[word] not in one.utterance.words:
                return donor.sound(word)
        return None


def joined(parts: Sequence[NDArray[np.int16]]) -> NDArray[np.int16]:
    """Join sounds, each blended into the next over 5 ms or as much of it as there is."""
    whole = parts[0].astype(np.float64)
    for part in parts[1:]:
        blend = min(_BLEND, len(whole), len(part))
        rise = np.linspace(0, 1, blend)
        seam = whole[len(whole) - blend :] * (1 - rise) + part[:blend] * rise
        whole = np.concatenate([whole[: len(whole) - blend], seam, part[blend:]])
    return np.clip(np.rint(whole), -32_768, 32_767).astype(np.int16)
