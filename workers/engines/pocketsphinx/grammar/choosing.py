"""What of an automaton was said: pocketsphinx decodes it as a finite-state grammar.

A decoder is made for each recording: with a dictionary of just these words that takes some 10 ms, and nothing of one
job's words or voice is left for the next.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from workers.engines.pocketsphinx.grammar.automaton import Automaton, Place

_START = 0


@dataclass(frozen=True)
class Chosen:
    """A place of the automaton in time."""

    place: Place
    start: int
    """First frame."""
    end: int
    """One past the last."""


def choose(samples: NDArray[np.int16], automaton: Automaton) -> list[Chosen]:
    """Find the likeliest way through the automaton; empty where none fits mono PCM s16 at 16 kHz at all."""
    with NamedTemporaryFile("w", suffix=".dict", encoding="ascii") as dictionary:
        dictionary.writelines(_dictionary(automaton))
        dictionary.flush()
        decoder = new_decoder(lm=None, dict=dictionary.name)
    final = len(automaton.places) + 1
    grammar = decoder.create_fsg("said", _START, final, list(_transitions(automaton, final)))
    decoder.add_fsg("said", grammar)
    decoder.activate_search("said")
    decode(decoder, samples)
    if decoder.hyp() is None:
        return []
    return [
        Chosen(automaton.places[int(word)], segment.start_frame, segment.end_frame + 1)
        for segment in decoder.seg()
        if (word := plain(segment.word)).isdecimal()
    ]


def new_decoder(**config: str | None) -> Any:  # noqa: ANN401 - pocketsphinx has no types
    """Make a decoder of 16 kHz that logs nothing."""
    from pocketsphinx import Decoder  # noqa: PLC0415 - for those that decode alone

    return Decoder(samprate=16_000, loglevel="FATAL", **config)


def decode(decoder: Any, samples: NDArray[np.int16]) -> None:  # noqa: ANN401 - likewise
    """Feed a whole recording to a decoder; what it heard before makes no difference."""
    with warnings.catch_warnings():
        # "deprecated and unnecessary", but without it noise estimates are carried from recording to recording.
        warnings.simplefilter("ignore", DeprecationWarning)
        decoder.start_stream()
    decoder.start_utt()
    try:
        decoder.process_raw(samples.tobytes(), full_utt=True)
    finally:
        decoder.end_utt()


def plain(word: str) -> str:
    """Return a word of a decoding without the number of its pronunciation, as in "read(2)"."""
    return word.partition("(")[0]


def _dictionary(automaton: Automaton) -> Iterator[str]:
    for number, place in enumerate(automaton.places):
        for variant, phones in enumerate(place.token.units[place.unit], 1):
            yield f"{number}{f'({variant})' if variant > 1 else ''} {' '.join(phones)}\n"


def _transitions(automaton: Automaton, final: int) -> Iterator[tuple[Any, ...]]:
    yield from _words(_START, automaton.first.items())
    for place, following in automaton.follow.items():
        yield from _words(place + 1, following.items())
    for place in automaton.last:
        yield place + 1, final, 1.0


def _words(state: int, following: Iterable[tuple[int, float]]) -> Iterator[tuple[int, int, float, str]]:
    """Each following word with its share of the weights."""
    weights = dict(following)
    total = sum(weights.values())
    for place, weight in weights.items():
        yield state, place + 1, weight / total, str(place)
