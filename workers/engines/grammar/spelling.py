"""Spelling: a word that nobody writes, near to one that everybody does.

A word is left alone where it may be a name or a word of another language: with a capital letter inside a sentence, or
with nothing that is like it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from workers.engines.grammar.finding import Finding
from workers.engines.grammar.fluency import shipped_fluency
from workers.engines.grammar.rules import words_of_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workers.engines.grammar.words import Word

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: By how much the other word must be more frequent, in Zipf's scale: 2 is a hundred times.
_MORE_FREQUENT = 1.5
#: The same where Harper is not there to say that the word is in no dictionary.
_ALONE_MORE_FREQUENT = 2.5
#: A word of fewer letters is more often an abbreviation than a mistake.
_SHORTEST = 3
#: How many mistakes a word of so many letters may have.
_MISTAKES = ((10, 4), (8, 3), (5, 2), (0, 1))
#: How frequent each part must be where two words were written as one, in Zipf's scale.
_COMMON = 4.5
#: What a mistake costs when words are compared, in nats.
_COST = 5.0
#: The first word of a sentence may be a name: a shorter one is taken for a word only where a very common one is meant.
_FIRST_SHORTEST = 7
_VERY_COMMON = 5.5
#: Korean in Latin letters (Revised Romanization), with a vowel or a consonant that English does not write so.
_KOREAN = re.compile(
    r"(?=.*(?:eo|eu|ae|kk|tt|jj|wo))"
    r"(?:(?:kk|tt|pp|ss|jj|ch|[gndrlmbsjktph])?"
    r"(?:yeo|yae|wae|ae|eo|ya|yo|yu|ye|wa|wo|we|wi|oe|eu|ui|oo|[aeiou])(?:ng|[kntlmp](?![aeiouwy]))?)+"
)
#: Spelt as in Britain, which is no mistake.
_BRITISH = re.compile(
    r"(?:our(?:s|ed|ing|ite|ites|ful|able|hood)?|is(?:e|es|ed|ing|ation|ations)|ould(?:s|ed|ing)?|[bt]res?"
    r"|ll(?:ed|ing|er|ers)|ogue?s?|que|mmes?)$"
)


def spelling_findings(
    text: str, sentence: Sequence[Word], misspelt: Mapping[tuple[int, int], tuple[str, ...]] | None
) -> Iterator[Finding]:
    """Yield misspelt words of a sentence.

    Args:
        text: all of it.
        sentence: with its `START` and `END`.
        misspelt: as Harper found them; None where there is no Harper.
    """
    for place, word in enumerate(sentence[1:-1], start=1):
        harper = () if misspelt is None else misspelt.get((word.start, word.end))
        known = shipped_fluency().knows(word.lower)
        left_to_rules = word.lower in words_of_rules()
        if harper is None or (known and not harper) or left_to_rules or not _may_be_wrong(word, first=place == 1):
            continue
        gap = _ALONE_MORE_FREQUENT if known or misspelt is None else _MORE_FREQUENT
        meant = _meant(text, sentence, word, harper, gap)
        may_be_name = word.text[0].isupper() and len(word.text) < _FIRST_SHORTEST
        if meant and (not may_be_name or _zipf(meant) >= _VERY_COMMON):
            yield _finding(word, meant)


def _may_be_wrong(word: Word, *, first: bool) -> bool:
    written = word.text
    small = written.islower() or (first and written[1:].islower())
    return (
        small
        and written.isascii()
        and written.isalpha()
        and len(written) >= _SHORTEST
        and not _BRITISH.search(written)
        and not _KOREAN.fullmatch(word.lower)
    )


def _meant(text: str, sentence: Sequence[Word], word: Word, harper: Sequence[str], gap: float) -> str | None:
    """Return the likeliest word that is meant; None where there is none."""
    most = next(mistakes for letters, mistakes in _MISTAKES if len(word.text) >= letters)
    near = {one for one in (*_one_edit(word.lower), *map(str.lower, harper)) if _zipf(one) - _zipf(word.lower) >= gap}
    costs = {one: _edits(word.lower, one) for one in (*near, *_apart(word.lower))}
    first, last = sentence[0].start, sentence[-1].end
    fluency = shipped_fluency()

    def score(one: str) -> tuple[float, str]:
        written = text[first : word.start] + one + text[word.end : last]
        return fluency.of(written) - _COST * costs[one], one

    return max((one for one in costs if costs[one] <= most), key=score, default=None)


@cache
def _zipf(word: str) -> float:
    from wordfreq import zipf_frequency  # noqa: PLC0415 - heavy

    return float(zipf_frequency(word, "en", wordlist="small"))


def _one_edit(word: str) -> set[str]:
    """Return the known words that are one mistake away: a letter too many, too few, another, or two swapped."""
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    near = {left + right[1:] for left, right in parts if right}
    near |= {left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1}
    near |= {left + letter + right[1:] for left, right in parts if right for letter in _LETTERS}
    near |= {left + letter + right for left, right in parts for letter in _LETTERS}
    return {one for one in near if shipped_fluency().knows(one)}


def _apart(word: str) -> Iterator[str]:
    """Yield pairs of common words of which it may consist: `infront`."""
    for place in range(1, len(word)):
        parts = word[:place], word[place:]
        if min(map(_zipf, parts)) >= _COMMON and (len(parts[0]) > 1 or parts[0] == "a") and len(parts[1]) > 1:
            yield " ".join(parts)


def _edits(one: str, other: str) -> int:
    """Return how many mistakes lead from one word to another (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        this = [row]
        for column, wanted in enumerate(other, start=1):
            cost = min(last[column] + 1, this[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            this.append(cost)
        before, last = last, this
    return last[-1]


def _finding(word: Word, meant: str) -> Finding:
    suggestion = meant.capitalize() if word.text[0].isupper() else meant
    return Finding(
        start=word.start,
        end=word.end,
        original=word.text,
        suggestion=suggestion,
        rule="spelling",
        note_en=f"Check the spelling: “{suggestion}”?",
        note_ko=f"철자를 확인해 주세요: “{suggestion}”?",
    )
