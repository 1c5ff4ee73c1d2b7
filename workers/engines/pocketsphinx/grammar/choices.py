"""Phrases or sentences of a grammar, in their own spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.errors import PermanentError
from workers.engines.pocketsphinx.grammar.choosing import choose
from workers.engines.pocketsphinx.reading.reader import PIECE_S, Reader
from workers.engines.pocketsphinx.words import spoken
from workers.engines.ports import RECORDING_HZ
from workers.engines.pronunciation.acoustic.frontend import SHIFT, WINDOW
from workers.engines.pronunciation.acoustic.model import load_model
from workers.engines.pronunciation.calibration import shipped_calibration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from schemas.kinds.transcription import SpokenWord
    from workers.engines.pocketsphinx.grammar.automaton import Automaton
    from workers.engines.pocketsphinx.grammar.choosing import Chosen
    from workers.engines.ports import Call

#: Longest recording in which a choice is made: it is made once, for the whole.
MAX_S = 60
_PIECE = int(PIECE_S * RECORDING_HZ) // SHIFT


class Choices:
    """What may be said, and what of it is."""

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton

    def heard(self, samples: NDArray[np.int16], call: Call) -> list[SpokenWord]:
        """Return the likeliest choice in mono PCM s16 at 16 kHz; nothing where none fits at all.

        Raises:
            PermanentError: `audio_too_long`.
        """
        if len(samples) > MAX_S * RECORDING_HZ:
            raise PermanentError(
                "audio_too_long",
                f"Phrases and grammars are looked for in recordings of up to {MAX_S} s. Give a shorter one.",
                engine="pocketsphinx",
            )
        call.progress(None, "listening")
        chosen = choose(samples, self._automaton)
        confidences = [sure for piece in _pieces(chosen) for sure in _confidences(samples, piece, call)]
        pairs = list(zip(chosen, confidences, strict=True))
        return [_word(group) for group in _tokens(pairs)]


def _confidences(samples: NDArray[np.int16], chosen: Sequence[Chosen], call: Call) -> tuple[float, ...]:
    """How likely each was said, judged by the sounds alone."""
    model = load_model()
    reader = Reader(model, shipped_calibration(model.definition))
    piece = samples[chosen[0].start * SHIFT : chosen[-1].end * SHIFT + WINDOW]
    units = [one.place.token.units[one.place.unit] for one in chosen]
    return reader.confidences(piece, units, checkpoint=lambda: call.progress(None))


def _pieces(chosen: Sequence[Chosen]) -> Iterator[list[Chosen]]:
    """Runs that are no longer than a piece; a longer word is a run of its own."""
    run: list[Chosen] = []
    for one in chosen:
        if run and one.end - run[0].start > _PIECE:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _tokens(pairs: Sequence[tuple[Chosen, float]]) -> Iterator[list[tuple[Chosen, float]]]:
    """Units of one token, one behind the other."""
    group: list[tuple[Chosen, float]] = []
    for pair in pairs:
        if group and pair[0].place.unit == 0:
            yield group
            group = []
        group.append(pair)
    if group:
        yield group


def _word(group: Sequence[tuple[Chosen, float]]) -> SpokenWord:
    token = group[0][0].place.token
    confidence = sum(sure for _, sure in group) / len(group)
    return spoken(token.text, group[0][0].start, group[-1][0].end, confidence)
