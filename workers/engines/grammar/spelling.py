"""Spelling: a word that nobody writes, near to one that everybody does.

A word is left alone where it may be a name or a word of another language: with a capital letter inside a sentence, or
with nothing that is like it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.grammar.finding import Finding
from workers.engines.grammar.fluency import shipped_fluency
from workers.engines.grammar.nearby import apart, edits, few_edits, one_edit, zipf
from workers.engines.grammar.rules import words_of_rules
from workers.engines.grammar.varieties import british, korean, made_of_words

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
#: By how much the sentence must become likelier where one word is written as two, in nats.
_APART_GAIN = 2.0
#: A word that no dictionary has is called unknown from so many letters on; a shorter one is more often an abbreviation.
_UNKNOWN_SHORTEST = 5


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
        if harper is None or (known and not harper) or left_to_rules or not _may_be_wrong(word, harper, place):
            continue
        gap = _ALONE_MORE_FREQUENT if known or misspelt is None else _MORE_FREQUENT
        meant = _meant(text, sentence, word, harper, gap)
        may_be_name = word.text[0].isupper() and len(word.text) < _FIRST_SHORTEST
        if meant and (not may_be_name or zipf(meant) >= _VERY_COMMON):
            yield _finding(word, meant)
        elif not meant and misspelt is not None and _in_no_dictionary(word):
            yield _unknown(word)


def _may_be_wrong(word: Word, harper: Sequence[str], place: int) -> bool:
    written = word.text
    small = written.islower() or (place == 1 and written[1:].islower())
    return (
        small
        and written.isascii()
        and written.isalpha()
        and len(written) >= _SHORTEST
        and not british(word.lower, harper)
        and not korean(word.lower, surely=True)
    )


def _in_no_dictionary(word: Word) -> bool:
    """Whether a word that Harper does not know is neither in the other lists, nor made of words, nor maybe Korean."""
    return (
        word.text.islower()
        and len(word.text) >= _UNKNOWN_SHORTEST
        and not zipf(word.lower)
        and not shipped_fluency().knows(word.lower)
        and not korean(word.lower, surely=False)
        and not made_of_words(word.lower)
    )


def _meant(text: str, sentence: Sequence[Word], word: Word, harper: Sequence[str], gap: float) -> str | None:
    """Return the likeliest word that is meant; None where there is none."""
    most = next(mistakes for letters, mistakes in _MISTAKES if len(word.text) >= letters)
    written = word.lower

    def likelier(words: Iterable[str]) -> set[str]:
        return {one for one in words if zipf(one) - zipf(written) >= gap}

    near = likelier([*one_edit(written), *map(str.lower, harper)])
    if zipf(written) or made_of_words(written) or korean(written, surely=False):  # people may write it so
        most = 1
    elif not any(edits(written, one) <= most for one in near):
        near = likelier(few_edits(written))
    if not near and _in_no_dictionary(word):
        near = set(map(str.lower, harper))
    first, last = sentence[0].start, sentence[-1].end
    fluency = shipped_fluency()

    def fluent(one: str) -> float:
        return fluency.of(text[first : word.start] + one + text[word.end : last])

    least = fluent(word.text) + _APART_GAIN
    costs = {one: edits(written, one) for one in near} | {one: 1 for one in apart(written) if fluent(one) >= least}
    fit = (one for one in costs if costs[one] <= most)
    return max(fit, key=lambda one: (fluent(one) - _COST * costs[one], one), default=None)


def _finding(word: Word, meant: str) -> Finding:
    suggestion = meant.capitalize() if word.text[0].isupper() else meant
    note_en, note_ko = f"Check the spelling: “{suggestion}”?", f"철자를 확인해 주세요: “{suggestion}”?"
    return _misspelt(word, suggestion, note_en, note_ko)


def _unknown(word: Word) -> Finding:
    note_en, note_ko = (
        f"No dictionary has “{word.text}”.",
        f"“{word.text}”: 사전에 없는 단어예요. 철자를 확인해 주세요.",
    )
    return _misspelt(word, None, note_en, note_ko)


def _misspelt(word: Word, suggestion: str | None, note_en: str, note_ko: str) -> Finding:
    return Finding(
        start=word.start,
        end=word.end,
        original=word.text,
        suggestion=suggestion,
        rule="spelling",
        note_en=note_en,
        note_ko=note_ko,
    )
