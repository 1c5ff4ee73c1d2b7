"""Text as sentences, and sentences as words with their places, in the manner of the Penn Treebank.

Contractions are two words, as the tagger knows them: `do` `n't`, `I` `'m`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(
    r"""
    \d[\d,.:]*\d(?:st|nd|rd|th|s|am|pm)?|\d(?:st|nd|rd|th|s|am|pm)?  # 2,015  3rd  7:30
    |o['\u2019]clock\b
    |[^\W\d_]+?(?=n['\u2019]t\b)|n['\u2019]t\b                                  # do n't
    |['\u2019](?:s|m|re|ve|ll|d)\b                                         # 's
    |[^\W\d_]+(?:-[^\W\d_]+)*                                         # well-known
    |\.{2,}|[^\w\s]                                                   # ... !
    |\w
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: A full stop after a title or after a single letter, as in `p.m.`, ends no sentence.
_END = re.compile(r"(?<!\b[A-HJ-Za-z])(?<!\b(?:Mr|Ms|Dr|St|vs))(?<!\bMrs)[.!?…]+[\"'\u201d\u2019)]*(?=\s|$)|\n+")


#: Stand before the first word of a sentence and after the last, in `Word.lower`.
START = "<s>"
END = "</s>"


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a sign of a text."""

    start: int
    """First character in the text."""
    end: int
    text: str
    lower: str
    """In small letters, with straight apostrophes."""
    tag: str = ""
    """Part of speech, as in the Penn Treebank."""


def words_of(text: str, offset: int = 0) -> list[Word]:
    """Cut a text into words and signs; `offset` is added to their places."""
    return [
        Word(offset + match.start(), offset + match.end(), match[0], match[0].lower().replace("\u2019", "'"))
        for match in _WORD.finditer(text)
    ]


def sentences_of(text: str) -> list[list[Word]]:
    """Cut a text into sentences, none of them empty."""
    ends = [match.end() for match in _END.finditer(text)]
    starts = [0, *ends]
    parts = [words_of(text[start:end], start) for start, end in zip(starts, [*ends, len(text)], strict=True)]
    return [part for part in parts if part]
