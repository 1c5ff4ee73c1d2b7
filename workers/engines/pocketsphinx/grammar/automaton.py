"""Grammars as automata without empty moves: which words may begin, which may follow which, which may end.

Glushkov 1961, "The abstract theory of automata": each place of a word in the grammar is a state, so the number of
states is known before anything is decoded.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.pocketsphinx.grammar.lexemes import GrammarError
from workers.engines.pocketsphinx.grammar.nodes import Choice, Reference, Repeated, Sequence, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workers.engines.pocketsphinx.grammar.nodes import Grammar, Node
    from workers.engines.pocketsphinx.tokens import Token

MAX_DEPTH = 200
"""How deep rules, groups and repetitions may stand in each other."""
MAX_PLACES = 2_000
MAX_STEPS = 20_000


@dataclass(frozen=True)
class Place:
    """A unit of a token, at one place of the grammar."""

    token: Token
    unit: int


@dataclass(frozen=True)
class Automaton:
    """Places by number; what leads from one to the next has a weight."""

    places: tuple[Place, ...]
    first: Mapping[int, float]
    follow: Mapping[int, Mapping[int, float]]
    last: frozenset[int]


@dataclass(frozen=True)
class _Part:
    first: dict[int, float]
    last: frozenset[int]
    nullable: bool


def automaton_of(grammar: Grammar, tokens: Callable[[str], list[Token]]) -> Automaton:
    """Return the automaton of all public rules; `tokens` finds the words of what is to be said.

    Raises:
        GrammarError: a rule is missing or leads to itself, words have no sounds, or it is too large.
    """
    builder = _Builder(grammar.rules, tokens)
    part = builder.part(Choice(tuple((1.0, Reference(rule)) for rule in grammar.public)), ())
    if not part.first or not part.last:
        raise GrammarError("Nothing can be said by the grammar.")
    return Automaton(tuple(builder.places), part.first, builder.follow, part.last)


class _Builder:
    def __init__(self, rules: Mapping[str, Node], tokens: Callable[[str], list[Token]]) -> None:
        self._rules = rules
        self._tokens = tokens
        self._steps = self._depth = 0
        self.places: list[Place] = []
        self.follow: dict[int, dict[int, float]] = defaultdict(dict)

    def part(self, node: Node, inside: tuple[str, ...]) -> _Part:
        """Add what a node may say; `inside` are the rules that led to it."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise GrammarError(f"Rules and groups of the grammar stand more than {MAX_DEPTH} deep in each other.")
        part = self._part(node, inside)
        self._depth -= 1
        return part

    def _part(self, node: Node, inside: tuple[str, ...]) -> _Part:
        match node:
            case Words(text):
                return self._words(text)
            case Reference(rule):
                return self._rule(rule, inside)
            case Sequence(items):
                whole = _Part({}, frozenset(), nullable=True)
                for item in items:
                    whole = self._joined(whole, self.part(item, inside))
                return whole
            case Choice(options):
                return _one_of([(weight, self.part(option, inside)) for weight, option in options])
            case Repeated(item, at_least_once):
                part = self.part(item, inside)
                self._link(part.last, part.first)
                return _Part(part.first, part.last, nullable=part.nullable or not at_least_once)

    def _words(self, text: str) -> _Part:
        whole = _Part({}, frozenset(), nullable=True)
        for token in self._tokens(text):
            for unit in range(len(token.units)):
                self.places.append(Place(token, unit))
                number = len(self.places) - 1
                whole = self._joined(whole, _Part({number: 1.0}, frozenset({number}), nullable=False))
        if len(self.places) > MAX_PLACES:
            raise GrammarError(f"With its rules put in place, the grammar has more than {MAX_PLACES} words.")
        return whole

    def _rule(self, rule: str, inside: tuple[str, ...]) -> _Part:
        if rule in inside:
            raise GrammarError("A rule of the grammar leads back to itself; say it with `*` or `+`.")
        if rule not in self._rules:
            raise GrammarError("The grammar uses a rule that it does not have.")
        self._step(1)  # rules that say nothing at all cost time as well
        return self.part(self._rules[rule], (*inside, rule))

    def _joined(self, before: _Part, after: _Part) -> _Part:
        self._link(before.last, after.first)
        return _Part(
            before.first | after.first if before.nullable else before.first,
            before.last | after.last if after.nullable else after.last,
            before.nullable and after.nullable,
        )

    def _link(self, last: frozenset[int], first: Mapping[int, float]) -> None:
        self._step(len(last) * len(first))
        for place in last:
            self.follow[place].update(first)

    def _step(self, count: int) -> None:
        self._steps += count
        if self._steps > MAX_STEPS:
            raise GrammarError("The grammar leaves too much open: too many words may follow each other.")


def _one_of(options: list[tuple[float, _Part]]) -> _Part:
    total = sum(weight for weight, _ in options)
    first = {
        place: share * weight / total for weight, part in options if weight > 0 for place, share in part.first.items()
    }
    said = [part for weight, part in options if weight > 0]
    last = frozenset[int]().union(*(part.last for part in said))
    return _Part(first, last, nullable=any(part.nullable for part in said))
