"""Numbers in English words, in all the ways in which readers say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What a reader says, word by word.
Reading = tuple[str, ...]

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = (("trillion", 10**12), ("billion", 10**9), ("million", 10**6), ("thousand", 1000))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
#: Longer ones are read digit by digit.
MAX_DIGITS = 15
_HUNDRED = 100


def unique(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Leave out what is there twice; the first is the most likely."""
    return tuple(dict.fromkeys(readings))


def cardinal(number: int, *, with_and: bool = False) -> Reading:
    """Say a number below 10 ** 15; `with_and` as in "two hundred and five"."""
    for name, scale in _SCALES:
        if number >= scale:
            return (*cardinal(number // scale, with_and=with_and), name, *_rest(number % scale, with_and=with_and))
    if number >= _HUNDRED:
        return (ONES[number // _HUNDRED], "hundred", *_rest(number % _HUNDRED, with_and=with_and))
    if number < len(ONES):
        return (ONES[number],)
    return (_TENS[number // 10], ONES[number % 10]) if number % 10 else (_TENS[number // 10],)


def _rest(number: int, *, with_and: bool) -> Reading:
    if not number:
        return ()
    words = cardinal(number, with_and=with_and)
    return ("and", *words) if with_and and number < _HUNDRED else words


def cardinals(digits: str) -> tuple[Reading, ...]:
    """Say a whole number: with and without "and", and "a hundred" for "one hundred"."""
    if len(digits) > MAX_DIGITS or (len(digits) > 1 and digits[0] == "0"):
        return spelt(digits)
    readings = [cardinal(int(digits)), cardinal(int(digits), with_and=True)]
    readings += [("a", *words[1:]) for words in readings if words[0] == "one" and len(words) > 1]
    return unique(readings)


def spelt(digits: str) -> tuple[Reading, ...]:
    """Say digits one by one, a naught as "zero" or "oh"."""
    words = tuple(ONES[int(digit)] for digit in digits)
    return unique([words, tuple("oh" if word == "zero" else word for word in words)])


def integers(digits: str) -> tuple[Reading, ...]:
    """Say digits without a separator: a number, a year ("nineteen ninety"), a room ("three oh one")."""
    readings = list(cardinals(digits))
    if len(digits) == 4 and digits[0] != "0":  # noqa: PLR2004 - as years have
        readings += pairs(int(digits))
    if len(digits) in {3, 4}:
        readings += spelt(digits)
    return unique(readings)


def pairs(number: int) -> tuple[Reading, ...]:
    """Say four digits as years are: "nineteen ninety", "twenty oh five", "fifteen hundred"."""
    high, low = divmod(number, _HUNDRED)
    if not low:
        return () if high % 10 == 0 else ((*cardinal(high), "hundred"),)
    return ((*cardinal(high), *(("oh",) if low < 10 else ()), *cardinal(low)),)  # noqa: PLR2004


def decimals(number: str) -> tuple[Reading, ...]:
    """Say "3.14", ".5" or "1.2.3"; without a point, a whole number."""
    whole, *fractions = number.split(".")
    heads: tuple[Reading, ...] = integers(whole) if whole else ((), ("zero",))
    if fractions and whole:
        heads = cardinals(whole)
    tail = tuple(word for digits in fractions for word in ("point", *spelt(digits)[0]))
    return unique((*head, *tail) for head in heads)


def written(number: str) -> tuple[Reading, ...]:
    """Say a number with or without separators: "1,250", "3.5", "2024"."""
    plain = number.replace(",", "")
    return cardinals(plain) if plain.isdigit() and plain != number else decimals(plain)


def ordinals(digits: str) -> tuple[Reading, ...]:
    """Say "1st" and its like."""
    return unique((*words[:-1], ordinal(words[-1])) for words in cardinals(digits))


def ordinal(word: str) -> str:
    """Make a number's last word an ordinal."""
    if word in _ORDINALS:
        return _ORDINALS[word]
    return f"{word[:-1]}ieth" if word.endswith("y") else f"{word}th"


def plural(word: str) -> str:
    """Make a number's last word a plural: "nineties", "sixths"."""
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
