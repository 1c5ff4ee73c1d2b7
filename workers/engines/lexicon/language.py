"""Which languages a text is in, by its letters; Latin ones by their commonest words."""

from __future__ import annotations

import re
from collections import Counter

from schemas.kinds.analysis import LanguageShare

#: Blocks of letters that tell a language, or the one that is commonest in them. The Unicode Standard, block names.
_SCRIPTS = (
    ("ko", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f]+(?:'[a-z]+)?")
#: Words that are common in one of the languages and rare in the others.
_COMMON = {
    "en": "the and is are was you to of it this that my your not have i we they with what for be do don't i'm it's",
    "es": "el los las una es y pero que por con muy está estoy hola gracias yo mi para como donde también",
    "fr": "le les une est et mais je tu nous vous avec pour très suis c'est j'ai merci bonjour dans pas des",
    "de": "der die das und ist nicht ich du wir sie mit ein eine sehr auch aber für bin danke heute",
    "it": "il gli una è e ma che per con molto sono grazie ciao io mi non di questo anche oggi",
    "pt": "os uma é e mas que por com muito estou obrigado olá eu meu não para também você hoje",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}


def shares(text: str) -> tuple[LanguageShare, ...]:
    """Return the languages of a text and their shares of its letters, the largest first; none without letters."""
    counts = Counter({language: len(letters.findall(text)) for language, letters in _SCRIPTS})
    if counts["ja"]:  # Japanese is written with Chinese characters too
        counts["ja"] += counts.pop("zh", 0)
    words = [word.lower() for word in _LATIN_WORD.findall(text)]
    if words:
        counts[_latin(words)] += sum(map(len, words))
    total = sum(counts.values())
    return tuple(
        LanguageShare(language=language, score=round(count / total, 4))
        for language, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if count
    )


def _latin(words: list[str]) -> str:
    known = {language: sum(word in common for word in words) for language, common in _WORDS.items()}
    return max(_WORDS, key=lambda language: (known[language], language == "en"))
