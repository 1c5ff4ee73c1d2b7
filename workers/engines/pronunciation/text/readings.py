"""How a reader says a token that is not a plain word: amounts, times, fractions, abbreviations, signs."""

from __future__ import annotations

from itertools import product

from workers.engines.pronunciation.text import numbers
from workers.engines.pronunciation.text.numbers import Reading, unique

#: Ways to read one part of a token; all parts are said, one behind the other.
Part = tuple[Reading, ...]

_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "", ""),
    "₩": ("won", "won", "", ""),
}
MAGNITUDES = {"k": "thousand", "m": "million", "bn": "billion", "million": "million", "billion": "billion",
              "thousand": "thousand", "trillion": "trillion"}  # fmt: skip
#: One, several.
UNITS = {
    "%": ("percent", "percent"),
    "km": ("kilometer", "kilometers"), "m": ("meter", "meters"), "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"), "kg": ("kilogram", "kilograms"), "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"), "l": ("liter", "liters"), "ml": ("milliliter", "milliliters"),
    "h": ("hour", "hours"), "min": ("minute", "minutes"), "ft": ("foot", "feet"),
    "mph": ("mile per hour", "miles per hour"),
    "°": ("degree", "degrees"), "°c": ("degree celsius", "degrees celsius"),
    "°f": ("degree fahrenheit", "degrees fahrenheit"), "am": ("a. m.", "a. m."), "pm": ("p. m.", "p. m."),
    "gb": ("gigabyte", "gigabytes"), "mb": ("megabyte", "megabytes"), "x": ("times", "times"),
}  # fmt: skip
ABBREVIATIONS = {
    "mr": ("mister",), "mrs": ("missus",), "ms": ("ms",), "dr": ("doctor", "drive"), "prof": ("professor",),
    "st": ("saint", "street"), "jr": ("junior",), "sr": ("senior",), "vs": ("versus",), "etc": ("et cetera",),
    "ave": ("avenue",), "rd": ("road",), "dept": ("department",), "approx": ("approximately",), "no": ("number",),
    "jan": ("january",), "feb": ("february",), "aug": ("august",), "sept": ("september",), "oct": ("october",),
    "nov": ("november",), "dec": ("december",), "mon": ("monday",), "tue": ("tuesday",), "wed": ("wednesday",),
    "thu": ("thursday",), "fri": ("friday",), "km": ("kilometers",), "kg": ("kilograms",), "cm": ("centimeters",),
    "min": ("minutes",), "vol": ("volume",), "fig": ("figure",), "mt": ("mount",), "capt": ("captain",),
    "gen": ("general",), "sgt": ("sergeant",), "lt": ("lieutenant",), "inc": ("incorporated", "inc"),
    "ltd": ("limited",), "corp": ("corporation",), "co": ("company",),
}  # fmt: skip
#: Read so without a full stop too: these letters are no word.
BARE_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "vs", "etc", "km", "kg", "cm", "prof", "dept", "jr", "sr"})
#: Abbreviations that are words too, as in "No. I don't."
_WORDS_TOO = frozenset({"no", "wed", "fig", "co", "gen", "inc"})
SIGNS = {"&": ("and",), "@": ("at",), "+": ("plus",), "=": ("equals", "is"), "%": ("percent",), "#": ("number",)}
_FRACTIONS = {
    (1, 2): ("a half", "one half", "half", "and a half"),
    (1, 4): ("a quarter", "one quarter", "one fourth", "and a quarter"),
    (3, 4): ("three quarters", "three fourths", "and three quarters"),
}


def parts_of(readings: tuple[Reading, ...]) -> tuple[Part, ...]:
    """Split readings where all of them agree, so that each word of "2,024" has a time and a score of its own.

    What they disagree in becomes one part with several readings, none of them empty.
    """
    if len({len(reading) for reading in readings}) == 1:
        return tuple(unique((word,) for word in words) for words in zip(*readings, strict=True))
    head = _agreed(readings)
    rests = [reading[head:] for reading in readings]
    tail = _agreed(tuple(rest[::-1] for rest in rests))
    while any(len(rest) == tail for rest in rests):
        head, tail = (head - 1, tail) if head else (head, tail - 1)
        rests = [reading[head:] for reading in readings]
    first = readings[0]
    middle = unique(rest[: len(rest) - tail] for rest in rests)
    return (
        *(((word,),) for word in first[:head]),
        middle,
        *(((word,),) for word in first[len(first) - tail :]),
    )


