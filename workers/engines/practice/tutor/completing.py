"""Short answers as sentences, and sentences that can be said again without a fault of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.parsing import sentences
from workers.engines.practice.tutor.things import things

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.practice.tutor.feedback import GrammarChecker
    from workers.engines.practice.tutor.notes import Pending
    from workers.engines.practice.tutor.parsing import Token

_SHORT = 3
#: After what a noun may stand: verbs and prepositions.
_TAKES_NOUN = {"VB", "VBP", "VBD", "VBZ", "VBG", "IN", "TO"}
_OPEN = (" to", " \u2026", "when", "that", "if", "because")
_TOWARDS = ("go to", "went to", "back to", "travel to")
_ANSWER = re.compile(r"[A-Za-z][A-Za-z' -]{0,40}")
_TO_PLACE = re.compile(
    r"\b(?:go|goes|went|come|came) to (?!(?:the|an?|my|our|his|her|their|school|work|bed|church|sleep|see)\b)[a-z]"
)


def whole_sentence(told: str, pending: Pending, checker: GrammarChecker) -> str | None:
    """Return a short answer as a sentence, by how an answer may begin; None where it would not be a good one."""
    tokens = [token for sentence in sentences(told) for token in sentence]
    before = pending.starter.removesuffix("\u2026").strip()
    if (
        not _ANSWER.fullmatch(told)
        or not pending.starter.endswith("\u2026")
        or not _fits(tokens, before, pending.aspect)
    ):
        return None
    led = tokens[0].tag in {"IN", "TO"}
    rest = " ".join(told.split()[1:]) if led else told
    rest = _spelt(rest, name=tokens[0].tag.startswith("NNP"))
    sentence = f"{before} {rest}."
    good = rest and _last_tag(before) in _TAKES_NOUN and has_its_articles(sentence)
    return sentence if good and not checker.check(sentence) else None


def has_its_articles(text: str) -> bool:
    """Whether each noun that can be counted has a word before it that it needs."""
    found = [(sentence, place) for sentence in sentences(text) for place in range(len(sentence))]
    return not _TO_PLACE.search(text) and not any(_lacks_article(sentence, place) for sentence, place in found)


def _fits(tokens: Sequence[Token], before: str, aspect: str) -> bool:
    """Whether words are a name for a thing, a time where one is asked for, and go with what stands before them."""
    if not tokens or len(tokens) > _SHORT or not tokens[-1].is_noun:
        return False
    if before.endswith(_OPEN) and not before.endswith(_TOWARDS):
        return False
    if any(token.is_verb or token.tag in {"RB", "PRP", "UH"} for token in tokens):
        return False
    first = tokens[0]
    if first.tag in {"IN", "TO"} and not before.endswith(f" {first.lower}"):
        return False
    time = first.lower in {"every", "last", "next", "this"}
    bare = first.tag not in {"DT", "PRP$", "NNP", "CD", "IN", "TO"}
    is_that = before.rsplit(maxsplit=1)[-1] in {"is", "are", "was", "were", "am"}
    return not (bare and is_that) and not (time and aspect not in {"often", "when", "weekend"})


def _spelt(text: str, *, name: bool) -> str:
    """Give a place its capital letter, and take it from the first of other words."""
    thing = things().get(text.lower())
    if thing and thing.sort == "place" and not thing.countable:
        return text.title()
    return text if name else text[:1].lower() + text[1:]


def _last_tag(text: str) -> str:
    """Return the part of speech of a text's last word."""
    return next((token.tag for sentence in reversed(sentences(text)) for token in reversed(sentence)), "")


def _lacks_article(sentence: Sequence[Token], place: int) -> bool:
    token, start = sentence[place], place
    known = things().get(token.lower)
    free = (known is not None and not known.countable) or token.lower in {"home", "work", "school", "bed"}
    while start and sentence[start - 1].tag in {"JJ", "JJR", "JJS", "NN", "NNP", "VBN"}:
        start -= 1
    before = sentence[start - 1].tag if start else ""
    last = place + 1 == len(sentence) or not sentence[place + 1].is_noun
    return token.tag == "NN" and last and not free and before not in {"DT", "PRP$", "CD"}
