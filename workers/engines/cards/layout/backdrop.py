"""What is behind everything: the place, as the weather and the time of day make it look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workers.engines.cards.palette import colour
from workers.engines.cards.symbols import symbols

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workers.engines.cards.scene.model import Entity, Scene

_OUTDOORS = {"vehicles", "nature", "animals"}
_ROOMS = {"bench": "park", "bed": "bedroom", "bath": "bathroom", "stove": "kitchen", "fridge": "kitchen"}


@dataclass(frozen=True)
class Backdrop:
    """A card's background."""

    behind: str
    before: str
    """Weather that falls before everything."""
    ground: float
    """y on which the nearest stand."""
    water: float | None = None
    """y of who swims."""


def backdrop(scene: Scene, roots: Sequence[Entity]) -> Backdrop:
    """Return the background of a scene: the place that is said, one that suits what stands there, or a plain one."""
    name = scene.place or _suiting(scene, roots)
    tints: dict[str, str] = {}
    for weather in scene.weather:
        tints |= symbols()[weather].facts.tint
    if name is None:
        return Backdrop(_plain(), "", 660)
    place = symbols()[name]
    painted = place.painted(**tints)
    indoors = place.facts.indoors
    weathers = [] if indoors else [symbols()[weather].painted() for weather in scene.weather]
    floor = place.facts.floor or (560, 690)
    water = None if place.facts.water is None else place.facts.water[2]
    behind = painted.back + "".join(one.back for one in weathers)
    return Backdrop(behind, painted.front + "".join(one.front for one in weathers), min(floor[1], 690) - 20, water)


def _suiting(scene: Scene, roots: Sequence[Entity]) -> str | None:
    """Return the place that suits what is in the scene, where none was said."""
    groups = {symbols()[one.symbol].group for one in roots if one.symbol}
    rooms = [_ROOMS[one.symbol] for one in roots if one.symbol in _ROOMS]
    if rooms:
        return rooms[0]
    if "furniture" in groups:
        return "room"
    if scene.weather or any(one.spot == "sky" for one in scene.entities):
        return "outdoors"
    return "outdoors" if groups & _OUTDOORS else None


def _plain() -> str:
    return (
        f'<rect width="1024" height="768" fill="{colour("cream")}"/>'
        f'<rect y="560" width="1024" height="208" fill="{colour("beige")}"/>'
    )
