"""Alternative text: what is on a card, from what has been read, not from what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.engines.cards.scene.model import Entity, Scene

_WHERE = {
    "on": "on", "in": "in", "under": "under", "behind": "behind", "front": "in front of", "between": "between",
    "near": "near", "with": "with", "above": "above", "at": "at",
}  # fmt: skip


def described(scene: Scene) -> str:
    """Return one sentence that names what is drawn, how many, in which colour, what it does and where."""
    parts = [_one(scene, one) for one in scene.entities if one.label]
    place = [f"place: {scene.place_word or scene.place}"] if scene.place else []
    weather = [f"weather and time: {', '.join(scene.weather)}"] if scene.weather else []
    return f"Picture card: {'; '.join([*parts, *place, *weather])}."


def _one(scene: Scene, one: Entity) -> str:
    count = str(one.count) if one.count > 1 else ""
    colours = "" if one.is_person else " and ".join(one.colours)
    words = [count, colours, one.label, *(f"in {colour or ''} {worn}".replace("  ", " ") for worn, colour in one.wears)]
    doing = [_doing(d.verb, d.object, shown=d.pose is not None or not one.is_person) for d in one.doing]
    return " ".join(word for word in [*words, *doing, *_relations(scene, one)] if word)


def _doing(verb: str, thing: Entity | None, *, shown: bool) -> str:
    from lemminflect import getInflection  # noqa: PLC0415 - numpy; only where cards are drawn

    form = next(iter(getInflection(verb, "VBG")), f"{verb}ing")
    with_it = f" {thing.label}" if thing is not None and thing.label else ""
    return f"{form}{with_it}" if shown else ""


def _relations(scene: Scene, one: Entity) -> list[str]:
    found = []
    for relation in scene.relations:
        if relation.one is one and relation.other.label:
            third = f" and {relation.third.label}" if relation.third is not None else ""
            found.append(f"{_WHERE[relation.kind]} {relation.other.label}{third}")
    return found
