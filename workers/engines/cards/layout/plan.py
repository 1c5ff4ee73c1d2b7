"""A scene's relations, sorted by how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.engines.cards.layout.people import held_doing
from workers.engines.cards.symbols import Symbol, symbol_of, symbols

if TYPE_CHECKING:
    from workers.engines.cards.figure import Facing
    from workers.engines.cards.scene.model import Entity, Relation, Scene

#: Animals whose symbol has with it what they eat.
_INCLUDED = {("rabbit-eating", "carrot")}
#: What several do with each other: one half looks to the left.
_TOGETHER = {"talk", "play", "dance", "speak", "chat", "hug", "meet", "fight", "shake"}


@dataclass
class Plan:
    """A scene's relations, sorted by how they are drawn."""

    scene: Scene
    seed: int
    facing: dict[int, Facing] = field(default_factory=dict)

    def upon(self, entity: Entity) -> list[Relation]:
        """Return the relations of what is placed by another one."""
        return [r for r in self.scene.relations if r.other is entity and self.parent(r.one) is r]

    def parent(self, entity: Entity) -> Relation | None:
        """Return the relation by which something has its place; None for what stands on its own."""
        placed = {"on", "in", "under", "behind", "front", "above", "at"}
        return next((r for r in self.scene.relations if r.one is entity and r.kind in placed), None)

    def hangs(self, entity: Entity) -> float:
        """Return how far above the ground something hangs; a plane that others are near is on the ground."""
        symbol = variant(entity)
        used = any(entity in {r.one, r.other, r.third} for r in self.scene.relations)
        flies = any(doing.verb == "fly" for doing in entity.doing) or entity.spot == "sky"
        return 0 if symbol.group == "vehicles" and used and not flies else symbol.facts.hangs

    def held(self) -> set[int]:
        """Return the ids of what is in somebody's hand."""
        doings = [held_doing(one) for one in self.scene.entities if one.is_person]
        eaten = [included(one) for one in self.scene.entities if not one.is_person]
        return {id(doing.object) for doing in doings if doing is not None} | {id(one) for one in eaten if one}

    def side(self, entity: Entity, index: int = 0) -> Facing:
        """Return where somebody looks."""
        together = entity.count > 1 and any(d.verb in _TOGETHER for d in entity.doing)
        if together and index >= (entity.count + 1) // 2:
            return "left"
        return self.facing.get(id(entity), "right")


def included(entity: Entity) -> Entity | None:
    """Return what an animal's symbol shows with it: the rabbit that eats has its carrot."""
    name = variant(entity).name
    objects = [doing.object for doing in entity.doing if doing.object is not None]
    return next((one for one in objects if (name, one.symbol) in _INCLUDED), None)


def variant(entity: Entity) -> Symbol:
    """Return the symbol for a thing or an animal, in the pose of what it does."""
    plain = symbols()[entity.symbol or ""]
    for doing in reversed(entity.doing):
        found = symbol_of(plain.label, doing.verb)
        if found is not None and found.name != plain.name:
            return found
    return plain
