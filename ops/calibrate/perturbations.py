"""Errors with known places, without human labels: the recording stays, the text is changed.

A word added to the text was omitted by the reader; a word taken from it was inserted; a word replaced was
mispronounced, by so many phones. The text of another utterance was not read at all.

The first round has one error per text, and is what methods are judged by. Later rounds, for fitting alone, have up to
three: what is seen beside a text's other words must not rely on all those being right.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ops.calibrate.corpus import Utterance
    from ops.calibrate.vocabulary import Vocabulary


Words = tuple[str, ...]


class Task(StrEnum):
    """What was done to the text."""

    TRUE = "true"
    WRONG = "wrong"
    OMISSION = "omission"
    INSERTION = "insertion"
    NEAR = "substitution_1"
    CLOSE = "substitution_2"
    FAR = "substitution_3"


SUBSTITUTIONS = {Task.NEAR: 1, Task.CLOSE: 2, Task.FAR: 3}


#: As often one as more.
_LATER_ERRORS = (1, 1, 2, 3)


@dataclass(frozen=True)
class Reference:
    """A text for a recording."""

    task: Task
    words: tuple[str, ...]
    places: tuple[int, ...] = ()
    """Which words are wrong, or for an insertion which gaps hold a word."""
    round: int = 0


@dataclass(frozen=True)
class Perturber:
    """Changes texts, always in the same way for the same utterance, corpus and round."""

    vocabulary: Vocabulary
    utterances: Sequence[Utterance]

    def references(self, utterance: Utterance, rounds: int) -> Iterator[Reference]:
        """The true text, and that many of each sort of changed ones; an evaluation takes the first round alone."""
        yield Reference(Task.TRUE, utterance.words)
        for number in range(rounds):
            random = Random(f"p{utterance.name}" + (f"#{number}" if number else ""))  # noqa: S311 - to be repeatable
            for task, words, places in self._round(utterance.words, random, number):
                yield Reference(task, words, places, number)

    def _round(self, words: Words, random: Random, number: int) -> Iterator[tuple[Task, Words, tuple[int, ...]]]:
        others = [
            other.words for other in self.utterances if abs(len(other.words) - len(words)) <= 1 and other.words != words
        ]
        if others:
            yield Task.WRONG, random.choice(others), ()
        known = sorted({word for utterance in self.utterances for word in utterance.words} - set(words))
        if known:
            yield Task.OMISSION, *self._added(words, known, random, number)
        if len(words) > 1:
            yield Task.INSERTION, *self._removed(words, random, number)
        yield from self._replaced(words, random, number)

    def _added(self, words: Words, known: Sequence[str], random: Random, number: int) -> tuple[Words, tuple[int, ...]]:
        count = _errors(number, random, most=len(words))
        texts = [(word, False) for word in words]
        for _ in range(count):
            word, place = random.choice(known), random.randrange(len(texts) + 1)
            texts.insert(place, (word, True))
        return tuple(word for word, _ in texts), tuple(index for index, (_, new) in enumerate(texts) if new)

    def _removed(self, words: Words, random: Random, number: int) -> tuple[Words, tuple[int, ...]]:
        """Words next to each other that are taken out leave one gap."""
        count = _errors(number, random, most=len(words) - 1)
        gone = sorted({random.randrange(len(words))} if count == 1 else random.sample(range(len(words)), count))
        kept = tuple(word for index, word in enumerate(words) if index not in gone)
        return kept, tuple(sorted({place - before for before, place in enumerate(gone)}))

    def _replaced(self, words: Words, random: Random, number: int) -> Iterator[tuple[Task, Words, tuple[int, ...]]]:
        for task, distance in SUBSTITUTIONS.items():
            count = _errors(number, random, most=max(1, len(words) // 2))
            places = list(range(len(words)))
            random.shuffle(places)
            found = ((place, self.vocabulary.neighbour(words[place], distance, random)) for place in places)
            replaced = dict(islice(((place, other) for place, other in found if other is not None), count))
            if replaced:
                changed = tuple(replaced.get(place, word) for place, word in enumerate(words))
                yield task, changed, tuple(sorted(replaced))


def _errors(number: int, random: Random, *, most: int) -> int:
    """How many errors a text of this round has; the first round draws nothing for it."""
    return min(random.choice(_LATER_ERRORS), most) if number else 1
