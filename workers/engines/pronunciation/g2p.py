"""From espeak-ng's IPA of an English word to the 39 phones of the dictionary and the acoustic model (ARPAbet).

About one phone in ten differs from the dictionary's where a word is in both.
"""

# ruff: noqa: RUF001 - IPA looks like other letters
from __future__ import annotations

import re

_TABLE = {
    "tʃ": "CH", "dʒ": "JH", "aɪɚ": "AY ER", "aɪə": "AY AH", "aʊ": "AW", "aɪ": "AY", "eɪ": "EY", "oʊ": "OW",
    "ɔɪ": "OY", "əl": "AH L", "ɜː": "ER", "ɚ": "ER", "ɝ": "ER", "iə": "IY AH", "ɑːɹ": "AA R", "ɔːɹ": "AO R",
    "oːɹ": "AO R", "ɛɹ": "EH R", "ɪɹ": "IH R", "ʊɹ": "UH R", "iː": "IY", "uː": "UW", "ɑː": "AA", "ɔː": "AO",
    "oː": "AO", "ɐ": "AH", "ə": "AH", "ʌ": "AH", "æ": "AE", "ɛ": "EH", "ɪ": "IH", "ᵻ": "IH", "ʊ": "UH", "i": "IY",
    "u": "UW", "ɔ": "AO", "ɑ": "AA", "a": "AA", "e": "EY", "o": "OW", "ø": "ER", "y": "UW", "θ": "TH", "ð": "DH",
    "ʃ": "SH", "ʒ": "ZH", "ŋ": "NG", "ɹ": "R", "r": "R", "ɾ": "T", "j": "Y", "ɡ": "G", "g": "G", "h": "HH",
    "x": "K", "n̩": "AH N", "l̩": "AH L", "m̩": "AH M", "ʔ": "T", "ɬ": "L", "ç": "HH", "ɲ": "N Y", "β": "V",
    **{letter: letter.upper() for letter in "bdfklmnpstvwz"},
}  # fmt: skip
#: espeak's notes on a change of language, such as "(fr)".
_NOTE = re.compile(r"\([a-z-]+\)")
#: Stress, syllables and ties are left out before sounds are looked for; a length that belongs to none, after.
_MARKS = dict.fromkeys(map(ord, "ˈˌ|_ \n\u0361-"))
_LENGTH = "ː"
_PHONE = re.compile("|".join(sorted(map(re.escape, _TABLE), key=len, reverse=True)))


def phones_of(ipa: str) -> tuple[str, ...] | None:
    """Turn IPA into ARPAbet without stress; None where it holds a sound that English has not, or nothing."""
    phones: list[str] = []
    rest = _NOTE.sub("", ipa).translate(_MARKS)
    while rest:
        match = _PHONE.match(rest)
        if match:
            phones += _TABLE[match[0]].split()
            rest = rest[match.end() :]
        elif rest.startswith(_LENGTH):
            rest = rest[1:]
        else:
            return None
    return tuple(phones) or None
