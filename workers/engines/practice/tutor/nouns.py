"""Things that a clause names: its noun phrases."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from workers.engines.practice.tutor.clauses import is_person
from workers.engines.practice.tutor.doing import named_activity
from workers.engines.practice.tutor.mention import Mention
from workers.engines.practice.tutor.naming import Named, phrase_text
from workers.engines.practice.tutor.parsing import base, frequency
from workers.engines.practice.tutor.things import things
from workers.engines.practice.tutor.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workers.engines.practice.tutor.clauses import Clause
    from workers.engines.practice.tutor.parsing import Token

_DETERMINERS = {"PRP$", "DT", "CD", "PDT"}
_INSIDE = {"JJ", "JJR", "JJS", "NN", "NNS", "NNP", "NNPS", "VBN"}
_PEOPLE = ("er", "or", "ist", "ian", "ant", "ent", "man", "woman", "mom", "wife", "nurse", "chef")
_ANY = {"favorite", "favourite", "no", "every", "each", "any", "all", "what", "which"}
_THERE = {"at", "in", "to", "visit", "visited", "near", "from"}
_LONGEST = 4
_COMMON = 2.5
"""Zipf frequency of words that are worth a question although the list has them not."""


def noun_phrases(clause: Clause) -> Iterator[Mention]:
    """Yield the things that are worth a question."""
    tokens, place = clause.tokens, 0
    while place < len(tokens):
        end = _phrase_end(tokens, place)
        if end == place:
            place += 1
            continue
        if mention := _of_phrase(clause, place, end):
            yield mention
        place = end


def _phrase_end(tokens: Sequence[Token], start: int) -> int:
    """Return where the noun phrase ends that begins here; `start` where none does."""
    place = start
    while place < len(tokens) and tokens[place].tag in _DETERMINERS:
        place += 1
    inner = place
    if place == start and place < len(tokens) and tokens[place].tag == "VBN":
        return start
    while place < len(tokens) and tokens[place].tag in _INSIDE and tokens[place].lower not in WORDS["times"]:
        place += 1
        if is_person(tokens[place - 1].lower) and not tokens[place - 1].tag.startswith("NNP"):
            break
    while place > inner and not tokens[place - 1].is_noun:
        place -= 1
    return place if place > inner else start


def _of_phrase(clause: Clause, start: int, end: int) -> Mention | None:
    tokens = clause.tokens[start:end]
    inner = [token for token in tokens if token.tag not in _DETERMINERS]
    determiners = [token.lower for token in tokens if token.tag in _DETERMINERS]
    if {*determiners, inner[0].lower} & _ANY or len(inner) > _LONGEST:
        return None
    before = clause.tokens[start - 1].lower if start else ""
    if {inner[0].lower, before} & WORDS["times"] or _after(clause.tokens, end) in {"'s", "\u2019s"}:
        return None
    if clause.first and clause.verb in {"be", "become", "work"} and set(determiners) & {"a", "an"}:
        return _being(clause, tokens)
    name = all(token.tag.startswith("NNP") and token.text[0].isupper() for token in inner)
    found = _known(inner)
    if found is None:
        found = _unknown(clause, inner, determiners, start, name=name)
    if found is None or found[0] == "plain" or (found[0] == "other" and clause.tense == "will"):
        return None
    return _made(clause, inner, determiners, found, start)


def _after(tokens: Sequence[Token], end: int) -> str:
    return tokens[end].lower if end < len(tokens) else ""


def _known(inner: Sequence[Token]) -> tuple[str, bool] | None:
    """Return sort and countability by the list, of the longest end of the phrase that it has."""
    for start in range(len(inner)):
        words = [token.lower for token in inner[start:]]
        for text in (" ".join(words), " ".join([*words[:-1], base(words[-1], "NNS")])):
            if thing := things().get(text):
                return thing.sort, thing.countable
    return None


def _unknown(
    clause: Clause, inner: Sequence[Token], determiners: Sequence[str], start: int, *, name: bool
) -> tuple[str, bool] | None:
    before = clause.tokens[start - 1].lower if start else ""
    if name:
        if before in {"in", "to"} and clause.verb in WORDS["going"]:
            return "place", False
        if clause.verb in WORDS["loving"] and clause.first and start and clause.tokens[start - 1].is_verb:
            return "other", False
        if clause.verb in {"watch", "read"} and start and clause.tokens[start - 1].is_verb:
            return "show", False
        return None
    head = inner[-1]
    had = clause.first and clause.verb in WORDS["having"]
    named = determiners and (determiners[0] in {"my", "our"} or (had and determiners[0] in {"a", "an", "the"}))
    if named and head.tag in {"NN", "NNS"} and len(head.lower) > _LONGEST - 1 and frequency(head.lower) > _COMMON:
        return "other", True
    return None


def _made(
    clause: Clause, inner: Sequence[Token], determiners: Sequence[str], found: tuple[str, bool], start: int
) -> Mention | None:
    sort, countable = found
    many = countable and inner[-1].tag in {"NNS", "NNPS"} and not inner[-1].lower.endswith("ss")
    name = all(token.text[0].isupper() and token.tag.startswith("NNP") for token in inner)
    named = Named(
        sort="genre" if sort == "show" and many and not determiners else sort,
        text=phrase_text(inner),
        determiners=determiners,
        many=many,
        countable=countable and not name,
        owned=bool(determiners and determiners[0] in {"my", "our"}) or _has(clause),
    )
    if not _worth_asking(clause, named, start):
        return None
    if sort in {"play", "do", "go", "listen"}:
        return named_activity(clause, named.text, sort)
    loved = clause.verb in WORDS["loving"] and clause.first
    return Mention(
        sort=named.sort,
        key=base(inner[-1].lower, inner[-1].tag),
        tense=clause.tense,
        words=named.words,
        own=named.owned,
        disliked=(loved and clause.negative) or (clause.verb in WORDS["hating"] and clause.first),
        liked=loved and not clause.negative,
    )


def _worth_asking(clause: Clause, named: Named, start: int) -> bool:
    """Whether a thing is the learner's, or somewhere that they were; others are named in passing."""
    before = clause.tokens[start - 1] if start else None
    if named.sort == "person":
        return named.mine or not clause.verb or (clause.first and _is_company(clause, named, before))
    if clause.others and not (named.mine and named.sort == "animal"):
        return False
    general = named.many and not named.determiners
    if named.sort == "venue":
        there = before is not None and before.lower in _THERE
        return not general and (there or clause.verb in WORDS["loving"] or start == 0)
    if named.sort not in {"work", "task", "thing", "event"}:
        return True
    passing = not clause.first and not named.determiners and clause.verb
    return not passing and (not general or clause.verb in WORDS["loving"] | WORDS["hating"])


def _is_company(clause: Clause, named: Named, before: Token | None) -> bool:
    """Whether the learner has a person, or does something with or to one: `with a friend`, not `as a nurse`."""
    if clause.verb == "have":
        return True
    to_one = before is not None and before.tag in {"IN", "TO", "VBD"} and before.lower != "as"
    return before is not None and (before.lower == "with" or (bool(named.determiners) and to_one))


def _has(clause: Clause) -> bool:
    """Whether the learner has, or got, what the clause names."""
    lowers = [token.lower for token in clause.tokens]
    must = any(pair in {("have", "to"), ("had", "to")} for pair in pairwise(lowers))
    having = clause.first and clause.verb in {"have", "raise", "get", "own"} and clause.tense != "will"
    return having and not must and not clause.negative


def _being(clause: Clause, phrase: Sequence[Token]) -> Mention | None:
    """Return what the learner is or works as; None where that is no sort of person, as in `I am a bit late`."""
    if clause.negative or not phrase[-1].lower.endswith(_PEOPLE):
        return None
    text = " ".join(token.text for token in phrase).lower()
    return Mention(sort="being", key=text, tense=clause.tense, words={"np": text}, own=True)
