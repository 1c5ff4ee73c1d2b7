"""The gaps between words in which a comma may be missing, and what is around each, as numbers for `commas.py`.

The numbers are hashes of what is there, so that no table of features has to be kept: Weinberger et al. 2009,
https://arxiv.org/abs/0902.2206.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.engines.grammar.words import Word

#: How many different numbers there are.
SIZE = 1 << 19
_STOPS = frozenset({",", ";", ":", "—", '"', "“", "”"})
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
#: How far the verbs after a gap are counted, and how far anything is.
_AHEAD, _MANY = 6, 2
_DISTANCES = (14, 9, 6, 5, 4, 3, 2, 1)


@dataclass(frozen=True)
class Gap:
    """A gap before a word."""

    place: int
    """The word's index in the sentence."""
    features: tuple[int, ...]
    """What is around it, each below `SIZE`."""


def gaps_of(sentence: Sequence[Word]) -> Iterator[Gap]:
    """Yield the gaps between two words of a sentence that has its `START` and `END`."""
    begin, verbs = 1, 0
    for place in range(1, len(sentence) - 1):
        word, before = sentence[place], sentence[place - 1]
        if word.text in _STOPS:
            begin, verbs = place + 1, 0
            continue
        if place > begin and word.text[:1].isalnum() and before.text[-1:].isalnum() and before.end < word.start:
            features = enumerate(_features(sentence, place, begin, min(verbs, _MANY)))
            yield Gap(place, tuple(crc32(f"{kind} {feature}".encode()) % SIZE for kind, feature in features))
        verbs += word.tag in _FINITE


def _features(sentence: Sequence[Word], place: int, begin: int, verbs: int) -> list[str]:
    """Say what is around the gap at `place`, in a part that began at `begin` and has had so many finite verbs."""
    far, near, here, then, later, last = (_at(sentence, place + step).tag for step in range(-2, 4))
    before, word, after = (_at(sentence, place + step).lower for step in range(-1, 2))
    opens = ("^ " if begin == 1 else ", ") + sentence[begin].lower
    second, tag = _at(sentence, begin + 1), sentence[begin].tag
    ahead = min(_MANY, sum(one.tag in _FINITE for one in sentence[place : place + _AHEAD]))
    distance = next(far for far in _DISTANCES if place - begin >= far)
    counts = f"{begin == 1} {verbs} {ahead}"
    return [
        f"{near} {here}",
        f"{far} {near} {here} {then}",
        f"{near} {here} {then}",
        before,
        word,
        f"{before} {word}",
        f"{word} {then}",
        f"{word} {then} {later}",
        f"{word} {after}",
        f"{before} {here} {then}",
        f"{here} {then} {later} {last}",
        f"{opens} {here} {verbs}",
        f"{opens} {word} {verbs}",
        f"{opens} {near} {here} {then} {verbs}",
        f"{opens} {near} {here} {verbs} {ahead}",
        f"{opens} {verbs} {ahead} {distance}",
        f"{opens} {before} {distance}",
        f"{opens} {second.lower} {here} {distance}",
        f"{opens} {second.lower} {before} {here}",
        f"{tag} {here} {then} {counts}",
        f"{tag} {second.tag} {near} {here} {distance}",
        f"{counts} {distance}",
        f"{counts} {here} {then} {later}",
    ]


def _at(sentence: Sequence[Word], place: int) -> Word:
    """Return a word, or the sentence's end where there is none."""
    return sentence[max(0, min(place, len(sentence) - 1))]
