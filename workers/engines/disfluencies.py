"""Fillers and repeats among the words that were heard; they are marked, not dropped."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

from schemas.media import primary_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.kinds.transcription import SpokenWord

#: Sounds that are no words, by language. Korean "그" and "저" are left out: they are words more often than not.
_FILLERS = {
    "en": frozenset({"ah", "er", "erm", "hm", "hmm", "mhm", "mm", "mmm", "uh", "uhh", "uhm", "um", "umm"}),
    "ko": frozenset({"어", "어어", "으음", "음", "음음", "흠"}),
}
#: Words further apart are two utterances.
_AT_ONCE_MS = 1_000


def marked(words: Sequence[SpokenWord], language: str | None) -> tuple[SpokenWord, ...]:
    """Return the words with fillers and repeats marked, beside those that are already.

    Of a repeat ("I I want") the later word is marked. Not where punctuation or a second lies between, or another
    speaker: "No, no" is meant.
    """
    fillers = _FILLERS.get(primary_language(language or ""), frozenset())
    plain = [_plain(word.text) for word in words]
    again = [_again(word, following) for word, following in pairwise(words)]
    return tuple(
        word.model_copy(update={"is_disfluency": word.is_disfluency or text in fillers or repeated})
        for word, text, repeated in zip(words, plain, [False, *again], strict=False)
    )


def _again(word: SpokenWord, following: SpokenWord) -> bool:
    plain = _plain(word.text)
    return (
        bool(plain)
        and word.text[-1:].isalnum()
        and plain == _plain(following.text)
        and word.speaker == following.speaker
        and following.start_ms - word.end_ms < _AT_ONCE_MS
    )


def _plain(text: str) -> str:
    """Return the word in lower case, without punctuation around it."""
    folded = unicodedata.normalize("NFC", text).casefold()
    kept = [index for index, char in enumerate(folded) if char.isalnum()]
    return folded[kept[0] : kept[-1] + 1] if kept else ""
