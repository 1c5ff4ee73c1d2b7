"""How often words are written in English, by the list of `wordfreq` (Speer 2022, https://doi.org/10.5281/zenodo.7199437).

Its file is read by us: 320,000 words take 6 MB so, and 45 by its own code, which knows all languages.

Zipf frequency: the logarithm of how often a word occurs in a thousand million words; 3 is once in a million, 6 once in
a thousand (van Heuven et al. 2014, "SUBTLEX-UK").
"""

from __future__ import annotations

import gzip
import math
import re
import unicodedata
from array import array
from functools import cache
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgpack

from workers.engines.hashed import HashIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_PACKAGE = "wordfreq"
_FILE = Path("data", "large_en.msgpack.gz")
_HEADER = {"format": "cB", "version": 1}
#: The frequency of the first band of words, in Zipf's scale, and how many bands there are to a step of it.
_FIRST, _BANDS = 9, 100
#: wordfreq's words: with the apostrophe or full stop inside, unless one or two letters stand before it and a vowel or h
#: behind, as in French.
_WORD = re.compile(r"\w\w?'(?=[aeiouhàáâäåèéêëìíîïòóôöùúûüœ])|\w+(?:['\u2019.:]\w+)*")


class WordList:
    """Frequencies of words; nothing changes in it, so threads may share it."""

    def __init__(self, bands: Iterable[Sequence[str]]) -> None:
        """Make it of bands of words, each a hundredth of Zipf's scale below the one before, from 9 down."""
        hashes, self._bands = array("q"), array("H")
        for band, words in enumerate(bands):
            hashes.extend(map(hash, words))
            self._bands.extend([band] * len(words))
        self._index = HashIndex(hashes)

    def zipf(self, text: str, least: float = 0.0) -> float:
        """Return how frequent a word is, or several together.

        Args:
            text: in any letters, capital or small; numbers of several digits are not in the list.
            least: rarer words count as if they were not in the list, either.

        Returns:
            0 where one of the words is not in the list.
        """
        folded = unicodedata.normalize("NFC", text).casefold()
        words = [folded] if folded.isascii() and folded.isalpha() else _WORD.findall(folded)
        bands = [self._band(word.strip("'").replace("\u2019", "'")) for word in words]
        last = _band_of(least)
        known = [band for band in bands if band is not None and band <= last]
        if not known or len(known) < len(bands):
            return 0.0
        # wordfreq's formula: as if each word were a share of the time that one reads until all have come.
        return round(_FIRST - math.log10(sum(10 ** (band / _BANDS) for band in known)), 2)

    def _band(self, word: str) -> int | None:
        number = self._index.number(word)
        return None if number is None else self._bands[number]


@cache
def shipped_words() -> WordList:
    """Read the list, 80 ms."""
    return WordList(_shipped_bands())


def words_from(least: float) -> Iterator[str]:
    """Yield the list's words of at least such a frequency in Zipf's scale, the most frequent first."""
    yield from chain.from_iterable(islice(_shipped_bands(), _band_of(least) + 1))


def _band_of(zipf: float) -> int:
    return round((_FIRST - zipf) * _BANDS)


def _shipped_bands() -> Iterator[Sequence[str]]:
    """Yield the list's bands, one of them in memory at a time; the form is that of `wordfreq.read_cBpack`."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("Frequencies of words need the package wordfreq.", name=_PACKAGE)
    with gzip.open(Path(spec.submodule_search_locations[0]) / _FILE) as file:
        unpacker = msgpack.Unpacker(file)
        unpacker.read_array_header()
        if unpacker.unpack() != _HEADER:
            raise ValueError(f"{_FILE} of {_PACKAGE} has another form than is read here")
        yield from unpacker
