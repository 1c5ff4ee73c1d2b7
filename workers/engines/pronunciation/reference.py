"""The text that was to be read: its words, and for each all the ways to say it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schemas.errors import PermanentError
from workers.engines.pronunciation.acoustic.definition import STATES
from workers.engines.pronunciation.lexicon import MAX_PER_PART
from workers.engines.pronunciation.text.words import words_of

if TYPE_CHECKING:
    from workers.engines.pronunciation.lexicon import Lexicon, Phones, Pronunciation
    from workers.engines.pronunciation.text.words import Word

#: Bytes that an alignment may take beside the model; a minute of ordinary text, 1,000 characters, takes 240 million.
MAX_ROOM = 260_000_000
#: Bytes for each frame, measured: for a state, and for a chain of them.
_PER_STATE, _PER_CHAIN = 4, 60


@dataclass(frozen=True)
class ReferenceWord:
    """A word and its sounds; a number such as "$3.50" has several parts, which are aligned one by one."""

    word: Word
    parts: tuple[tuple[Pronunciation, ...], ...]
    """Empty where the word can't be scored: it is of another script, or nobody knows how it is said."""


@dataclass(frozen=True)
class Reference:
    """All the words of a text."""

    text: str
    words: tuple[ReferenceWord, ...]

    @property
    def pronunciations(self) -> list[tuple[Phones, ...]]:
        """What is aligned, in order: each part of each word that can be scored, with its variants."""
        return [tuple(one.phones for one in part) for word in self.words for part in word.parts]

    @property
    def room(self) -> int:
        """About how many bytes its alignment takes for each frame."""
        sounds = [phones for variants in self.pronunciations for phones in variants]
        chains = len(sounds) + len(self.pronunciations) + 1  # of sounds, and of silence at each boundary
        return _PER_STATE * STATES * sum(map(len, sounds)) + _PER_CHAIN * chains

    def with_variants(self, most: int) -> Reference:
        """Return it with no more than so many ways to say each part."""
        words = (replace(word, parts=tuple(part[:most] for part in word.parts)) for word in self.words)
        return Reference(self.text, tuple(words))

    def written(self, word: Word) -> str:
        """Return a word as the text has it."""
        return self.text[word.start : word.end]


def reference_of(text: str, lexicon: Lexicon, *, engine: str) -> Reference:
    """Find a text's words and their sounds.

    Raises:
        PermanentError: `nothing_to_score`: there is no word in it that can be said in English.
    """
    reference = Reference(text, tuple(ReferenceWord(word, _sounds(word, lexicon)) for word in words_of(text)))
    if not reference.pronunciations:
        raise PermanentError(
            "nothing_to_score", "There is no English word in the text: give the text that was read.", engine=engine
        )
    return reference


def fitting(reference: Reference, frames: int, *, engine: str) -> Reference:
    """Return a reference that can be aligned with so many frames of 10 ms, with fewer ways to say numbers if need be.

    Raises:
        PermanentError: `text_too_long`: even so it has far more words than can be said in that time.
    """
    for most in (MAX_PER_PART, 12, 6, 3, 2, 1):
        fewer = reference.with_variants(most)
        if fewer.room * frames <= MAX_ROOM:
            return fewer
    sentence = "The text has more words than can be said in this recording. Give the text that was read, or less of it."
    raise PermanentError("text_too_long", sentence, engine=engine)


def _sounds(word: Word, lexicon: Lexicon) -> tuple[tuple[Pronunciation, ...], ...]:
    parts = tuple(lexicon.part(part) for part in word.parts)
    return parts if all(parts) else ()
