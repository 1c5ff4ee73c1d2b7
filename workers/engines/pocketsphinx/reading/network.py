"""A read text as a network of HMM states: its words in order, skips, repeats, and any other sounds.

The same chains between boundaries as pronunciation scoring aligns with, in `workers.engines.pronunciation.alignment`;
besides, chains that lead past words or back, and at boundaries a free loop of phones: whatever is said there that the
text has not (a "garbage model": Wilpon et al. 1990, "Automatic recognition of keywords in unconstrained speech using
hidden Markov models").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.pronunciation.alignment.graph import (
    LOOP_COST,
    SILENCE_COST,
    Chain,
    Network,
    alone,
    contexts_of,
    network,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from workers.engines.pronunciation.acoustic.model import AcousticModel

Phones = tuple[str, ...]
Unit = tuple[Phones, ...]
"""What is said in one go, in all its pronunciations; phones are ARPAbet without stress."""


#: Nats for going on with the next word, or with the one after 1, 2, ... skipped ones.
AHEAD_COSTS = (0.0, 30.0, 40.0, 50.0)
#: For starting anywhere in the text.
START_COST = 60.0
#: Per frame of other speech: a loop of phones fits everything, the more so the longer. Less where it is known that
#: there is some.
OTHER_COST, KNOWN_OTHER_COST = 5.0, 1.0


def reading_network(model: AcousticModel, units: Sequence[Unit]) -> Network:
    """Return the network of a text of N units that may be skipped, with other speech anywhere.

    Boundary i is before unit i, N the end.
    """
    builder = _Builder(model, units)
    boundaries = range(len(units) + 1)
    other = builder.other(boundaries, OTHER_COST)
    return network(model, [*builder.silences(), *other, *builder.words(), *builder.skips()])


def placing_network(model: AcousticModel, units: Sequence[Unit], open_at: Collection[int]) -> Network:
    """Return the network of a text that is said as it is, but for some boundaries.

    At the boundaries `open_at` something else is said as well.
    """
    builder = _Builder(model, units)
    other = builder.other(open_at, KNOWN_OTHER_COST if units else OTHER_COST)
    return network(model, [*builder.silences(), *other, *builder.words()])


def is_silence(model: AcousticModel, chain: Chain) -> bool:
    """Whether a chain is silence rather than a word or other speech."""
    return chain.phones == (model.definition.silence,)


class _Builder:
    def __init__(self, model: AcousticModel, units: Sequence[Unit]) -> None:
        self._model = model
        self._silence = model.definition.silence
        numbers = model.definition.numbers
        self._units = [[tuple(numbers[phone] for phone in phones) for phones in unit] for unit in units]

    def silences(self) -> Iterator[Chain]:
        """Silence at each boundary."""
        for boundary in range(len(self._units) + 1):
            yield alone(self._model, self._silence, boundary, SILENCE_COST)

    def other(self, boundaries: Collection[int], cost: float) -> Iterator[Chain]:
        """Any sounds."""
        for boundary in boundaries:
            for phone in self._model.definition.speech:
                yield alone(self._model, phone, boundary, LOOP_COST, frame_cost=cost)

    def words(self) -> Iterator[Chain]:
        """Each word from its boundary to the next."""
        for word in range(len(self._units)):
            yield from self._word(word, word, word + 1, 0.0)

    def skips(self) -> Iterator[Chain]:
        """Each word from where it may be skipped to."""
        for word in range(1, len(self._units)):
            for skipped in range(1, min(word + 1, len(AHEAD_COSTS))):
                yield from self._word(word, word - skipped, word + 1, AHEAD_COSTS[skipped])
            if word >= len(AHEAD_COSTS):
                yield from self._word(word, 0, word + 1, START_COST)

    def _word(self, word: int, entry: int, end: int, cost: float) -> Iterator[Chain]:
        """Across words, contexts are those of the neighbours' first pronunciations."""
        left = self._units[entry - 1][0][-1] if entry else self._silence
        right = self._units[word + 1][0][0] if word + 1 < len(self._units) else self._silence
        for variant, phones in enumerate(self._units[word]):
            yield Chain(entry, end, phones, contexts_of(left, phones, right), -cost, word, variant)
