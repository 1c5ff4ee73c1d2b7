"""Clusters side by side on the ground: who stands next to whom, who looks where, how large everything is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from workers.engines.cards.layout.cluster import Cluster, load
from workers.engines.cards.layout.items import Item, united
from workers.engines.cards.layout.plan import Plan
from workers.engines.cards.symbols import symbols

if TYPE_CHECKING:
    from workers.engines.cards.figure import Box
    from workers.engines.cards.scene.model import Entity, Scene

#: What hangs higher is in the sky.
HIGH = 400
_BESIDE = {"near", "with", "between"}
_STRICT = {"on", "in", "under"}
_GAP, _NEAR_GAP = 46, 22
_LEFT, _RIGHT, _TOP = 40, 984, 66
#: Below the sky's things.
_LOWER_TOP = 230
_LARGEST, _LARGEST_THINGS, _LARGEST_HERE = 1.42, 4.0, 1.75


@dataclass
class Row:
    """Everything in its place, in a card's units."""

    items: list[Item]
    scale: float
    left: float


def plan_of(scene: Scene, seed: int) -> Plan:
    """Return a scene's relations sorted; of relations in a circle one is dropped, and counted as missing."""
    plan = Plan(scene, seed)
    held = plan.held()
    scene.relations = [r for r in scene.relations if id(r.one) not in held or r.kind not in {"near", "with", "at"}]
    for one in scene.entities:
        _unshown(plan, one)
        seen, at = {id(one)}, plan.parent(one)
        while at is not None and id(at.other) not in seen:
            seen.add(id(at.other))
            at = plan.parent(at.other)
        if at is not None:
            scene.relations.remove(at)
            scene.miss(at.kind)
    return plan


def _unshown(plan: Plan, one: Entity) -> None:
    """Count as missing where somebody is besides the one place where it can be."""
    at = plan.parent(one)
    for other in plan.scene.relations:
        if at is not None and other.one is one and other.kind in _STRICT and other.other is not at.other:
            plan.scene.miss(f"{other.kind} {other.other.label}")


def roots_of(plan: Plan) -> list[Entity]:
    """Return what stands on its own, from left to right."""
    held = plan.held()
    free = [one for one in plan.scene.entities if plan.parent(one) is None and id(one) not in held]
    order: list[Entity] = []
    for one in free:
        if one in order:
            continue
        order.append(one)
    for relation in plan.scene.relations:
        one, other = _root(plan, relation.one), _root(plan, relation.other)
        if relation.kind in _BESIDE and one in order and other in order and one is not other:
            _beside(order, one, other, _root(plan, relation.third) if relation.third else None)
    return order


def in_sky(plan: Plan, one: Entity) -> bool:
    """Whether it is drawn in the upper part of the card."""
    return one.spot == "sky" or (not one.is_person and plan.hangs(one) >= HIGH)


def _root(plan: Plan, one: Entity) -> Entity:
    at = plan.parent(one)
    while at is not None:
        one, at = at.other, plan.parent(at.other)
    return one


def _beside(order: list[Entity], one: Entity, other: Entity, third: Entity | None) -> None:
    """Move things next to each other in the order."""
    if third is not None and third in order:
        for moved in (one, third):
            order.remove(moved)
        at = order.index(other) if other in order else 0
        order[at + 1 : at + 1] = [one, third]
        return
    if abs(order.index(one) - order.index(other)) > 1:
        order.remove(one)
        order.insert(order.index(other) + 1, one)


def face(plan: Plan, order: list[Entity]) -> None:
    """Let everybody look at what they have to do with."""
    for one in order:
        partners = [r.other for r in plan.scene.relations if r.one is one and r.kind in _BESIDE]
        partners += [r.one for r in plan.scene.relations if r.other is one and r.kind in _BESIDE]
        partners = [_root(plan, partner) for partner in partners]
        beside = [order.index(partner) for partner in partners if partner in order and partner is not one]
        if beside:
            plan.facing[id(one)] = "right" if beside[0] > order.index(one) else "left"
        elif one.is_person and len(order) > 1 and order[-1] is one and order[0].is_person:
            plan.facing[id(one)] = "left"


