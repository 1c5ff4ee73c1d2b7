"""The text that was to be read: its words, and for each all the ways to say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.errors import PermanentError
from workers.engines.pronunciation.text.words import words_of

if TYPE_CHECKING:
    from workers.engines.pronunciation.lexicon import Lexicon, Phones, Pronunciation
    from workers.engines.pronunciation.text.words import Word


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


def _sounds(word: Word, lexicon: Lexicon) -> tuple[tuple[Pronunciation, ...], ...]:
    parts = tuple(lexicon.part(part) for part in word.parts)
    return parts if all(parts) else ()
