"""Tables and desks that are not said, where food and work need them."""

from __future__ import annotations

from workers.engines.cards.scene.lexicon import words
from workers.engines.cards.scene.model import Doing, Entity, Relation, Scene
from workers.engines.cards.symbols import symbols


def put_on_tables(scene: Scene) -> None:
    """Put food and small things that somebody has to do with on a table, not on the ground."""
    put = {id(r.one) for r in scene.relations if r.kind not in {"near", "with"}}
    held = {id(d.object) for one in scene.entities for d in one.doing if d.how in {"hold", "prop"}}
    for relation in [r for r in scene.relations if r.kind == "near"]:
        one, other = relation.one, relation.other
        person, thing = (one, other) if one.is_person else (other, one)
        if not person.is_person or id(thing) in put | held or not _tabled(thing):
            continue
        table = _implied(scene, "table")
        scene.relations += [Relation(thing, "on", table), Relation(person, "near", table)]
        scene.relations.remove(relation)
        put.add(id(thing))


def _tabled(thing: Entity) -> bool:
    return thing.symbol is not None and (
        symbols()[thing.symbol].group == "food" or thing.symbol in words()["tabled"]["words"]
    )


def _implied(scene: Scene, name: str) -> Entity:
    """Return something that is not in the description, and has no label."""
    known = next((one for one in scene.entities if one.symbol == name), None)
    if known is None:
        known = Entity(label="", lemma=name, symbol=name)
        scene.entities.append(known)
    return known


def meal(scene: Scene, one: Entity, thing: Entity, doing: Doing) -> None:
    """A meal is on a table, and who has it sits there."""
    table = _implied(scene, "table")
    if not any(r.one is one and r.kind in {"on", "at"} for r in scene.relations):
        scene.relations.append(Relation(one, "at", table))
    if not any(r.one is thing for r in scene.relations):
        scene.relations.append(Relation(thing, "on", table))
    doing.how, doing.pose = "meal", "sitting"


def work(scene: Scene, one: Entity, doing: Doing) -> None:
    """Who works with a computer sits at a desk with one; the figure brings it along."""
    if not any(r.one is one and r.kind == "at" for r in scene.relations):
        scene.relations.append(Relation(one, "at", _implied(scene, "desk")))
    if doing.object is not None and doing.object.symbol == "laptop":
        doing.how = "prop"
