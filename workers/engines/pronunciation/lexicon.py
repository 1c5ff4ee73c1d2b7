"""How English words are pronounced: a dictionary first, rules for what it does not have.

The dictionary is the one of pocketsphinx's model (CMUdict, BSD): 126,000 words in the order of their letters. It is
mapped from its file and searched in place: all processes share its pages, and none holds a copy.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import islice, product
from typing import TYPE_CHECKING

from workers.engines.pronunciation.g2p import phones_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from workers.engines.pronunciation.text.readings import Part

Phones = tuple[str, ...]

#: Ways to say one reading, and one part with all its readings; what is left out is a rarer mixture of them.
MAX_PER_READING = 6
MAX_PER_PART = 24

_SIBILANTS = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})
_VOICELESS = frozenset({"P", "T", "K", "F", "TH"})
_ENDINGS: dict[str, Phones] = {"'ll": ("AH", "L"), "'ve": ("AH", "V"), "'d": ("D",), "'re": ("ER",), "'": ()}


@dataclass(frozen=True)
class Pronunciation:
    """One way to say something."""

    phones: Phones
    by_rules: bool = False
    """Whether any of its words is not in the dictionary."""


class Dictionary:
    """A dictionary in CMU's format, sorted by word, with variants as "word(2)" behind it."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __contains__(self, word: str) -> bool:
        return bool(self.variants(word))

    def variants(self, word: str) -> tuple[Phones, ...]:
        """All the ways to say a word in lower case; empty for an unknown one."""
        return tuple(phones for found, phones in self._entries(self._position(word)) if found == word)

    def _position(self, word: str) -> int:
        """Start of the first line whose word is not before this one, by bisection."""
        low, high = 0, len(self._lines)
        while low < high:
            start = self._lines.rfind(b"\n", 0, (low + high) // 2) + 1
            end = self._lines.find(b"\n", start) + 1 or len(self._lines)
            if _word(self._lines[start:end]) < word:
                low = end
            else:
                high = start
        return low

    def _entries(self, position: int) -> Iterator[tuple[str, Phones]]:
        """Lines from a position on, as long as they are of one word."""
        first = None
        while position < len(self._lines):
            end = self._lines.find(b"\n", position) + 1 or len(self._lines)
            line = self._lines[position:end]
            word, position = _word(line), end
            if first not in {None, word}:
                return
            first = word
            yield word, tuple(line.decode().split()[1:])


def _word(line: bytes) -> str:
    return line.split(b" ", 1)[0].split(b"(", 1)[0].decode()


@lru_cache(maxsize=1)
def model_dictionary() -> Dictionary:
    """The dictionary of pocketsphinx's English model; opened once per process."""
    with as_file(files("pocketsphinx") / "model" / "en-us" / "cmudict-en-us.dict") as path:
        return Dictionary(path)


class Lexicon:
    """Pronounces what a text's words are read as."""

    def __init__(self, dictionary: Dictionary, phonemes: Callable[[str], str | None] | None = None) -> None:
        """Make it of a dictionary, and of what knows the IPA of other words, if anything does, or None of a word."""
        self._dictionary = dictionary
        self._phonemes = phonemes

    def part(self, part: Part) -> tuple[Pronunciation, ...]:
        """All the ways to say one part of a word; empty where nobody knows how."""
        found = [pronunciation for reading in part for pronunciation in self._reading(reading)]
        by_phones = {pronunciation.phones: pronunciation for pronunciation in reversed(found)}
        distinct = [by_phones[phones] for phones in dict.fromkeys(one.phones for one in found)]
        return tuple(distinct[:MAX_PER_PART])

    def _reading(self, reading: Sequence[str]) -> list[Pronunciation]:
        words = [self._word(word) for word in reading]
        return [
            Pronunciation(sum((one.phones for one in ones), ()), any(one.by_rules for one in ones))
            for ones in islice(product(*words), MAX_PER_READING)
        ]

    def _word(self, word: str) -> tuple[Pronunciation, ...]:
        known = self._dictionary.variants(word) or self._derived(word)
        if known:
            return tuple(Pronunciation(phones) for phones in known)
        ipa = self._phonemes(word) if self._phonemes else None
        phones = None if ipa is None else phones_of(ipa)
        return () if phones is None else (Pronunciation(phones, by_rules=True),)

    def _derived(self, word: str) -> tuple[Phones, ...]:
        """Possessives and contractions of known words, by the rules of English spelling."""
        stem, quote, ending = word.rpartition("'")
        if not stem or not quote:
            return ()
        stems = self._dictionary.variants(stem)
        if ending == "s":
            return tuple((*phones, *_plural(phones[-1])) for phones in stems)
        suffix = _ENDINGS.get(f"'{ending}")
        return () if suffix is None else tuple((*phones, *suffix) for phones in stems)


def _plural(last: str) -> Phones:
    if last in _SIBILANTS:
        return ("IH", "Z")
    return ("S",) if last in _VOICELESS else ("Z",)
