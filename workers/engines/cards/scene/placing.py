"""Relations: one is put on, in, near ... another, or holds it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from workers.engines.cards.scene.lexicon import words
from workers.engines.cards.scene.model import Doing, Entity, Kind, Relation, Scene
from workers.engines.cards.symbols import symbols

#: What a symbol shows already.
_INCLUDED = {("vase", "flower"), ("tree", "leaf-thing"), ("house", "door"), ("house", "window")}


def put(scene: Scene, kind: str, one: Entity, named: list[Entity]) -> None:
    """Put one into a relation with what was named, if that is another."""
    named = [other for other in named if other is not one]
    if kind == "between" and named:
        third = named[1] if len(named) > 1 else _other_half(scene, named[0])
        scene.relations.append(Relation(one=one, kind="between", other=named[0], third=third))
        return
    for other in named:
        if kind == "on" and one.is_person and other.symbol == "phone":
            one.doing.append(Doing(verb="phone", pose=None, object=other, how="prop"))
            continue
        below = kind == "under" and other.symbol == "umbrella"
        if (kind == "with" or below) and one.is_person and _holdable(other):
            one.doing.append(Doing(verb="hold", pose=None, object=other, how="hold"))
        elif kind == "with" and other.label in words()["parts"] and one.symbol == other.symbol:
            scene.entities.remove(other)
            one.colours = [*(one.colours or [symbols()[one.symbol or ""].facts.colours["main"]])[:1], *other.colours]
        elif kind == "with" and (one.symbol, other.symbol) in _INCLUDED:
            scene.entities.remove(other)
        elif kind == "in" and (other.symbol, one.symbol) in _INCLUDED and one in scene.entities:
            scene.entities.remove(one)
            other.colours = [*(other.colours or [symbols()[other.symbol or ""].facts.colours["main"]]), *one.colours]
        elif kind == "with" and one.symbol is not None and _fits(one, other):
            inside = symbols()[one.symbol].facts.inside is not None
            scene.relations.append(Relation(one=other, kind="in" if inside else "on", other=one))
        else:
            if kind == "in" and _closed(one, other) and other.symbol != "mirror":
                scene.miss(f"in {other.label}")
            plain = "near" if kind in {"with", "to"} or (kind == "in" and _closed(one, other)) else kind
            scene.relations.append(Relation(one=one, kind=cast("Kind", plain), other=other))


def _other_half(scene: Scene, both: Entity) -> Entity | None:
    """Return the second one of what something is between."""
    if both.count < 2:  # noqa: PLR2004 - between two
        return None
    both.count, both.label = 1, both.lemma
    scene.entities.append(replace(both, doing=list(both.doing), nth=1))
    return scene.entities[-1]


def _closed(one: Entity, other: Entity) -> bool:
    """Whether nobody can be seen in it: a mirror, a house."""
    if other.symbol is None or not (one.is_person or symbols()[one.symbol or ""].group == "animals"):
        return False
    facts = symbols()[other.symbol].facts
    return facts.inside is None and not facts.seats and other.symbol not in {"tree", "bush"}


def _holdable(thing: Entity) -> bool:
    return thing.symbol is not None and symbols()[thing.symbol].facts.hold is not None and thing.count == 1


def _fits(thing: Entity, other: Entity) -> bool:
    """Whether `with` puts something small in or on a thing: `a table with a cup`."""
    if thing.symbol is None or other.symbol is None or symbols()[other.symbol].group == "furniture":
        return False
    facts = symbols()[thing.symbol].facts
    small = symbols()[other.symbol].width <= symbols()[thing.symbol].width
    return small and (facts.on is not None or facts.inside is not None)
