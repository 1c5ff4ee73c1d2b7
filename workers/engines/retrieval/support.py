"""Whether what was found is about the question at all: a collection has a best passage for every question."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workers.engines.retrieval.embeddings import Embeddings
    from workers.engines.retrieval.fulltext import FullText
    from workers.engines.retrieval.words import Word

#: Passages of which one has to be about the question.
_PASSAGES = 3
#: What a word counts that says little, beside one that says what the question is about.
_SAYS_LITTLE = 0.5
#: What a synonym counts, beside the word itself.
_SYNONYM = 0.7

#: Where words alone decide: the share of a question's words that a passage must have. Korean words are seldom found in
#: the form of the question: for three of them the least will do where one says something, for each word more a bit
#: more. Fitted on tests/documents/tuning.tsv, and on
#: KorQuAD (https://korquad.github.io), whose long questions share many words with any article.
LEAST, FOR_EACH_WORD, AT_MOST = 0.28, 0.04, 0.45
_SHORT = 3
#: What having all of a question's words adds to the cosine, where both decide.
COVERAGE_WEIGHT = 0.2
#: From here on a passage says what is asked almost in its words, however many others do: of questions that none answers
#: those near the topic have 0.79 and less (tests/documents/near-*.tsv, MiniLM).
_SAYS_IT = 0.85
#: Places of the ranking by meaning that the first one is held against, from 0; the second may say the same again.
_OTHERS = slice(2, 8)


@dataclass(frozen=True)
class Evidence:
    """What speaks for the best passages."""

    words: int
    """How many words the question asks about."""
    paired: bool
    """Whether most of them are found by pairs of letters, as Korean ones are."""
    coverage: float
    """The greatest share of them that one passage has, 0 to 1."""
    telling: bool
    """Whether that passage has one that says something."""
    similarity: float | None = None
    """The greatest cosine with the question; None where the model can't read the question, or there is none."""
    lead: float | None = None
    """How far the closest passage is ahead of others, as `lead_of` has it."""


def is_supported(evidence: Evidence, embeddings: Embeddings | None) -> bool:
    """Whether a passage is about the question."""
    value = value_of(evidence)
    if embeddings is not None and embeddings.support is not None and value is not None:
        return value >= embeddings.support and (value >= _SAYS_IT or _stands_out(evidence, embeddings))
    if not (evidence.paired and evidence.telling):
        return evidence.coverage >= AT_MOST
    return evidence.coverage >= min(LEAST + FOR_EACH_WORD * max(0, evidence.words - _SHORT), AT_MOST)


def value_of(evidence: Evidence) -> float | None:
    """Return what is compared with the embeddings' `support`; None where no model could read the question."""
    return None if evidence.similarity is None else evidence.similarity + COVERAGE_WEIGHT * evidence.coverage


def lead_of(ranked: Iterable[tuple[str, float]]) -> float | None:
    """Return how far the closest passage is ahead of others; None where there are too few to tell.

    Most questions that documents answer have one passage that stands out. One near the topic that they don't answer is
    about as close to everything that they say of it.

    Args:
        ranked: passages' headings and cosines, best first. Those under one heading count once, as editions of a
            document have the same.
    """
    best: dict[str, float] = {}
    for number, (heading, cosine) in enumerate(ranked):
        best.setdefault(heading or str(number), cosine)
    cosines = list(best.values())
    if len(cosines) < _OTHERS.stop:
        return None
    others = cosines[_OTHERS]
    return cosines[0] - sum(others) / len(others)


def _stands_out(evidence: Evidence, embeddings: Embeddings) -> bool:
    return embeddings.lead is None or evidence.lead is None or evidence.lead >= embeddings.lead


def evidence_of(
    words: Sequence[Word],
    best: Sequence[str],
    index: FullText,
    *,
    similarity: float | None = None,
    lead: float | None = None,
) -> Evidence:
    """Look which of a question's words the best passages have.

    A Korean word counts by the square root of its pairs of letters, for long ones are rarely there by chance. How rare
    words are in the collection is no measure: in a small one, all are.

    Args:
        words: of the question.
        best: keys of passages, best first.
        index: which has these passages.
        similarity: of the best passage.
        lead: as `lead_of` has it.
    """
    having = [(word, {term: index.having(term) for term in word.all_terms}) for word in words]
    whole = sum(map(_weight, words))
    found = [{word: _share(word, terms, key) for word, terms in having} for key in best[:_PASSAGES]]
    shares = [(sum(_weight(word) * share for word, share in one.items()), one) for one in found]
    most, fullest = max(shares, key=lambda one: one[0], default=(0.0, {}))
    return Evidence(
        words=len(words),
        paired=sum(word.is_paired for word in words) * 2 > len(words),
        coverage=most / whole if whole else 0.0,
        telling=any(share >= 0.5 and not word.says_little for word, share in fullest.items()),  # noqa: PLR2004 - most of it
        similarity=similarity,
        lead=lead,
    )


def _weight(word: Word) -> float:
    return (_SAYS_LITTLE if word.says_little else 1.0) * math.sqrt(len(word.terms))


def _share(word: Word, having: Mapping[str, set[str]], key: str) -> float:
    if word.noun is not None and key in having[word.noun]:
        return 1.0
    own, *others = (sum(key in having[term] for term in terms) / len(terms) for terms in (word.terms, *word.others))
    return max(own, _SYNONYM * max(others, default=0.0))
