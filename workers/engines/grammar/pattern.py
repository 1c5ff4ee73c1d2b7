"""Patterns over the tagged words of a sentence, and what to write instead; how they are written, `syntax.py` says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.grammar.forms import form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.engines.grammar.words import Word

_BACK = re.compile(r"(\\\d|FIRST|LAST)(?:\.([A-Z]+))?")
#: What begins with a vowel as it is spoken: letters that are read out, silent h, but not `university`.
_VOWEL = re.compile(
    r"[AEFHILMNORSX](?:[A-Z]+|-[A-Za-z]+)?\b|8|11\b|18\b"
    r"|(?!(?i:uni(?!n)|use|usu|euro|one\b|once))(?i:[aeiou]|hour|honest|hono|heir)"
)
_CLAUSE_ENDS = frozenset(
    "because that when if so who which while although and but or before after than".split(" ")  # noqa: SIM905 - as above
)
#: How many words a gap may have.
GAPS = {"..": 8, "...": 12}


@dataclass(frozen=True)
class Clause:
    """A test of one word."""

    words: frozenset[str]
    tags: frozenset[str]
    negated: bool

    def holds(self, word: Word) -> bool:
        """Whether a word passes it."""
        return (word.lower in self.words or word.tag in self.tags) != self.negated


@dataclass(frozen=True)
class Element:
    """A part of a pattern: one word, or some."""

    clauses: tuple[Clause, ...]
    least: int = 1
    """How many words it stands for."""
    most: int = 1
    gap: str = ""

    @property
    def needs(self) -> frozenset[str]:
        """Words and tags of which one must be there; none where anything will do."""
        clause = self.clauses[0] if self.clauses else None
        return clause.words | clause.tags if clause and self.least and not clause.negated else frozenset()

    def lengths(self, sentence: Sequence[Word], place: int) -> Iterator[int]:
        """Yield how many words it may stand for at a place, the best first."""
        if self.gap:
            for length in range(GAPS[self.gap] + 1):
                yield length
                if place + length == len(sentence) or (self.gap == ".." and _ends_clause(sentence[place + length])):
                    return
        else:
            longest = 0
            while longest < self.most and place + longest < len(sentence) and self._holds(sentence[place + longest]):
                longest += 1
            yield from range(longest, 0 if self.least else -1, -1)

    def _holds(self, word: Word) -> bool:
        return all(clause.holds(word) for clause in self.clauses)


@dataclass(frozen=True)
class Match:
    """Where a pattern stands in a sentence."""

    words: tuple[Word | None, ...]
    """Of each element; None of an optional one that is not there."""
    first: int
    """Index in the sentence of the first word that is replaced."""
    last: int
    """One past the last."""
    inside: tuple[Word, ...]
    """What is replaced."""

    def word(self, reference: str) -> Word | None:
        """Return the word that a part of a replacement refers to."""
        if reference in {"FIRST", "LAST"}:
            return self.inside[0 if reference == "FIRST" else -1]
        return self.words[int(reference[1:]) - 1]


@dataclass(frozen=True)
class Pattern:
    """A pattern and its replacements."""

    elements: tuple[Element, ...]
    opens: int
    """How many elements stand before what is replaced."""
    closes: int
    """How many up to its end."""
    replacements: tuple[str, ...]
    needs: tuple[frozenset[str], ...]
    """Of each of these sets of words and tags, one must be in the sentence: most patterns are ruled out by that."""

    def may_match(self, words_and_tags: set[str]) -> bool:
        """Whether a sentence with these words and tags may have the pattern in it."""
        return not any(need.isdisjoint(words_and_tags) for need in self.needs)

    def matches(self, sentence: Sequence[Word]) -> Iterator[Match]:
        """Yield each place where the pattern stands in a sentence that has its `START` and `END`."""
        for place in range(len(sentence)):
            spans = self._match(sentence, place, 0)
            if spans is not None:
                first = spans[self.opens][0] if self.opens < len(spans) else spans[-1][1]
                last = spans[self.closes - 1][1] if self.closes > self.opens else first
                words = tuple(sentence[start] if end == start + 1 else None for start, end in spans)
                yield Match(words, first, last, tuple(sentence[first:last]))

    def _match(self, sentence: Sequence[Word], place: int, index: int) -> tuple[tuple[int, int], ...] | None:
        """Match the elements from `index` on; return where each of them stands."""
        if index == len(self.elements):
            return ()
        element = self.elements[index]
        for length in element.lengths(sentence, place):
            rest = self._match(sentence, place + length, index + 1)
            if rest is not None:
                return (place, place + length), *rest
        return None

    def written(self, match: Match, following: str) -> Iterator[str]:
        """Yield what may be written instead; `following` is the word after it."""
        for replacement in self.replacements:
            parts = [_part(part, match) for part in replacement.split()]
            words = [part for part in parts if part]
            if None in parts:
                continue
            for index, word in enumerate(words):
                if word == "a~":
                    after = words[index + 1] if index + 1 < len(words) else following
                    words[index] = article(after or "")
            yield " ".join(word for word in words if word)


def _ends_clause(word: Word) -> bool:
    return word.lower in _CLAUSE_ENDS or not word.lower[:1].isalnum()


def article(following: str) -> str:
    """Return the indefinite article before a word."""
    return "an" if _VOWEL.match(following) else "a"


def _part(part: str, match: Match) -> str | None:
    """Return what a part of a replacement stands for; None where there is no such form."""
    reference = _BACK.fullmatch(part)
    if not reference:
        return part
    word = match.word(reference[1])
    if word is None:
        return ""
    if reference[2] is None:
        return word.text
    if reference[2] == "CAP":
        return word.text[:1].upper() + word.text[1:]
    inflects = word.lower.isalpha() or word.lower in {"'m", "'re"}
    return form(word.lower, word.tag, reference[2]) if inflects else None
