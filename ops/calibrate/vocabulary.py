"""Words of the dictionary that sound nearly like another one, by the number of phones to change."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

Phones = tuple[str, ...]

#: Draws before a word is taken to have no neighbour.
_TRIES = {1: 2_000, 2: 3_000, 3: 2_000}
FAR = 3


class Vocabulary:
    """CMUdict, from words to phones and back."""

    def __init__(self, path: Path, phones: Phones) -> None:
        self._phones = phones
        variants: defaultdict[str, list[Phones]] = defaultdict(list)
        for line in path.read_text("utf-8").splitlines():
            word, *spoken = line.split()
            variants[re.sub(r"\(\d+\)$", "", word)].append(tuple(spoken))
        self.variants = dict(variants)
        self._words = [word for word in self.variants if word.isalpha()]
        self._by_phones: defaultdict[Phones, list[str]] = defaultdict(list)
        for word in self._words:
            for sounds in self.variants[word]:
                self._by_phones[sounds].append(word)

    def __contains__(self, word: str) -> bool:
        return word in self.variants

    def neighbour(self, word: str, distance: int, random: Random) -> str | None:
        """Return a word at this distance, for `FAR` or more; None where none is found."""
        draw = self._far if distance == FAR else self._near
        for _ in range(_TRIES[distance]):
            found = draw(word, distance, random)
            if found is not None:
                return found
        return None

    def _near(self, word: str, distance: int, random: Random) -> str | None:
        sounds = random.choice(self.variants[word])
        for _ in range(distance):
            sounds = self._edited(sounds, random)
        candidates = [other for other in self._by_phones.get(sounds, ()) if other != word]
        if not candidates:
            return None
        other = random.choice(candidates)
        return other if self._distance(word, other) == distance else None

    def _far(self, word: str, distance: int, random: Random) -> str | None:
        other = random.choice(self._words)
        alike = abs(len(self.variants[other][0]) - len(self.variants[word][0])) <= 1
        return other if alike and self._distance(word, other) >= distance else None

    def _edited(self, sounds: Phones, random: Random) -> Phones:
        """One phone replaced (in three of five draws), added or left out."""
        edited = list(sounds)
        kind = random.random()
        if kind < 0.6 or len(edited) < 2:  # noqa: PLR2004
            edited[random.randrange(len(edited))] = random.choice(self._phones)
        elif kind < 0.8:  # noqa: PLR2004
            edited.insert(random.randrange(len(edited) + 1), random.choice(self._phones))
        else:
            del edited[random.randrange(len(edited))]
        return tuple(edited)

    def _distance(self, word: str, other: str) -> int:
        return min(edit_distance(sounds, others) for sounds in self.variants[word] for others in self.variants[other])


def edit_distance(left: Phones, right: Phones) -> int:
    """Return how many phones to change, add or leave out (Levenshtein)."""
    row = list(range(len(right) + 1))
    for number, sound in enumerate(left, 1):
        diagonal, row[0] = row[0], number
        for column, other in enumerate(right, 1):
            diagonal, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, diagonal + (sound != other)),
            )
    return row[-1]
