"""Written words as they are spoken: each with its place in the text, the sounds of its parts, its original spelling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.pronunciation.text.words import words_of

if TYPE_CHECKING:
    from workers.engines.pocketsphinx.reading.network import Unit
    from workers.engines.pronunciation.lexicon import Lexicon


@dataclass(frozen=True)
class Token:
    """A word as it is written, and what is said for it."""

    text: str
    units: tuple[Unit, ...]
    """Said one after the other; several for a token such as "$3.50", at least one."""


def tokens_of(text: str, lexicon: Lexicon) -> list[Token]:
    """Find the words of a text that can be said in English; others, of whatever script, are left out."""
    found = ((text[word.start : word.end], [lexicon.part(part) for part in word.parts]) for word in words_of(text))
    return [
        Token(written, tuple(tuple(one.phones for one in part) for part in parts))
        for written, parts in found
        if parts and all(parts)
    ]
