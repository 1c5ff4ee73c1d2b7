"""What a written token is to a voice: whether it is a word, which part of it is marked, and how it is spelt for espeak.

Lengths may change here: marks find their way back by token, never by character.
"""

from __future__ import annotations

import re
import unicodedata

#: Whitespace divides tokens, and so do the closing marks of scripts that are written without spaces behind them.
TOKEN = re.compile(r"[^\s。！？、，；：]+[。！？、，；：]*|[。！？、，；：]+")  # noqa: RUF001 - full-width on purpose

#: Punctuation by Unicode, words by ear.
_SPOKEN_PUNCTUATION = frozenset("%‰#@&")
#: Joiners that shape Persian and Indic words; every other format character is invisible and is left out.
_JOINERS = frozenset("\u200c\u200d")
#: Variation selectors, the keycap's frame: parts of emoji that stand behind a digit or a sign.
_EMOJI_PARTS = frozenset("\ufe0e\ufe0f\u20e3")
#: From here on "other symbols" are arrows, dingbats and emoji, which espeak names ("Red" for a heart) or spells.
_FIRST_PICTOGRAM = "\u2190"
#: Enclosed and squared signs, full-width forms, mathematical letters: the same word in other shapes.
_COMPATIBLE = re.compile("[\u2460-\u24ff\u3200-\u33ff\uff01-\uff5e\uffe0-\uffe6\U0001d400-\U0001d7ff]")

#: espeak is silent about these, so that "1 < 2" would be "1 2". Other languages build such a sentence differently.
_COMPARISONS = {"<": " less than ", ">": " greater than "}
_COMPARISON = re.compile(r"^[<>]$|(?<=\w)[<>](?=\w)")

#: Behind these espeak ends a sentence, and pauses: "I saw Mr. | Kim".
_TITLE = re.compile(r"^(mr|mrs|ms|dr|prof)\.$", re.IGNORECASE)

#: A dash that joins nothing: silent, and before a Chinese letter a crash of espeak's Hindi ("!-" and its like).
_LOOSE_DASH = re.compile(r"(?<=[^\w\s])-+(?=[^\W\d])")


def is_spoken(character: str) -> bool:
    """Whether a voice says something for it: letters, digits and signs that have a name."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category in {"Sc", "Sm"} or character in _SPOKEN_PUNCTUATION


def has_letters(text: str) -> bool:
    """Whether there is any letter or digit, of any script, in it."""
    return any(unicodedata.category(character)[0] in "LN" for character in text)


def trimmed(token: str) -> tuple[int, int]:
    """The span of a token without the punctuation and pictograms around it; empty where nothing is spoken."""
    spoken = [index for index, character in enumerate(token) if is_spoken(character)]
    if not spoken:
        return 0, 0
    end = spoken[-1] + 1
    while end < len(token) and unicodedata.category(token[end])[0] == "M" and token[end] not in _EMOJI_PARTS:
        end += 1
    return spoken[0], end


def spelt(token: str, language: str) -> str:
    """The token as espeak is given it: composed (NFC), without control characters, emoji and lone surrogates."""
    plain = _COMPATIBLE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), token)
    composed = _without_orphans(unicodedata.normalize("NFC", "".join(map(_cleaned, plain))))
    composed = _LOOSE_DASH.sub(" ", composed)
    if language.partition("-")[0] == "en":
        composed = _TITLE.sub(r"\1", _COMPARISON.sub(lambda match: _COMPARISONS[match[0]], composed))
    return composed


def _cleaned(character: str) -> str:
    category = unicodedata.category(character)
    if character in _EMOJI_PARTS or (category == "Cf" and character not in _JOINERS):
        return ""
    # espeak reads control characters as commands to itself, and marks of its own as private-use characters.
    unknown = category in {"Cc", "Cs", "Co", "Cn"} or character == "\ufffd"
    pictogram = category in {"So", "Sk"} and character >= _FIRST_PICTOGRAM
    return " " if unknown or pictogram else character


def _without_orphans(text: str) -> str:
    """Leave out combining marks that stand on no letter: espeak's Hindi crashes over ":-" before one."""
    kept: list[str] = []
    base = False
    for character in text:
        category = unicodedata.category(character)
        if category[0] == "M" and not base:
            continue
        base = category[0] in "LNM" or character in _JOINERS
        kept.append(character)
    return "".join(kept)
