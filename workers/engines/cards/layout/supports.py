"""What is on, in, under or at a thing: placed by the thing's anchors, made smaller where it does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.cards.figure import POSES
from workers.engines.cards.layout.cluster import Cluster, members_of
from workers.engines.cards.layout.items import Item, Stand, colours_of, united
from workers.engines.cards.layout.people import Place, figure_item, pose_name
from workers.engines.cards.scene.model import Doing
from workers.engines.cards.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.cards.facts import Point, Span
    from workers.engines.cards.figure import Anchors, Facing
    from workers.engines.cards.layout.plan import Plan
    from workers.engines.cards.scene.model import Entity

_GAP = 12
#: Containers that are held so far up have a handle above their rim.
_HANDLE = 10
#: What is lower is no seat.
_SEAT = 60
#: Where room is lower, people lie.
_LOW = 120
#: More than so many are heaped up where room is small.
_HEAPED = 3
#: So many sit at the ends of a table, the others behind it.
_ENDS = 2
#: Of what a vehicle's roof takes.
_ROOF, _ROOFS = 34, {"tractor": 4}
_CLIMBED = {"tree", "ladder"}
_CROWNS = {"tree", "bush"}


class Supports:
    """A thing in its place, on which others are put."""

    def __init__(self, plan: Plan, stand: Stand, share: int | None = None) -> None:
        self._plan, self._stand, self._facts = plan, stand, stand.symbol.facts
        self._taken, self._share = 0, share

    def placed(self, kind: str, dependents: Sequence[Entity]) -> list[Item]:
        """Return what depends on the thing in one way, placed."""
        people = [one for one in dependents if one.is_person]
        others = [one for one in dependents if not one.is_person and not self._share]
        items: list[Item] = []
        if kind == "at":
            for one in people:
                items += self._at_table(one)
            return items + (self._row("on", others) if others else [])
        if people and kind != "under" and self._seats(people) and not self._on_foot(people):
            items += self._seated(people)
            people = []
        return items + (self._row(kind, [*people, *others]) if people or others else [])

    def _on_foot(self, people: Sequence[Entity]) -> bool:
        return any(d.verb in {"stand", "jump", "dance", "climb", "walk"} for one in people for d in one.doing)

    def _seats(self, people: Sequence[Entity]) -> tuple[Point, ...]:
        """Return the seats; who sits or rides on what has none sits in the middle of what is high enough."""
        symbol, facts = self._stand.symbol, self._facts
        sits = any(doing.verb in {"sit", "ride"} for one in people for doing in one.doing)
        if facts.seats or not sits or symbol.height < _SEAT or symbol.name in _CROWNS | _CLIMBED:
            return facts.seats
        return ((symbol.width / 2, facts.on[2] if facts.on else symbol.height * 0.3),)

    def _seated(self, people: Sequence[Entity]) -> list[Item]:
        """Put people on the seats, or to bed."""
        items = []
        for one in people:
            members = members_of(one)[slice(self._share, None if self._share is None else self._share + 1)]
            free = len(self._seats(people)) - self._taken
            if len(members) > free:
                self._plan.scene.miss(f"{len(members) - free} more {one.label}")
            for member in members[:free]:
                pose = pose_name(one, seated=True, wet=False)
                item = self._lying(member) if POSES[pose].lies else self._sitting(member)
                item.entity = one
                items.append(item)
                self._taken += 1
            items += self._surrounding(one, items)
        return items

    def _surrounding(self, one: Entity, items: list[Item]) -> list[Item]:
        """Return what depends on somebody who has a seat."""
        placed = [item for item in items if item.entity is one]
        cluster = Cluster(self._plan, None)
        if placed and not self._share:
            cluster.surround(one, placed, self._stand.depth + 1)
        return cluster.items

    def _lying(self, one: Entity) -> Item:
        stand, facts = self._stand, self._facts
        surface = stand.span(facts.on or (0, stand.symbol.width, stand.symbol.height * 0.5))
        anchors: Anchors = {"pillow": stand.point(facts.pillow)} if facts.pillow else {}
        place = Place((surface[0] + surface[1]) / 2, surface[2], depth=stand.depth + 0.1, anchors=anchors)
        return figure_item(one, self._taken + (self._share or 0), self._plan.seed, place)

    def _sitting(self, one: Entity) -> Item:
        stand, facts = self._stand, self._facts
        seats = self._seats([one])
        seat = seats[min(self._taken, len(seats) - 1)]
        steers = self._taken == 0
        anchors: Anchors = {"seat": stand.point(seat), "floor": (0, stand.y)}
        if steers and facts.grip is not None:
            anchors["grip"] = stand.point(facts.grip)
        if facts.pedal is not None:
            offset = seat[0] - facts.seats[0][0]
            anchors["pedal"] = stand.point((facts.pedal[0] + offset, facts.pedal[1]))
        rides = facts.pedal is not None and not stand.symbol.front
        x, y = stand.point(seat)
        side: Facing = "left" if stand.flip else "right"
        place = Place(x, y, depth=stand.depth + 0.1, anchors=anchors, split=rides, facing=side)
        item = figure_item(one, self._taken + (self._share or 0), self._plan.seed, place)
        return self._under_roof(item, stand.point(seat)) if stand.symbol.front else item

    def _under_roof(self, item: Item, seat: Point) -> Item:
        """Make somebody smaller who would not fit into a vehicle."""
        roof = self._stand.box.y1 + _ROOFS.get(self._stand.symbol.name, _ROOF) * self._stand.scale
        fit = (seat[1] - roof) / (seat[1] - item.heads[0].y1)
        if fit >= 1:
            return item
        return _scaled(item, fit, (seat[0] * (1 - fit), seat[1] * (1 - fit)), item.layers[0][0], 1)

    def _at_table(self, one: Entity) -> list[Item]:
        """Put people on chairs on both sides of a table."""
        items: list[Item] = []
        stand, chair = self._stand, symbols()["chair"]
        for doing in one.doing:
            if doing.pose is not None and POSES[doing.pose].lies:
                self._plan.scene.miss(doing.verb)
                doing.pose = "sitting"
        for member in members_of(one):
            left = self._taken % 2 == 0
            x = self._seat_x()
            seat = Stand(chair, x=x, y=stand.y, depth=stand.depth - 0.6, flip=not left)
            at = seat.point(chair.facts.seats[0])
            anchors: Anchors = {"seat": at, "floor": (0, stand.y), "table": (0, stand.box.y1)}
            side: Facing = "right" if left else "left"
            place = Place(at[0], at[1], facing=side, depth=stand.depth - 0.4, anchors=anchors)
            item = figure_item(member, self._taken, self._plan.seed, place)
            item.entity = one
            if POSES[pose_name(one, seated=True, wet=False)].props and self._taken < _ENDS:
                item.layers = [(stand.depth + 0.3, svg) for _, svg in item.layers]
            seat_item = seat.item(one, colours_of(one))
            items += (
                [Item(entity=one, box=seat_item.box, layers=seat_item.layers), item] if self._taken < _ENDS else [item]
            )
            self._taken += 1
        return items + self._surrounding(one, items)

    def _seat_x(self) -> float:
        """Return where the next one sits: left, right, then behind the table."""
        stand, place = self._stand, self._taken
        half = stand.symbol.width * stand.scale / 2
        if place < _ENDS:
            return stand.x + (half + 34) * (-1 if place == 0 else 1)
        return stand.x + half * (-0.45, 0.45, 0)[(place - _ENDS) % 3]

    def _row(self, kind: str, dependents: Sequence[Entity]) -> list[Item]:
        """Put things side by side on a span, made smaller where they do not fit."""
        span, room, depth = self._span(kind, people=any(one.is_person for one in dependents))
        groups = [self._piled(one, span[1] - span[0], room) for one in dependents]
        boxes = [united([item.box for item in group]) for group in groups]
        wide = sum(box.x2 - box.x1 for box in boxes) + _GAP * (len(boxes) - 1)
        high = max(box.y2 - box.y1 for box in boxes)
        length = span[1] - span[0]
        fit = min(1.0, length / wide, room / high if room else 1.0)
        left = (span[0] + span[1] - wide * fit) / 2
        items = []
        for group, box in zip(groups, boxes, strict=True):
            base = min(span[2], self._rim() + (box.y2 - box.y1) * fit * 0.45) if kind == "in" else span[2]
            items += [_scaled(item, fit, (left - box.x1 * fit, base), depth) for item in group]
            left += (box.x2 - box.x1 + _GAP) * fit
        return items

    def _piled(self, one: Entity, length: float, room: float | None) -> list[Item]:
        """Return things side by side, or heaped up where they would be too small; people lie where room is low."""
        if one.is_person and room is not None and room < _LOW:
            said = one.doing
            one.doing = [*said, Doing(verb="lie", pose="lying")]
            items = Cluster(self._plan, one).items
            one.doing = said
            return items
        groups = [Cluster(self._plan, one, layers).items for layers in (1, 2, 3)]
        wides = [united([item.box for item in group]) for group in groups]
        fits = (group for group, box in zip(groups, wides, strict=True) if length >= (box.x2 - box.x1) * 0.75)
        heap = one.count > _HEAPED and not one.is_person
        return next(fits, groups[-1]) if heap else groups[0]

    def _rim(self) -> float:
        """Return the y above which things in a container can be seen; elsewhere there is none."""
        stand, facts = self._stand, self._facts
        if facts.inside is None or stand.symbol.group != "things":
            return stand.y
        handle = facts.hold is not None and facts.hold[1] < _HANDLE
        return stand.point((0, stand.symbol.height * (0.45 if handle else 0.12)))[1]

    def _span(self, kind: str, *, people: bool) -> tuple[Span, float | None, float]:
        """Return where things are, how high they may be, and how near."""
        span, room, nearer = self._anchor(kind, people=people)
        stand = self._stand
        return stand.span(span), None if room is None else room * stand.scale, stand.depth + nearer

    def _anchor(self, kind: str, *, people: bool) -> tuple[Span, float | None, float]:
        facts, symbol = self._facts, self._stand.symbol
        wide, high, ground = symbol.width, symbol.height, symbol.ground
        if kind != "under" and symbol.name in _CROWNS | _CLIMBED:
            return _crown(wide, high, climbed=people and symbol.name in _CLIMBED)
        if kind == "in":
            within = (wide * 0.15, wide * 0.85, high * 0.62), high * 0.4, 0.5
            return (facts.inside, None, 0.2) if facts.inside is not None else within
        if kind == "under" and symbol.name == "tree":
            return (wide * 0.55, wide * 1.6, ground), None, 0.5
        if kind == "under":
            beside = (-wide * 0.45, wide * 0.2, ground), high * 0.5, 0.6
            return (facts.under, facts.headroom, 0.2) if facts.under is not None else beside
        return facts.on or (wide * 0.1, wide * 0.9, 0), None, 0.5


def _crown(wide: float, high: float, *, climbed: bool) -> tuple[Span, float | None, float]:
    """Return where birds are in a tree, or who climbs it."""
    if climbed:
        return (wide * 0.2, wide * 0.8, high * 0.86), high * 0.62, 0.5
    return (wide * 0.12, wide * 0.88, high * 0.42), high * 0.3, 0.5


def _scaled(item: Item, scale: float, to: Point, depth: float, deep: float = 0.1) -> Item:
    def moved(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        return box[0] * scale + to[0], box[1] * scale + to[1], box[2] * scale + to[0], box[3] * scale + to[1]

    kind = type(item.box)
    place = f"translate({to[0]:.1f} {to[1]:.1f}) scale({scale:.3f})"
    return Item(
        entity=item.entity, box=kind(*moved(item.box)),
        layers=[(depth + own * deep, f'<g transform="{place}">{svg}</g>') for own, svg in item.layers],
        heads=[kind(*moved(head)) for head in item.heads],
        held=[(one, kind(*moved(box))) for one, box in item.held],
    )  # fmt: skip
