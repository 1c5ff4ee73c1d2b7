"""Aligning texts with a recording: senone scores once, then any number of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.pronunciation.alignment.gains import Gains, gains, presences
from workers.engines.pronunciation.alignment.graph import loop_network, text_network
from workers.engines.pronunciation.alignment.path import AlignedChain, best_path
from workers.engines.pronunciation.alignment.viterbi import Liberty, search
from workers.engines.pronunciation.goodness import Goodness, Judge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workers.engines.pronunciation.acoustic.model import AcousticModel


#: Nats for a word that is left out, where all is free.
_SKIP_COST = 15.0


@dataclass(frozen=True)
class AlignedWord:
    """A word of the text in time, its phones measured."""

    start: int
    end: int
    variant: int
    phones: tuple[Goodness, ...]


@dataclass(frozen=True)
class Silence:
    """A silence at a boundary of the text."""

    boundary: int
    start: int
    end: int
    fit: float
    """Log likelihood per frame, relative to the best of all senones."""


@dataclass(frozen=True)
class Alignment:
    """A text in time."""

    words: tuple[AlignedWord | None, ...]
    """None for a word that the recording has no room for."""
    silences: tuple[Silence, ...]
    gains: Gains
    score: float
    """Log likelihood of the best path."""
    frames: int

    def silent_frames(self, boundary: int) -> int:
        """Return for how long it is silent there."""
        return sum(silence.end - silence.start for silence in self.silences if silence.boundary == boundary)

    @property
    def phones(self) -> list[Goodness]:
        """All phones of all words, in the order of time."""
        return [phone for word in self.words if word is not None for phone in word.phones]


def align(
    model: AcousticModel,
    scores: NDArray[np.float32],
    texts: Sequence[Sequence[Sequence[tuple[str, ...]]]],
    *,
    checkpoint: Callable[[], None],
) -> list[Alignment]:
    """Align each of the texts, given by their words' pronunciations, with senone scores (frame, senone)."""
    networks = [text_network(model, text) for text in texts]
    backwards = [network.reversed() for network in networks]
    found = search(scores, [*networks, loop_network(model)], backwards, checkpoint=checkpoint)
    loop = found[len(texts)].best[:, 0]
    free = search(scores, networks, backwards, liberty=_free(loop), checkpoint=checkpoint)
    judge = Judge(model, scores)
    alignments = []
    for number, text in enumerate(texts):
        ahead, behind = found[number], found[len(texts) + 1 + number]
        presence = presences(free[number], free[len(texts) + number], _SKIP_COST)
        changes = gains(ahead.best, behind.best[::-1, ::-1], loop, presence)
        path = best_path(ahead)
        alignments.append(
            Alignment(
                words=_words(judge, path, len(text)),
                silences=_silences(model, scores, path),
                gains=changes,
                score=float(ahead.best[-1, -1]),
                frames=len(scores),
            )
        )
    return alignments


def _free(loop: NDArray[np.float64]) -> Liberty:
    return Liberty(skip_cost=_SKIP_COST, loop=loop)


def _words(judge: Judge, path: Sequence[AlignedChain], count: int) -> tuple[AlignedWord | None, ...]:
    words: list[AlignedWord | None] = [None] * count
    for part in path:
        if part.chain.word is not None:
            words[part.chain.word] = AlignedWord(part.start, part.end, part.chain.variant, tuple(judge.judge(part)))
    return tuple(words)


def _silences(model: AcousticModel, scores: NDArray[np.float32], path: Sequence[AlignedChain]) -> tuple[Silence, ...]:
    senones = model.definition.base_senones(model.definition.silence)
    return tuple(
        Silence(
            part.chain.entry,
            part.start,
            part.end,
            float(scores[part.start : part.end][:, senones].max(axis=1).mean()),
        )
        for part in path
        if part.chain.word is None
    )
