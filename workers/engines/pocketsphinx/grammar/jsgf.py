"""Reads a JSGF grammar (https://www.w3.org/TR/jsgf/) that a stranger has written.

Nothing is imported, no file is opened, and rules are finite: a rule that leads to itself is refused, since `*` and `+`
say the same. Tags are left out; a weight is a number between slashes before an alternative.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.engines.pocketsphinx.grammar.lexemes import GrammarError, lexemes_of
from workers.engines.pocketsphinx.grammar.nodes import (
    NEVER,
    NOTHING,
    Choice,
    Grammar,
    Reference,
    Repeated,
    Sequence,
    Words,
)

if TYPE_CHECKING:
    from workers.engines.pocketsphinx.grammar.lexemes import Lexeme
    from workers.engines.pocketsphinx.grammar.nodes import Node

MAX_DEPTH = 50
"""How deep groups may stand in each other."""


def parse(text: str) -> Grammar:
    """Read a grammar.

    Raises:
        GrammarError: it is not well-formed, or imports others.
    """
    return _Parser(lexemes_of(text)).grammar()


@dataclass
class _Parser:
    """Recursive descent; `depth` keeps it finite."""

    lexemes: list[Lexeme]
    at: int = 0
    depth: int = 0
    rules: dict[str, Node] = field(default_factory=dict)
    public: list[str] = field(default_factory=list)

    def grammar(self) -> Grammar:
        self._name()
        while self.at < len(self.lexemes):
            self._rule()
        if not self.public:
            raise GrammarError("The grammar has no public rule: write `public` before the one that may be said.")
        return Grammar(self.rules, tuple(self.public))

    def _name(self) -> None:
        if not self._takes("word", "grammar"):
            raise GrammarError("After its header, a grammar has its name: `grammar name;`.")
        self._need("word", "a name is expected")
        self._end()

    def _rule(self) -> None:
        if self._takes("word", "import"):
            raise self._error("imports are not allowed; write the rules into this grammar", back=1)
        is_public = self._takes("word", "public")
        name = self._need("rule", "a rule is expected, such as `<name> = ...;`")
        if name in self.rules or name in {"<NULL>", "<VOID>"}:
            raise self._error("a rule of this name exists already", back=1)
        if not self._takes("sign", "="):
            raise self._error("`=` is expected")
        self.rules[name] = self._choice()
        if is_public:
            self.public.append(name)
        self._end()

    def _choice(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise GrammarError(f"Groups of the grammar stand more than {MAX_DEPTH} deep in each other.")
        options = [self._option()]
        while self._takes("sign", "|"):
            options.append(self._option())
        self.depth -= 1
        return Choice(tuple(options)) if len(options) > 1 else options[0][1]

    def _option(self) -> tuple[float, Node]:
        weight = float(self._next().text.strip("/")) if self._sees("weight") else 1.0
        items = []
        while (item := self._item()) is not None:
            items.append(item)
        if not items:
            raise self._error("words or a rule are expected")
        return weight, items[0] if len(items) == 1 else Sequence(tuple(items))

    def _item(self) -> Node | None:
        item = self._atom()
        while item is not None:
            if self._takes("sign", "*"):
                item = Repeated(item, at_least_once=False)
            elif self._takes("sign", "+"):
                item = Repeated(item, at_least_once=True)
            elif not self._skips("tag"):
                break
        return item

    def _atom(self) -> Node | None:
        if self._sees("word"):
            return Words(self._next().text)
        if self._sees("rule"):
            return _referred(self._next().text)
        if self._takes("sign", "("):
            return self._closed(")")
        if self._takes("sign", "["):
            return Choice(((1.0, self._closed("]")), (1.0, NOTHING)))
        return None

    def _closed(self, bracket: str) -> Node:
        inside = self._choice()
        if not self._takes("sign", bracket):
            raise self._error(f"`{bracket}` is expected")
        return inside

    def _sees(self, kind: str) -> bool:
        return self.at < len(self.lexemes) and self.lexemes[self.at].kind == kind

    def _next(self) -> Lexeme:
        self.at += 1
        return self.lexemes[self.at - 1]

    def _takes(self, kind: str, text: str) -> bool:
        found = self._sees(kind) and self.lexemes[self.at].text == text
        self.at += found
        return found

    def _skips(self, kind: str) -> bool:
        found = self._sees(kind)
        self.at += found
        return found

    def _need(self, kind: str, what: str) -> str:
        if not self._sees(kind):
            raise self._error(what)
        return self._next().text

    def _end(self) -> None:
        if not self._takes("sign", ";"):
            raise self._error("`;` is expected")

    def _error(self, what: str, *, back: int = 0) -> GrammarError:
        if self.at - back >= len(self.lexemes):
            return GrammarError(f"At the end of the grammar, {what}.")
        return GrammarError(f"In line {self.lexemes[self.at - back].line} of the grammar, {what}.")


def _referred(name: str) -> Node:
    if name == "<NULL>":
        return NOTHING
    return NEVER if name == "<VOID>" else Reference(name)