def row_of(plan: Plan, *, top: float, ground: float, water: float | None) -> Row:
    """Place everything that is not in the sky."""
    order = [one for one in roots_of(plan) if not in_sky(plan, one)]
    face(plan, order)
    load(plan)
    if not order:
        return Row([], 1, 512)
    clusters = [Cluster(plan, one) for one in order]
    gaps = [_gap(plan, one, other) for one, other in pairwise(order)]
    boxes = [cluster.box for cluster in clusters]
    wide = sum(box.x2 - box.x1 for box in boxes) + sum(gaps)
    bases = [water + _depth(one) if one.spot == "water" and water is not None else ground for one in order]
    room = min((base - top) / max(max(box.y2, 0) - box.y1, 1) for base, box in zip(bases, boxes, strict=True))
    scale = min((_RIGHT - _LEFT) / wide, room, _most(plan, order))
    left = 512 - wide * scale / 2
    items: list[Item] = []
    for base, cluster, box, gap in zip(bases, clusters, boxes, [*gaps, 0], strict=True):
        # What is before something stands nearer.
        y = base - max(box.y2, 0) * scale if base == ground else base
        items += [scaled(item, scale, left - box.x1 * scale, y) for item in cluster.items]
        left += (box.x2 - box.x1 + gap) * scale
    return Row(items, scale, left)


def _depth(one: Entity) -> float:
    """Return how far below the water's middle somebody's base line is: fish are in it."""
    return 70 if one.symbol in {"fish", "whale", "dolphin", "shark"} else 0


def _gap(plan: Plan, one: Entity, other: Entity) -> float:
    pairs = [{id(_root(plan, r.one)), id(_root(plan, r.other))} for r in plan.scene.relations if r.kind in _BESIDE]
    reaching = any(d.how == "reach" and d.object in {one, other} for e in (one, other) for d in e.doing)
    if reaching:
        return -4
    return _NEAR_GAP if {id(one), id(other)} in pairs else _GAP


def _most(plan: Plan, order: list[Entity]) -> float:
    """Return how large everything may be: small things alone fill more of a card."""
    if any(one.is_person for one in plan.scene.entities):
        return _LARGEST
    groups = {symbols()[one.symbol or ""].group for one in order}
    return _LARGEST_HERE if plan.scene.place or groups - {"food", "things", "clothes"} else _LARGEST_THINGS


def scaled(item: Item, scale: float, x: float, y: float) -> Item:
    """Return an item in a card's units."""

    def placed(box: Box) -> Box:
        return type(box)(box.x1 * scale + x, box.y1 * scale + y, box.x2 * scale + x, box.y2 * scale + y)

    place = f"translate({x:.1f} {y:.1f}) scale({scale:.4f})"
    return Item(
        entity=item.entity, box=placed(item.box), heads=[placed(head) for head in item.heads],
        layers=[(depth, f'<g transform="{place}">{svg}</g>') for depth, svg in item.layers],
        held=[(one, placed(box)) for one, box in item.held],
    )  # fmt: skip


def sky_items(plan: Plan, row: Row) -> list[Item]:
    """Place what is in the sky, where it covers least."""
    above = [one for one in roots_of(plan) if in_sky(plan, one)]
    taken = [item.box for item in row.items]
    items: list[Item] = []
    for one in above:
        cluster = Cluster(plan, one)
        box = cluster.box
        wide, high = box.x2 - box.x1, box.y2 - box.y1
        alone = not row.items
        most = (2.4, 700 / len(above), 300) if alone else (1.0, 300 if len(above) > 1 else 460, 190)
        size = min(most[0], most[1] / wide, most[2] / high)
        found = _free(taken, wide * size, high * size, (150, 200, 250) if alone else (64, 90, 120))
        x, y = found[0] - box.x1 * size, found[1] - box.y1 * size
        items += [scaled(item, size, x, y) for item in cluster.items]
        taken.append(united([item.box for item in items[-len(cluster.items) :]]))
    return items


def _free(taken: list[Box], wide: float, high: float, heights: tuple[int, ...]) -> tuple[float, float]:
    from workers.engines.cards.layout.items import overlap  # noqa: PLC0415

    spots = [(x, y) for y in heights for x in range(_LEFT, max(_LEFT + 1, int(_RIGHT - wide)), 24)]

    def cost(spot: tuple[float, float]) -> tuple[float, float]:
        box = type(taken[0])(spot[0] - 16, spot[1] - 16, spot[0] + wide + 16, spot[1] + high + 16) if taken else None
        covered = sum(overlap(box, other) for other in taken) if box else 0.0
        return covered, abs(spot[0] + wide / 2 - 512) / 10 + spot[1] / 50

    return min(spots, key=cost)