def _agreed(readings: tuple[Reading, ...]) -> int:
    """How many first words all readings share."""
    count = 0
    while all(len(reading) > count for reading in readings) and len({reading[count] for reading in readings}) == 1:
        count += 1
    return count


def money(sign: str, amount: str, magnitude: str) -> tuple[Reading, ...]:
    """Say "$3.50", "€1,000", "$2 million"."""
    one, many, cent, cents = _CURRENCIES[sign]
    whole, _, hundredths = amount.replace(",", "").partition(".")
    if magnitude or not cent or len(hundredths) not in {0, 2}:
        scale = (MAGNITUDES[magnitude],) if magnitude else ()
        return unique((*words, *scale, many) for words in numbers.written(amount))
    amounts = [(*words, one if int(whole) == 1 else many) for words in numbers.cardinals(whole)]
    if not hundredths or not int(hundredths):
        return unique(amounts)
    small = numbers.cardinal(int(hundredths))
    named = (*small, cent if int(hundredths) == 1 else cents)
    full = [(*words, *joint, *named) for words in amounts for joint in ((), ("and",))]
    short = [words for amount in amounts for words in ((*amount, *small), (*amount[:-1], *small))]
    return unique([*full, *short])


def time(hours: str, minutes: str) -> tuple[Reading, ...]:
    """Say "10:30", "7:05", "9:00"."""
    hour = numbers.cardinal(int(hours))
    if int(minutes) == 0:
        return unique([(*hour, "o'clock"), hour, (*hour, "hundred")])
    minute = numbers.cardinal(int(minutes))
    late = [("oh", *minute), ("zero", *minute)] if minutes[0] == "0" else []
    return unique((*hour, *words) for words in [*late, minute])


def fraction(numerator: str, denominator: str) -> tuple[Reading, ...]:
    """Say "1/2", "2/3", and "24/7" as two numbers."""
    above, below = int(numerator), int(denominator)
    *first, last = numbers.cardinal(below)
    part = numbers.ordinal(last)
    named = [(*numbers.cardinal(above), *first, part if above == 1 else numbers.plural(part))]
    known = [tuple(words.split()) for words in _FRACTIONS.get((above, below), ())] or named
    joints: tuple[Reading, ...] = ((), ("over",), ("slash",), ("out", "of"))
    plain = [(*numbers.cardinal(above), *joint, *numbers.cardinal(below)) for joint in joints]
    return unique([*known, *plain])


def chain(text: str) -> tuple[Reading, ...]:
    """Say "3-5" as a range or a score, and "010-1234-5678" digit by digit."""
    groups = text.split("-")
    digits = numbers.spelt("".join(groups))
    if len(groups) > 2:  # noqa: PLR2004 - more than a range
        return digits
    ends = list(product(numbers.integers(groups[0])[:2], numbers.integers(groups[1])[:2]))
    ranges = [(*low, *joint, *high) for low, high in ends for joint in (("to",), ())]
    return unique([*ranges, *digits])


def decade(digits: str) -> tuple[Reading, ...]:
    """Say "1990s", "'90s"."""
    readings = [*numbers.integers(digits)[:1], *(numbers.pairs(int(digits)) if len(digits) == 4 else ())]  # noqa: PLR2004
    return unique((*words[:-1], numbers.plural(words[-1])) for words in readings[::-1])


def measure(number: str, unit: str) -> tuple[Reading, ...]:
    """Say "5 km", "20°C", "50%", "10am"."""
    one, many = UNITS[unit]
    name = tuple((one if number == "1" else many).split())
    return unique((*words, *name) for words in numbers.written(number))


def abbreviation(short: str) -> tuple[Reading, ...]:
    """Say "Dr.", "No. 5", "etc."; some are the same letters as a word."""
    known = [tuple(words.split()) for words in ABBREVIATIONS[short]]
    return unique([*known, (short,)] if short in _WORDS_TOO else known)


def letters(text: str) -> Reading:
    """Spell letters by their names, which the dictionary has as "a.", "b." and so on."""
    return tuple(f"{letter}." for letter in text.lower())
