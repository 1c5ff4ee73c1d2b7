"""Korean particles, whose form depends on the last sound of the word before them."""

from __future__ import annotations

_FIRST, _LAST = ord("가"), ord("힣")
#: A syllable's number is (initial * 21 + vowel) * 28 + final: The Unicode Standard, section 3.12.
_FINALS = 28
_RIEUL = 8

#: Behind a consonant; behind a vowel.
_FORMS = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이에요": ("이에요", "예요"),
    "이었어요": ("이었어요", "였어요"),
    "이세요": ("이세요", "세요"),
}


def final_of(word: str) -> int | None:
    """Return the number of the word's last consonant, 0 where it ends in a vowel; None where it is not Korean."""
    last = ord(word[-1]) if word else 0
    return (last - _FIRST) % _FINALS if _FIRST <= last <= _LAST else None


def with_particle(word: str, particle: str) -> str:
    """Put a particle behind a word.

    Args:
        word: ends in a Hangul syllable.
        particle: in the form that follows a consonant, for example 을 or 으로; one that has only one form stays.

    Raises:
        ValueError: the word does not end in Hangul, and how it is read decides.
    """
    if particle not in _FORMS:
        return word + particle
    final = final_of(word)
    if final is None:
        raise ValueError("a particle stands behind a word that is not written in Hangul")
    consonant, vowel = _FORMS[particle]
    open_ended = not final or (particle == "으로" and final == _RIEUL)
    return word + (vowel if open_ended else consonant)
