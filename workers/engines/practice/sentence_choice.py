"""Which sentences of the passages that were found answer a question best."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.documents.sentences import sentences
from workers.engines.practice.question_types import fits
from workers.engines.retrieval.words import asked, terms_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.ports import Found
    from workers.engines.retrieval.words import Word

#: Passages that are looked at: behind them the right one is seldom.
_PASSAGES = 4
#: What having all of the question's words counts, beside a cosine of 1; what a fitting sort of fact does; what a
#: passage loses for each one that stands before it.
_WORDS, _FIT, _RANK = 0.35, 0.25, 0.06
_MARKER = re.compile(r"(?:[-*•·]|\d{1,3}[.)])\s+")


@dataclass(frozen=True)
class Candidate:
    """A sentence of a passage."""

    passage: int
    """The passage's place among those that were found."""
    number: int
    """The sentence's place in the passage."""
    start: int
    """First character in the passage's text."""
    end: int
    score: float


def candidates(question: str, found: Found) -> list[Candidate]:
    """Return the sentences of the best passages in their order, with what speaks for each."""
    words = asked(question)
    spans = [
        (place, number, start, end)
        for place, passage in enumerate(found.passages[:_PASSAGES])
        for number, (start, end) in enumerate(_without_markers(passage.text))
    ]
    texts = [found.passages[place].text[start:end] for place, _, start, end in spans]
    shares = _shares(words, texts)
    likeness = {(quote.passage, quote.end): quote.similarity for quote in found.sentences}
    return [
        Candidate(
            *span,
            score=likeness.get((span[0], span[3]), 0.0)
            + _WORDS * share
            + _FIT * fits(question, text)
            - _RANK * span[0],
        )
        for span, text, share in zip(spans, texts, shares, strict=True)
    ]


def _without_markers(text: str) -> list[tuple[int, int]]:
    """Spans of sentences, without the dashes and numbers of lists."""
    spans = []
    for start, end in sentences(text):
        marker = _MARKER.match(text, start, end)
        spans.append((marker.end() if marker and marker.end() < end else start, end))
    return spans


def _shares(words: Sequence[Word], texts: Sequence[str]) -> list[float]:
    """How much of the question's words each text has, 0 to 1; words that few of the texts have count most."""
    having = [terms_of(text) for text in texts]
    weights = {word: math.log(1 + len(texts) / (0.5 + sum(_share(word, terms) for terms in having))) for word in words}
    whole = sum(weights.values()) or 1.0
    return [sum(weight * _share(word, terms) for word, weight in weights.items()) / whole for terms in having]


def _share(word: Word, terms: frozenset[str]) -> float:
    if word.noun in terms:
        return 1.0
    return max(sum(term in terms for term in one) / len(one) for one in (word.stems, *word.others))
