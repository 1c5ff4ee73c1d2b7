"""BERT's uncased tokeniser: words are lower-cased, stripped of accents, and cut into the longest known pieces.

The reference is `BasicTokenizer` and `WordpieceTokenizer` of https://github.com/google-research/bert/blob/master/tokenization.py.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_UNKNOWN, _BEGIN, _END = "[UNK]", "[CLS]", "[SEP]"
_LONGEST_WORD = 100
#: Blocks whose characters are words by themselves, as BERT has it: Han, but neither Hangul nor kana.
_HAN = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class WordPiece:
    """A vocabulary, and how texts are put into its terms."""

    def __init__(self, vocabulary: Path) -> None:
        lines = vocabulary.read_text("utf-8").split("\n")
        self._ids: Mapping[str, int] = {piece: number for number, piece in enumerate(lines) if piece}
        self._pieces_of = lru_cache(maxsize=20_000)(self._cut)

    def encode(self, text: str, *, most: int) -> list[int]:
        """Return a text's tokens between the marks of its beginning and end; what is too long is left out."""
        ids = [self._ids[_BEGIN]]
        for word in words(text):
            ids += self._pieces_of(word)
            if len(ids) >= most:
                break
        return [*ids[: most - 1], self._ids[_END]]

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return (self._ids[_UNKNOWN],)
        pieces, start = [], 0
        while start < len(word):
            prefix = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if prefix + word[start:end] in self._ids), None)
            if end is None:
                return (self._ids[_UNKNOWN],)
            pieces.append(self._ids[prefix + word[start:end]])
            start = end
        return tuple(pieces)


def words(text: str) -> Iterator[str]:
    """Words and punctuation marks, lower-case and without accents."""
    held: list[str] = []
    for character in unicodedata.normalize("NFD", text.lower()):
        kind = _kind(character)
        if kind == "letter":
            held.append(character)
        elif kind != "nothing":
            if held:
                yield "".join(held)
                held.clear()
            if kind == "mark":
                yield character
    if held:
        yield "".join(held)


@lru_cache(maxsize=10_000)
def _kind(character: str) -> str:
    """`letter`, `mark` (a word of its own), `space`, or `nothing`."""
    code, category = ord(character), unicodedata.category(character)
    if character in "\t\n\r" or category == "Zs":
        return "space"
    if category == "Mn" or category.startswith("C") or code == 0xFFFD:  # noqa: PLR2004 - the sign for what can't be read
        return "nothing"
    is_ascii_sign = code < 0x7F and not character.isalnum()  # noqa: PLR2004 - the end of ASCII
    if is_ascii_sign or category.startswith("P") or any(first <= code <= last for first, last in _HAN):
        return "mark"
    return "letter"
