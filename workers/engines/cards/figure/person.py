"""Who is drawn: age, gender, role and clothes; what is not said is chosen by the seed."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

Age = Literal["baby", "child", "adult", "old"]
Gender = Literal["female", "male"]
Mood = Literal["happy", "sad", "angry", "surprised", "tired"]


@cache
def _looks() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("looks.toml").read_text(encoding="utf-8"))


#: Words for what somebody is: `doctor`, `police officer` ...
ROLES: Final = frozenset(_looks()["roles"])
#: What `Person.wears` may have.
WEARABLE: Final = frozenset({"hat", "cap", "glasses", "scarf", "dress", "skirt", "shorts", "trousers", "backpack"})


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody. Colours are names of the palette; what is None is chosen."""

    age: Age = "adult"
    gender: Gender = "female"
    role: str | None = None
    """One of `ROLES`."""
    wears: tuple[str, ...] = ()
    """Of `WEARABLE`; a role's own things come with the role."""
    top: str | None = None
    """The colour of the shirt or dress."""
    bottom: str | None = None
    """The colour of trousers or skirt."""
    extra: str | None = None
    """The colour of hat, cap, scarf or backpack."""
    hair: str | None = None
    skin: str | None = None
    mood: Mood = "happy"
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Look:
    """A person's appearance, nothing left to be chosen; colours are names of the palette."""

    skin: str
    hair: str
    style: str
    """How the hair is worn: a style of `hair.py`."""
    top: str
    bottom: str
    shoes: str
    extra: str
    legs: str
    """`trousers`, `shorts`, `skirt` or `dress`."""
    sleeves: str
    """`long` or `short`."""
    marks: frozenset[str]
    """Of a role and of what is worn: `stethoscope`, `glasses`, `chef-hat` ..."""


def look_of(person: Person) -> Look:
    """Return how somebody looks.

    Raises:
        KeyError: There is no such role.
    """
    dice = random.Random(f"{person.seed} {person.age} {person.gender}")  # noqa: S311 - looks, not secrets
    looks = _looks()
    usual = looks["people"][f"{person.age}-{person.gender}"]
    chosen: dict[str, str] = {name: dice.choice(values) for name, values in (looks["anyone"] | usual).items()}
    skin, hair = chosen["skin"].split()
    chosen = {"hair": hair} | chosen | {"skin": skin}
    role = looks["roles"][person.role] if person.role else {}
    marks = {*chosen.pop("marks", "").split(), *role.get("marks", ()), *person.wears}
    own = {key: value for key, value in role.items() if key != "marks"}
    said = {key: getattr(person, key) for key in ("top", "bottom", "extra", "hair", "skin") if getattr(person, key)}
    look = Look(**(chosen | own | said), marks=frozenset(marks))
    worn = next((kind for kind in ("dress", "skirt", "shorts", "trousers") if kind in person.wears), look.legs)
    whole = worn in {"dress", "long-dress", "romper"}
    return replace(look, legs=worn, bottom=look.top if whole else look.bottom)
