"""A card: background, everything in its place, labels by the learner's level, caption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.cards.layout.backdrop import backdrop
from workers.engines.cards.layout.caption import caption
from workers.engines.cards.layout.labels import Label, arranged, drawn, targets_of
from workers.engines.cards.layout.row import in_sky, plan_of, roots_of, row_of, sky_items

if TYPE_CHECKING:
    from schemas.reply.levels import Band
    from workers.engines.cards.layout.items import Item
    from workers.engines.cards.scene.model import Entity, Scene

_TOP, _BELOW_SKY = 66, 240


@dataclass(frozen=True)
class Card:
    """A card that is ready to be rasterised."""

    svg: str
    """1024 x 768."""
    words: tuple[str, ...]
    """For what is on it."""
    items: tuple[Item, ...]
    labels: tuple[Label, ...]


def card_of(scene: Scene, band: Band, seed: int) -> Card:
    """Compose a card; words of the scene that it has no room for are added to the scene's missing ones."""
    plan = plan_of(scene, seed)
    roots = roots_of(plan)
    behind = backdrop(scene, roots)
    above = any(in_sky(plan, one) for one in roots)
    row = row_of(plan, top=_BELOW_SKY if above else _TOP, ground=behind.ground, water=behind.water)
    items = sky_items(plan, row) + row.items
    placed = arranged(targets_of(items, _labelled(scene, band)), items)
    layers = sorted(
        ((depth, i, svg) for i, item in enumerate(items) for depth, svg in item.layers), key=lambda o: o[:2]
    )
    body = behind.behind + "".join(svg for _, _, svg in layers) + behind.before + drawn(placed, items)
    size = 'xmlns="http://www.w3.org/2000/svg" width="1024" height="768" viewBox="0 0 1024 768"'
    svg = f"<svg {size}>{body}{caption(scene.text)}</svg>"
    return Card(svg=svg, words=_words(scene, items), items=tuple(items), labels=tuple(placed))


def _labelled(scene: Scene, band: Band) -> list[Entity]:
    """Return what has a label: everything for beginners, what the scene is about for others, nothing for the best."""
    if band == "low":
        return scene.entities
    done_to = [doing.object for one in scene.entities for doing in one.doing]
    return [one for one in scene.entities if one.subject or one in done_to] if band == "mid" else []


def _words(scene: Scene, items: list[Item]) -> tuple[str, ...]:
    """Return the words for what has been drawn; what has not is missing."""
    shown = {id(one) for item in items for one in (item.entity, *(held for held, _ in item.held))}
    scene.miss(*(one.label for one in scene.entities if id(one) not in shown))
    return tuple(dict.fromkeys(one.lemma for one in scene.entities if one.label and id(one) in shown))
