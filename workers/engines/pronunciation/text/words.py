"""The words of a text, as a reader says them, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.pronunciation.text import numbers, readings
from workers.engines.pronunciation.text.folding import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workers.engines.pronunciation.text.folding import Folded
    from workers.engines.pronunciation.text.readings import Part

_LETTER = r"[^\W\d_]"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)*"
_UNITS = "|".join(sorted((re.escape(unit) for unit in readings.UNITS), key=len, reverse=True))
_MAGNITUDES = "|".join(sorted(readings.MAGNITUDES, key=len, reverse=True))
_ABBREVIATIONS = "|".join(sorted(readings.ABBREVIATIONS, key=len, reverse=True))
#: Words that begin with an apostrophe; before others it is a quotation mark.
_CLIPPED = "bout|cause|course|cuse|em|gain|kay|round|til|tis|twas"
_END = rf"(?!{_LETTER}|\d)"

_TOKEN = re.compile(
    rf"""
    (?P<money>[$£€¥₩]\ ?(?P<amount>{_NUMBER})(?:\ ?(?P<magnitude>{_MAGNITUDES}){_END})?)
    |(?<!\d)(?P<time>(?P<hours>[01]?\d|2[0-4]):(?P<minutes>[0-5]\d)){_END}
    |(?P<fraction>(?P<above>\d{{1,3}})/(?P<below>\d{{1,3}})){_END}
    |(?P<chain>\d{{1,15}}(?:-\d{{1,15}})+){_END}
    |(?P<ordinal>(?P<place>\d{{1,3}}(?:,\d{{3}})+|\d{{1,15}})(?:st|nd|rd|th)){_END}
    |(?P<decade>'?(?P<years>[12]\d\d0|[2-9]0)'?s){_END}
    |(?P<measure>(?P<value>{_NUMBER}|\.\d+)\ ?(?P<unit>{_UNITS})){_END}
    |(?P<negative>(?<![\w)])-(?P<below_zero>{_NUMBER}))
    |(?P<number>{_NUMBER}|(?<!\w)\.\d+)
    |(?P<dotted>(?:[a-z]\.){{2,}}(?:[a-z]{_END})?)
    |(?P<abbreviation>(?P<short>{_ABBREVIATIONS})\.)
    |(?P<word>(?:'(?={_CLIPPED}))?{_LETTER}+(?:'{_LETTER}+)*)
    |(?P<sign>[&@+=%]|\#(?=\d))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PAUSE = re.compile(r"[.,;:!?…]|\s-\s|\n\s*\n")
_LATIN = re.compile(r"[a-z']+", re.ASCII)
_LONGEST_INITIALISM = 5
_LONGEST_LABEL = 3


@dataclass(frozen=True, kw_only=True)
class Word:
    """One word of a text: letters, a number with its sign and unit, an abbreviation."""

    start: int
    """First code point in the text."""
    end: int
    """One past the last."""
    parts: tuple[Part, ...]
    """What is said for it, each part with all the ways to read it; empty for what English has no sounds for."""
    pause_after: bool = False
    """Whether punctuation behind it asks for a pause."""


def words_of(text: str) -> tuple[Word, ...]:
    """Find the words of any text; punctuation, emoji and signs without a name are none."""
    folded = fold(text)
    shouted = not any(character.islower() for character in folded.text)
    matches = list(_TOKEN.finditer(folded.text))
    starts = [match.start() for match in matches] + [len(folded.text)]
    return tuple(_word(folded, match, end, shouted=shouted) for match, end in zip(matches, starts[1:], strict=True))


def _word(folded: Folded, match: re.Match[str], next_start: int, *, shouted: bool) -> Word:
    start, end = folded.span(*match.span())
    behind = folded.text[match.end() : next_start]
    return Word(start=start, end=end, parts=_parts(match, shouted=shouted), pause_after=bool(_PAUSE.search(behind)))


def _parts(match: re.Match[str], *, shouted: bool) -> tuple[Part, ...]:
    if match["word"] is not None:
        return _letters(match, shouted=shouted)
    groups = {name: value.lower() for name, value in match.groupdict().items() if value is not None}
    kind = next(name for name in _READERS if name in groups)
    return readings.parts_of(_READERS[kind](groups))


def _letters(match: re.Match[str], *, shouted: bool) -> tuple[Part, ...]:
    word = match["word"]
    plain = word.lower()
    if not _LATIN.fullmatch(plain):
        return ()
    if plain in readings.BARE_ABBREVIATIONS:
        return readings.parts_of(readings.abbreviation(plain))
    text, (start, end) = match.string, match.span()
    is_label = len(word) <= _LONGEST_LABEL and (text[start - 1 : start].isdigit() or text[end : end + 1].isdigit())
    is_initialism = not shouted and 1 < len(word) <= _LONGEST_INITIALISM and word.isupper() and word.isalpha()
    if is_label or is_initialism:
        return (((plain,), readings.letters(word)),)
    return (((plain,),),)


def _negative(number: str) -> tuple[numbers.Reading, ...]:
    return tuple((sign, *words) for words in numbers.written(number) for sign in ("minus", "negative"))


_READERS: Mapping[str, Callable[[dict[str, str]], tuple[numbers.Reading, ...]]] = {
    "money": lambda at: readings.money(at["money"][0], at["amount"], at.get("magnitude", "")),
    "time": lambda at: readings.time(at["hours"], at["minutes"]),
    "fraction": lambda at: readings.fraction(at["above"], at["below"]),
    "chain": lambda at: readings.chain(at["chain"]),
    "ordinal": lambda at: numbers.ordinals(at["place"].replace(",", "")),
    "decade": lambda at: readings.decade(at["years"]),
    "measure": lambda at: readings.measure(at["value"], at["unit"]),
    "negative": lambda at: _negative(at["below_zero"]),
    "number": lambda at: numbers.written(at["number"]),
    "dotted": lambda at: (readings.letters(at["dotted"].replace(".", "")),),
    "abbreviation": lambda at: readings.abbreviation(at["short"]),
    "sign": lambda at: tuple((word,) for word in readings.SIGNS[at["sign"]]),
}
