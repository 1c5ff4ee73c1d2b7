"""Spelling: a word that nobody writes, near to one that everybody does.

A word is left alone where it may be a name or a word of another language: with a capital letter inside a sentence, or
with nothing that is like it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.grammar.finding import Finding
from workers.engines.grammar.fluency import shipped_fluency
from workers.engines.grammar.nearby import apart, edits, few_edits, one_edit, zipf
from workers.engines.grammar.rules import words_of_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from workers.engines.grammar.words import Word

#: By how much the other word must be more frequent, in Zipf's scale: 2 is a hundred times.
_MORE_FREQUENT = 1.5
#: The same where Harper is not there to say that the word is in no dictionary.
_ALONE_MORE_FREQUENT = 2.5
#: A word of fewer letters is more often an abbreviation than a mistake.
_SHORTEST = 3
#: How many mistakes a word of so many letters may have.
_MISTAKES = ((10, 4), (8, 3), (5, 2), (0, 1))
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
        if meant and (not may_be_name or zipf(meant) >= _VERY_COMMON):
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
    written = word.lower

    def likelier(words: Iterable[str]) -> set[str]:
        return {one for one in words if zipf(one) - zipf(written) >= gap}

    near = likelier([*one_edit(written), *map(str.lower, harper)])
    if zipf(written):  # people do write it: a name or a brand
        most = 1
    elif not any(edits(written, one) <= most for one in near):
        near = likelier(few_edits(written))
    costs = {one: edits(written, one) for one in (*near, *apart(written))}
    first, last = sentence[0].start, sentence[-1].end
    fluency = shipped_fluency()

    def score(one: str) -> tuple[float, str]:
        whole = text[first : word.start] + one + text[word.end : last]
        return fluency.of(whole) - _COST * costs[one], one

    return max((one for one in costs if costs[one] <= most), key=score, default=None)


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
