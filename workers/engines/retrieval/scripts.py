"""Which letters a text is in: a model that has learnt English alone makes nothing of others."""

from __future__ import annotations

#: More of its letters are of another script, and a text is not English.
_LEAST_LATIN = 0.7
#: Latin letters end here, with those of IPA: The Unicode Standard, chapter 7.
_LATIN_END = "\u0250"


def has_letters(text: str) -> bool:
    """Whether there is anything that a model could read."""
    return any(map(str.isalpha, text))


def is_latin(text: str) -> bool:
    """Whether a text is in Latin letters, save for a few words."""
    letters = [character for character in text if character.isalpha()]
    latin = sum(character < _LATIN_END for character in letters)
    return bool(letters) and latin >= _LEAST_LATIN * len(letters)
