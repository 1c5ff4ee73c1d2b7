"""Clusters: a thing or person on the ground, with all that is on, in, under, behind or before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.cards.layout.items import Item, Stand, colours_of, united
from workers.engines.cards.layout.people import Place, figure_item, held_doing
from workers.engines.cards.layout.plan import Plan, included, variant
from workers.engines.cards.scene.model import Load

if TYPE_CHECKING:
    from workers.engines.cards.figure import Box
    from workers.engines.cards.scene.model import Entity, Relation
    from workers.engines.cards.symbols import Symbol

#: Between people who do something together.
_APART = 26


class Cluster:
    """Builds one cluster around its root, whose base line's middle is at (0, 0)."""

    def __init__(self, plan: Plan, root: Entity | None, layers: int = 1) -> None:
        self._plan, self._layers, self.items = plan, layers, list[Item]()
        if root is not None:
            self._place(root, 0, 0, 1, 0)

    @property
    def box(self) -> Box:
        """The extent of everything."""
        return united([item.box for item in self.items])

    def _place(self, entity: Entity, x: float, y: float, scale: float, depth: float) -> list[Item]:
        """Place all of an entity side by side around a point, with what depends on the first of them."""
        if entity.is_person:
            return self._people(entity, x, y, depth)
        symbol = variant(entity)
        scale *= entity.size * self._for_riders(entity, symbol)
        gap = symbol.width * scale * 0.12 + 4
        step = symbol.width * scale + gap
        placed = []
        shared = self._shared(entity, symbol)
        hangs = self._plan.hangs(entity) if self._plan.parent(entity) is None else 0
        for index in range(entity.count):
            across, up = self._pile(index, entity.count)
            stand = Stand(
                symbol, x=x + across * step, y=y - hangs * 0.8 - up * symbol.height * scale * 0.66,
                scale=scale, depth=depth - up * 0.01, flip=self._flipped(entity, index, symbol),
            )  # fmt: skip
            item = stand.item(entity, colours_of(entity))
            eaten = included(entity)
            if eaten is not None and index == 0:
                item.held.append((eaten, item.box._replace(x1=item.box.x2 - 40, y1=item.box.y2 - 60)))
            self.items.append(item)
            placed.append(item)
            if index == 0 or shared:
                self._depend(entity, stand, index if shared else None)
        return placed

    def _flipped(self, entity: Entity, index: int, symbol: Symbol) -> bool:
        return symbol.group == "animals" and self._plan.side(entity, index) == "left"

    def _pile(self, index: int, count: int) -> tuple[float, int]:
        """Return how many steps something is from the middle, and in which layer of the pile."""
        wide = -(-count // self._layers)
        layer, at = divmod(index, wide)
        here = min(wide, count - layer * wide)
        return at - (here - 1) / 2, layer

    def _shared(self, entity: Entity, symbol: Symbol) -> bool:
        """Whether each of several things has one of several people on it."""
        people = [r.one for r in self._plan.upon(entity) if r.one.is_person and r.kind in {"on", "in"}]
        return entity.count > 1 and bool(symbol.facts.seats) and any(one.count == entity.count for one in people)

    def _for_riders(self, entity: Entity, symbol: Symbol) -> float:
        """Return the scale for what a child rides."""
        riders = [r.one for r in self._plan.upon(entity) if r.kind == "on" and r.one.is_person]
        small = bool(riders) and all(one.age in {"child", "baby"} for one in riders)
        return 0.68 if small and symbol.name in {"bicycle", "motorbike"} else 1

    def _people(self, entity: Entity, x: float, y: float, depth: float) -> list[Item]:
        members = members_of(entity)
        placed: list[Item] = []
        edge = 0.0
        for index, member in enumerate(members):
            idle = index > 0 and any(d.object and d.object.count == 1 and d.how == "play" for d in entity.doing)
            place = Place(facing=self._plan.side(entity, index), depth=depth + index * 0.01, idle=idle)
            item = figure_item(member, index, self._plan.seed, place)
            item.entity = entity
            placed.append(item.moved(edge - item.box.x1))
            edge = placed[-1].box.x2 + _APART
        middle = united([item.box for item in placed])
        placed = [item.moved(x - (middle.x1 + middle.x2) / 2, y) for item in placed]
        self.items += placed
        self.surround(entity, placed, depth)
        return placed

    def surround(self, entity: Entity, placed: list[Item], depth: float) -> None:
        """Place what is behind, before, over or on somebody."""
        box = united([item.box for item in placed])
        for relation in self._plan.upon(entity):
            self._beyond(relation, box, placed, depth)

    def _depend(self, entity: Entity, stand: Stand, share: int | None) -> None:
        """Place what is on, in, under, behind, before or over a thing."""
        from workers.engines.cards.layout.supports import Supports  # noqa: PLC0415 - each needs the other

        supports = Supports(self._plan, stand, share)
        for kind in ("at", "on", "in", "under"):
            dependents = [r.one for r in self._plan.upon(entity) if r.kind == kind]
            if dependents:
                self.items += supports.placed(kind, dependents)
        box = united([stand.box])
        for relation in self._plan.upon(entity) if not share else []:
            if relation.kind in {"behind", "front", "above"}:
                self._beyond(relation, box, self.items[-1:], stand.depth)

    def _beyond(self, relation: Relation, box: Box, placed: list[Item], depth: float) -> None:
        """Place something behind, before or over what is there, so that both can be seen."""
        before = len(self.items)
        self._place(relation.one, 0, 0, 1, depth)
        new = self.items[before:]
        del self.items[before:]
        around = united([item.box for item in new])
        wide, other = around.x2 - around.x1, box.x2 - box.x1
        high, its = around.y2 - around.y1, box.y2 - box.y1
        if relation.kind in {"above", "on", "in", "under", "at"}:
            y = box.y1 - 30 - around.y2
            x = (box.x1 + box.x2) / 2 - (around.x1 + around.x2) / 2
            self.items += [_deeper(item.moved(x, y), 1) for item in new]
            return
        back = relation.kind == "behind"
        heads = [head for item in new for head in item.heads] if back else [h for i in placed for h in i.heads]
        front_high = its if back else high
        seen = bool(heads) and max(-head.y2 for head in heads) > front_high * 1.02 - 40 * back
        low = not heads and front_high < (high if back else its) * 0.62
        x = 0.0 if seen or low else (other + wide) / 2 * 0.62
        x += (box.x1 + box.x2) / 2 - (around.x1 + around.x2) / 2
        y = -42 if back else 36
        self.items += [_deeper(item.moved(x, y), -2 if back else 2) for item in new]


def load(plan: Plan) -> None:
    """Let things that are held have in them, and on them, what is said to be there."""
    for one in plan.scene.entities:
        doing = held_doing(one) if one.is_person else None
        thing = doing.object if doing is not None else None
        if doing is None or thing is None or not plan.upon(thing):
            continue
        symbol = variant(thing)
        items = Cluster(plan, thing).items
        layers = sorted((layer for item in items for layer in item.layers), key=lambda layer: layer[0])
        x, y = symbol.facts.hold or (symbol.width / 2, symbol.height * 0.7)
        others = {id(item.entity): item.entity for item in items if item.entity is not thing}
        doing.load = Load(
            "".join(svg for _, svg in layers), (x - symbol.width / 2, y - symbol.ground),
            united([item.box for item in items]), tuple(others.values()),
        )  # fmt: skip


def members_of(entity: Entity) -> list[Entity]:
    """Return the people that an entity is: of a group its members, otherwise the same one several times."""
    from workers.engines.cards.scene.lexicon import words  # noqa: PLC0415

    if not entity.members:
        return [entity] * entity.count
    found = []
    for member in entity.members:
        age, gender = words()["people"][member]
        one = type(entity)(label=member, lemma=member, age=age, gender=gender, doing=entity.doing)
        found.append(one)
    return found


def _deeper(item: Item, by: float) -> Item:
    item.layers = [(depth + by, svg) for depth, svg in item.layers]
    return item
