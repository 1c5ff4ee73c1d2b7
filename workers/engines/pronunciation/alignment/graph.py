"""What may be heard, as left-to-right chains of HMM states between boundaries.

Of a text with N words: boundary i is before word i, N the end. Each pronunciation of a word is a chain from its
boundary to the next; at each boundary silence may be heard. The free phone loop is one boundary with a chain for every
phone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.engines.pronunciation.acoustic.definition import STATES, Position, position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from workers.engines.pronunciation.acoustic.model import AcousticModel

#: Nats for each silence, and for each phone of the free loop.
SILENCE_COST = 2.0
LOOP_COST = 3.0


@dataclass(frozen=True)
class Context:
    """What is around a phone."""

    left: int
    right: int
    where: Position


@dataclass(frozen=True)
class Chain:
    """A pronunciation of a word, or silence, or a phone of the loop."""

    entry: int
    exit: int
    phones: tuple[int, ...]
    contexts: tuple[Context, ...]
    cost: float
    word: int | None = None
    """Which word of the text; None for silence and the loop."""
    variant: int = 0
    base: bool = False
    """Whether its phones are heard without regard to context."""
    frame_cost: float = 0.0
    """Nats for each frame."""


@dataclass(frozen=True)
class Network:
    """Chains as arrays, sorted by their exits; a chain's state is entered from the one before or from a boundary."""

    chains: tuple[Chain, ...]
    boundaries: int
    senones: NDArray[np.int64]
    stay: NDArray[np.float64]
    enter: NDArray[np.float64]
    """Logarithm of the transition that enters each state; of a chain's first state its cost."""
    leave: NDArray[np.float64]
    """Of each chain: of the transition out of its last state."""
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    entries: NDArray[np.int64]
    exits: NDArray[np.int64]

    def reversed(self) -> Network:
        """Return the same for time running backwards: its best scores are of what follows, not of what was before.

        Boundary b becomes N - b.
        """
        order = np.argsort(-self.entries, kind="stable")
        lengths = (self.last - self.first + 1)[order]
        last = np.cumsum(lengths) - 1
        first = last - lengths + 1
        # Each chain's states from its last to its first.
        states = np.repeat(self.last[order] + first, lengths) - np.arange(len(self.senones))
        # Forwards it costs enter[k] to come into state k; backwards that is what it costs to leave it.
        leaving = np.empty_like(self.enter)
        leaving[:-1] = self.enter[1:]
        leaving[self.last] = self.leave
        return Network(
            chains=tuple(self.chains[index] for index in order),
            boundaries=self.boundaries,
            senones=self.senones[states],
            stay=self.stay[states],
            enter=leaving[states],
            leave=self.enter[self.first][order],
            first=first,
            last=last,
            entries=self.boundaries - 1 - self.exits[order],
            exits=self.boundaries - 1 - self.entries[order],
        )


def text_network(model: AcousticModel, pronunciations: Sequence[Sequence[tuple[str, ...]]]) -> Network:
    """Return the network of a text; each word's pronunciations are ARPAbet phones without stress."""
    words = [[tuple(map(model.definition.numbers.__getitem__, one)) for one in ones] for ones in pronunciations]
    chains = [*_silences(model, len(words)), *_words(model, words)]
    return network(model, chains)


def loop_network(model: AcousticModel) -> Network:
    """Return the free loop of all phones and silence, none with context."""
    phones = (*model.definition.speech, model.definition.silence)
    return network(model, [alone(model, phone, 0, LOOP_COST) for phone in phones])


def alone(model: AcousticModel, phone: int, boundary: int, cost: float, *, frame_cost: float = 0.0) -> Chain:
    """Return one phone, or silence, heard at a boundary."""
    silence = model.definition.silence
    context = Context(silence, silence, Position.INSIDE)
    return Chain(boundary, boundary, (phone,), (context,), -cost, base=True, frame_cost=frame_cost)


def _silences(model: AcousticModel, count: int) -> Iterator[Chain]:
    for boundary in range(count + 1):
        yield alone(model, model.definition.silence, boundary, SILENCE_COST)


def _words(model: AcousticModel, words: Sequence[Sequence[tuple[int, ...]]]) -> Iterator[Chain]:
    """Across words, contexts are those of the neighbours' first pronunciations."""
    silence = model.definition.silence
    for index, variants in enumerate(words):
        left = words[index - 1][0][-1] if index else silence
        right = words[index + 1][0][0] if index + 1 < len(words) else silence
        for variant, phones in enumerate(variants):
            yield Chain(index, index + 1, phones, contexts_of(left, phones, right), 0.0, index, variant)


def contexts_of(left: int, phones: tuple[int, ...], right: int) -> tuple[Context, ...]:
    """Return the context of each phone of a word, between the phones beside the word."""
    around = (left, *phones, right)
    return tuple(
        Context(around[index], around[index + 2], position(index, len(phones))) for index in range(len(phones))
    )


def network(model: AcousticModel, unsorted: Iterable[Chain]) -> Network:
    """Return the network of these chains; its last boundary is the last that one of them leads to."""
    chains = sorted(unsorted, key=lambda chain: chain.exit)
    lengths = np.array([len(chain.phones) * STATES for chain in chains])
    last = np.cumsum(lengths) - 1
    first = last - lengths + 1
    phones = np.repeat([phone for chain in chains for phone in chain.phones], STATES)
    states = np.tile(np.arange(STATES), len(phones) // STATES)
    frame_costs = np.repeat([chain.frame_cost for chain in chains], lengths)
    onwards = model.transitions[phones, states, states + 1]
    enter = np.concatenate([[0.0], onwards[:-1]])
    enter[first] = [chain.cost for chain in chains]
    return Network(
        chains=tuple(chains),
        boundaries=chains[-1].exit + 1,
        senones=np.concatenate([_senones(model, chain) for chain in chains]).astype(np.int64),
        stay=model.transitions[phones, states, states] - frame_costs,
        enter=enter - frame_costs,
        leave=onwards[last],
        first=first,
        last=last,
        entries=np.array([chain.entry for chain in chains]),
        exits=np.array([chain.exit for chain in chains]),
    )


def _senones(model: AcousticModel, chain: Chain) -> NDArray[np.int16]:
    definition = model.definition
    if chain.base:
        return np.concatenate([definition.base_senones(phone) for phone in chain.phones])
    return np.concatenate(
        [
            definition.senones_of(phone, context.left, context.right, context.where)
            for phone, context in zip(chain.phones, chain.contexts, strict=True)
        ]
    )
