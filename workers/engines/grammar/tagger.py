"""Parts of speech by an averaged perceptron, with the weights of `textblob-aptagger` (MIT): tags of the Penn Treebank.

Method: M. Honnibal, "A good part-of-speech tagger in about 200 lines of Python" (2013), after Collins (2002).
"""

from __future__ import annotations

import pickle
from array import array
from collections import defaultdict
from functools import cache
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from workers.engines.hashed import HashIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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

    def __init__(self, weights: Mapping[str, Mapping[str, float]], unambiguous: Mapping[str, str]) -> None:
        """Make it of features' weights for tags, in steps of a thousandth, and of words that have one tag alone.

        Nothing of `weights` is kept: dictionaries and strings of 375,000 weights take seven times as much.
        """
        self._features = HashIndex(list(map(hash, weights)))
        self._starts = array("I", accumulate(map(len, weights.values()), initial=0))
        self._names = sorted({tag for tags in weights.values() for tag in tags})
        numbers = {name: number for number, name in enumerate(self._names)}
        self._tags = bytes(numbers[tag] for tags in weights.values() for tag in tags)
        self._thousandths = array("i", (round(weight * 1_000) for tags in weights.values() for weight in tags.values()))
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
        """Return the tag with the highest sum; of two, the one that comes later in the alphabet."""
        scores: defaultdict[int, int] = defaultdict(int)
        for feature in features:
            number = self._features.number(feature)
            if number is not None:
                of = slice(self._starts[number], self._starts[number + 1])
                for tag, weight in zip(self._tags[of], self._thousandths[of], strict=True):
                    scores[tag] += weight
        return self._names[max(scores, key=lambda tag: (scores[tag], tag))]


@cache
def shipped_tagger() -> Tagger:
    """Read the weights."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("The grammar checker needs the package textblob-aptagger.", name=_PACKAGE)
    with (Path(spec.submodule_search_locations[0]) / _FILE).open("rb") as file:
        weights, unambiguous, _ = PlainData(file).load()
    return Tagger(weights, unambiguous)


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
