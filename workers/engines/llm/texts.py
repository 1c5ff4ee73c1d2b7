"""The owner's text in a prompt: it is data, so nothing in it may look like the marks that stand around it.

Angle brackets become their full-width forms, character by character: places in the text stay what they were, and a
model still reads `<3` in them. What a model writes is turned back.
"""

from __future__ import annotations

from math import ceil

#: Less-than and greater-than, and their full-width forms.
_TO_DATA = str.maketrans("<>", "\uff1c\uff1e")
_FROM_DATA = str.maketrans("\uff1c\uff1e", "<>")
_STRAIGHT = str.maketrans("\u2018\u2019\u201b\u2032\u201c\u201d\u201e\u2033", "''''\"\"\"\"")
#: Characters of ASCII that make a token, in English a little more than that.
_ASCII_PER_TOKEN = 3
#: Tokens of any other character, in Korean by an older tokenizer about as many.
_TOKENS_PER_OTHER = 1.5


def as_data(text: str) -> str:
    """Return a text that can't end or begin one of the prompt's marks; of the same length."""
    return text.translate(_TO_DATA)


def from_data(text: str) -> str:
    """Return what a model has written with its angle brackets again."""
    return text.translate(_FROM_DATA)


def comparable(text: str) -> str:
    """Return a text for comparing what a model has copied with what it was given; of the same length.

    Brackets came to it in their full-width forms, and models straighten quotes.
    """
    return as_data(text).translate(_STRAIGHT)


def letters_of(text: str) -> str:
    """Return a text's letters and digits in lower case: two sentences that have the same ones are the same."""
    return "".join(filter(str.isalnum, text.casefold()))


def tokens_of(text: str) -> int:
    """Estimate a text's tokens, rather too many than too few: each vendor counts in its own way."""
    ascii_characters = sum(character.isascii() for character in text)
    return ceil(ascii_characters / _ASCII_PER_TOKEN + (len(text) - ascii_characters) * _TOKENS_PER_OTHER)
