"""Parts of speech by an averaged perceptron, with the weights of `textblob-aptagger` (MIT): tags of the Penn Treebank.

Method: M. Honnibal, "A good part-of-speech tagger in about 200 lines of Python" (2013), after Collins (2002).
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    #: A feature's weights: a tag, its weight, the next tag ...
    Packed: TypeAlias = tuple[str | float, ...]

_PACKAGE = "textblob_aptagger"
_FILE = "trontagger-0.1.0.pickle"
_BEFORE = ("-START-", "-START2-")
_AFTER = ("-END-", "-END2-")


class PlainData(pickle.Unpickler):
    """Unpickles data, and nothing that could run."""

    def find_class(self, module: str, name: str) -> type:
        """Return `set`, which the weights have in them, and nothing else."""
        if (module, name) != ("__builtin__", "set"):
            raise pickle.UnpicklingError(f"{module}.{name} is not plain data")
        return set


class Tagger:
    """Tags the words of a sentence; nothing changes in it, so threads may share it."""

    def __init__(self, weights: Mapping[str, Packed], unambiguous: Mapping[str, str]) -> None:
        self._weights = weights
        self._unambiguous = unambiguous

    def tags(self, words: Sequence[str]) -> list[str]:
        """Return a tag for each word, from left to right."""
        context = [*_BEFORE, *map(_normal, words), *_AFTER]
        tags = list(_BEFORE)
        for place, word in enumerate(words):
            known = self._unambiguous.get(word)
            tags.append(known or self._best(_features(word, context[place : place + 5], tags[-2:])))
        return tags[2:]

    def _best(self, features: Iterator[str]) -> str:
        scores: defaultdict[str, float] = defaultdict(float)
        for feature in features:
            pairs = iter(self._weights.get(feature, ()))
            for tag, weight in zip(pairs, pairs, strict=True):
                scores[str(tag)] += float(weight)
        return max(scores, key=lambda tag: (scores[tag], tag))


@cache
def shipped_tagger() -> Tagger:
    """Read the weights."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("The grammar checker needs the package textblob-aptagger.", name=_PACKAGE)
    with (Path(spec.submodule_search_locations[0]) / _FILE).open("rb") as file:
        weights, unambiguous, _ = PlainData(file).load()
    return Tagger(_packed(weights), unambiguous)


def _packed(weights: Mapping[str, Mapping[str, float]]) -> dict[str, Packed]:
    """Return the weights in a fifth of the memory: no dictionary for each feature, and no number twice."""
    numbers: dict[float, float] = {}
    return {
        feature: tuple(part for tag, weight in tags.items() for part in (tag, numbers.setdefault(weight, weight)))
        for feature, tags in weights.items()
    }


def _normal(word: str) -> str:
    if "-" in word and word[0] != "-":
        return "!HYPHEN"
    if word.isdigit() and len(word) == len("2026"):
        return "!YEAR"
    return "!DIGITS" if word[0].isdigit() else word.lower()


def _features(word: str, context: Sequence[str], before: Sequence[str]) -> Iterator[str]:
    """Yield the features of the middle word of five, of which the first two have been tagged."""
    second, first, this, following, later = context
    tag2, tag1 = before
    yield "bias"
    yield f"i suffix {word[-3:]}"
    yield f"i pref1 {word[0]}"
    yield f"i-1 tag {tag1}"
    yield f"i-2 tag {tag2}"
    yield f"i tag+i-2 tag {tag1} {tag2}"
    yield f"i word {this}"
    yield f"i-1 tag+i word {tag1} {this}"
    yield f"i-1 word {first}"
    yield f"i-1 suffix {first[-3:]}"
    yield f"i-2 word {second}"
    yield f"i+1 word {following}"
    yield f"i+1 suffix {following[-3:]}"
    yield f"i+2 word {later}"
