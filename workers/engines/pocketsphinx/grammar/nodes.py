"""What a grammar is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Words:
    """What is said, as it is written in the grammar."""

    text: str


@dataclass(frozen=True)
class Reference:
    """Another rule."""

    rule: str


@dataclass(frozen=True)
class Sequence:
    """One after the other; an empty one is nothing said."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    """One of several, each with its weight."""

    options: tuple[tuple[float, Node], ...]


@dataclass(frozen=True)
class Repeated:
    """Any number of times."""

    item: Node
    at_least_once: bool


Node = Words | Reference | Sequence | Choice | Repeated
NOTHING = Sequence(())
NEVER = Choice(())


@dataclass(frozen=True)
class Grammar:
    """Rules by name; those that are public may be said."""

    rules: Mapping[str, Node]
    public: tuple[str, ...]
