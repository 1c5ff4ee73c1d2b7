"""What a description says, ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["on", "in", "under", "behind", "front", "between", "near", "at", "with", "above"]
Spot = Literal["sky", "wall", "ground", "water"]


@dataclass
class Doing:
    """An action; `pose` is the figure's, None where no pose shows the verb."""

    verb: str
    """A lemma."""
    pose: str | None
    object: Entity | None = None
    how: str = ""
    """Of the object: `hold`, `beside`, `reach` ... as `words.toml` has it."""
    load: Load | None = None
    """How the object looks with what is in it."""


@dataclass(frozen=True)
class Load:
    """Something held with other things in it or on it."""

    markup: str
    hold: tuple[float, float]
    box: tuple[float, float, float, float]
    entities: tuple[Entity, ...]


@dataclass
class Entity:
    """Somebody or something that is to be drawn, once or several times; compared by identity."""

    label: str
    """As the description says it."""
    lemma: str
    symbol: str | None = None
    """A symbol's name; None for people."""
    age: str = "adult"
    gender: str = ""
    role: str | None = None
    count: int = 1
    nth: int = 0
    """Of several that are told apart: they look different."""
    vague: bool = False
    """Whether it is of several, and how many is not said."""
    hair: str | None = None
    """Of people: a colour."""
    colours: list[str] = field(default_factory=list)
    """Names of the palette, the first for `main`."""
    size: float = 1
    mood: str = "happy"
    wears: list[tuple[str, str | None]] = field(default_factory=list)
    """What is worn, and its colour."""
    doing: list[Doing] = field(default_factory=list)
    spot: Spot | None = None
    members: tuple[str, ...] = ()
    """Of a group (`family`): the words for its members."""
    subject: bool = False
    """Whether the description is about it: what is said of it comes first."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def is_person(self) -> bool:
        """Whether it is drawn by `figure`."""
        return self.symbol is None


@dataclass
class Relation:
    """Where one is to another."""

    one: Entity
    kind: Kind
    other: Entity
    third: Entity | None = None
    """Of `between`."""


@dataclass
class Scene:
    """A description, parsed."""

    text: str
    entities: list[Entity] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    place: str | None = None
    """A backdrop's name."""
    place_word: str = ""
    weather: list[str] = field(default_factory=list)
    """Names of the weather's symbols, also of night and evening."""
    missing: list[str] = field(default_factory=list)

    def miss(self, *words: str) -> None:
        """Remember words that are not in the picture."""
        self.missing.extend(word for word in words if word and word not in self.missing)
