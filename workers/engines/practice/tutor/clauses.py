"""Clauses: who does what, and when; the sentence that a thing stands in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.parsing import base, sentences
from workers.engines.practice.tutor.things import things
from workers.engines.practice.tutor.words import FIRST, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.engines.practice.tutor.mention import Tense
    from workers.engines.practice.tutor.parsing import Token

_TO_COME = {("going", "to"), ("want", "to"), ("plan", "to"), ("hope", "to")}


@dataclass(frozen=True, kw_only=True)
class Clause:
    """The part of a sentence that a thing stands in."""

    tokens: Sequence[Token]
    first: bool
    """Whether the learner is its subject."""
    others: bool
    """Whether somebody else is."""
    tense: Tense
    negative: bool
    verb: str
    """Its main verb without endings."""


def clauses(sentence: Sequence[Token]) -> Iterator[Clause]:
    """Cut a sentence before its conjunctions, where a new subject or verb follows."""
    start = 0
    for place, token in enumerate(sentence):
        cut = token.lower in WORDS["joining"] or (token.lower == "that" and _tag(sentence, place + 1) == "PRP")
        cut = cut and _has_verb(sentence[place + 1 :])
        if place > start and cut and _has_verb(sentence[start:place]) and not _joins_nouns(sentence, place):
            yield _clause(sentence[start:place])
            start = place + 1
    yield _clause(sentence[start:])


def _tag(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].tag if place < len(tokens) else ""


def _joins_nouns(sentence: Sequence[Token], place: int) -> bool:
    """Whether an `and` stands within a list: `apples and bananas`."""
    after = sentence[place + 1 : place + 4]
    return sentence[place].lower == "and" and not any(token.is_verb or token.tag == "PRP" for token in after)


def _has_verb(tokens: Sequence[Token]) -> bool:
    return any(token.is_verb for token in tokens)


def _clause(tokens: Sequence[Token]) -> Clause:
    verbs = [p for p, token in enumerate(tokens) if token.is_verb and not (p and tokens[p - 1].tag == "TO")]
    verbs = verbs or [p for p, token in enumerate(tokens) if token.is_verb]
    head = verbs[0] if verbs else len(tokens)
    subject = [token.lower for token in tokens[:head]]
    main = _main_verb(tokens, head)
    return Clause(
        tokens=tokens,
        first=any(word in FIRST for word in subject) or not subject or not verbs,
        others=not any(word in FIRST for word in subject) and any(_is_human(word) for word in subject),
        tense=_tense(tokens),
        negative=any(token.lower in WORDS["negative"] for token in tokens),
        verb=base(tokens[main].lower, tokens[main].tag) if main is not None else "",
    )


def _main_verb(tokens: Sequence[Token], head: int) -> int | None:
    """Return the last verb of the first verbs that stand together: `working` of `have been working`."""
    main = None
    for place in range(head, len(tokens)):
        if tokens[place].is_verb and tokens[place].tag != "MD":
            main = place
        elif not (tokens[place].is_verb or tokens[place].tag == "RB"):
            break
    return main


def _tense(tokens: Sequence[Token]) -> Tense:
    lowers = [token.lower for token in tokens]
    pairs = set(pairwise(lowers))
    planned = pairs & (_TO_COME | {("next", time) for time in WORDS["spans"]})
    would = ("like", "to") in pairs and {"would", "'d"} & set(lowers)
    if {"will", "'ll", "tomorrow"} & set(lowers) or planned or would:
        return "will"
    past = any(token.tag == "VBD" for token in tokens) or "yesterday" in lowers
    return "past" if past else "now"


def tense_of(text: str) -> Tense:
    """Return when what a text tells takes place, by its last sentence that has a verb."""
    found = [_tense(sentence) for sentence in sentences(text) if _has_verb(sentence)]
    return found[-1] if found else "now"


def learner_does(tokens: Sequence[Token], place: int) -> bool:
    """Whether the nearest word before a verb that can be its subject is `I` or `we`."""
    for token in reversed(tokens[:place]):
        if token.tag == "PRP" or token.is_noun:
            return token.lower in FIRST
    return place == 0


def is_person(word: str) -> bool:
    """Whether the list has the word for somebody."""
    thing = things().get(word) or things().get(base(word, "NNS"))
    return thing is not None and thing.sort == "person"


def _is_human(word: str) -> bool:
    return word in {"he", "she", "they"} or is_person(word)
