"""People: how an entity's words become a figure."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workers.engines.cards.figure import NOTHING, POSES, Box, Held, Person, figure
from workers.engines.cards.layout.items import Item, colours_of
from workers.engines.cards.symbols import symbol_of

if TYPE_CHECKING:
    from workers.engines.cards.figure import Anchors, Facing
    from workers.engines.cards.figure.parts import Point
    from workers.engines.cards.scene.model import Doing, Entity
    from workers.engines.cards.symbols import Symbol

#: What somebody does at the same time as sitting.
_POSTURES = {"sit", "stand", "be", "have", "wait", "stay", "relax", "rest", "wear", "put", "lie", "sleep"}
#: Heights.
_TALL = {"adult": 400, "old": 380, "child": 260, "baby": 170}
_HOLDING = {"hold", "carry"}
_SMALLER = {"adult": 1.0, "old": 1.0, "child": 0.72, "baby": 0.55}
#: Things that are taken to the mouth or read are drawn no larger, in the scene's units.
_AT_HAND = 105
_CARRIED = 230
#: What one hand holds up.
_RAISED = {"umbrella", "balloon", "kite"}
#: What hangs from one hand, by its handle.
_HUNG = {"bag", "suitcase", "bucket", "basket"}
_WORN = {"top": "top", "dress": "top", "skirt": "bottom", "trousers": "bottom", "shorts": "bottom"}


@dataclass(frozen=True)
class Place:
    """Where a figure is, and how it looks from there."""

    x: float = 0
    y: float = 0
    facing: Facing = "right"
    depth: float = 0
    anchors: Anchors = field(default_factory=dict)
    """In the scene's units, as `figure` wants them, besides `at`."""
    split: bool = False
    """Whether it rides: one leg is behind what it rides."""
    idle: bool = False
    """Whether it plays along without what is played with."""


def person_of(entity: Entity, index: int, seed: int) -> Person:
    """Return what a person looks like; what is not said is chosen by the seed."""
    first = random.Random(f"{seed} {entity.lemma}").randrange(2)  # noqa: S311 - looks, not secrets
    index += entity.nth
    dice = random.Random(f"{seed} {entity.lemma} {index}")  # noqa: S311
    chosen = ("female", "male")[(first + index) % 2]
    gender = entity.gender or chosen
    colours: dict[str, str] = {} if entity.hair is None else {"hair": entity.hair}
    for worn, colour in entity.wears:
        if colour is not None:
            colours[_WORN.get(worn, "extra")] = colour
    return Person(
        age=entity.age, gender=gender, role=entity.role, mood=entity.mood,  # type: ignore[arg-type] # of the word lists
        wears=tuple(worn for worn, _ in entity.wears if worn != "top"), seed=dice.randrange(10**6), **colours,
    )  # fmt: skip


def pose_name(entity: Entity, *, seated: bool, wet: bool) -> str:
    """Return the pose that shows what somebody does."""
    shown = [doing for doing in entity.doing if doing.pose is not None]
    if any(POSES[doing.pose].lies for doing in shown if doing.pose):
        return next(doing.pose for doing in shown if doing.pose and POSES[doing.pose].lies)
    moving = [doing for doing in shown if doing.verb not in _POSTURES]
    acts = [doing.pose for doing in moving if doing.verb not in _HOLDING] or [doing.pose for doing in moving]
    pose = (acts or [doing.pose for doing in shown] or ["standing"])[-1] or "standing"
    if any(doing.verb == "sit" for doing in entity.doing) and pose in {"standing", "walking"}:
        pose = "sitting"
    if pose == "swimming" and not wet:
        return "swimming"
    return "sitting" if seated and pose in {"standing", "walking", "jumping", "pointing"} else pose


def held_doing(entity: Entity) -> Doing | None:
    """Return what puts a thing into somebody's hand."""
    holds = [d for d in entity.doing if d.object is not None and d.object.symbol is not None]
    return next((d for d in holds if d.how in {"hold", "prop"} or (d.how == "play" and _is_ball(d))), None)


def figure_item(entity: Entity, index: int, seed: int, place: Place) -> Item:
    """Draw one person of an entity."""
    person = person_of(entity, index, seed)
    pose = pose_name(entity, seated="seat" in place.anchors, wet=entity.spot == "water")
    doing = held_doing(entity)
    held = None
    if place.idle:
        pose, held = ("catching" if pose in {"playing", "throwing"} else pose), NOTHING
    elif any(d.object is not None and d.how != "prop" and d.pose == pose for d in entity.doing) and doing is None:
        held = NOTHING
    elif doing is not None and (doing.how != "prop" or doing.pose != pose):
        held = _held(doing, person)
        pose = _holding(pose, doing)
    anchors: Anchors = {"at": (place.x, place.y), **place.anchors}
    if pose == "standing" and any(d.how == "reach" and d.object is not None for d in entity.doing):
        tall, side = _TALL[entity.age], (-1 if place.facing == "left" else 1)
        anchors["reach"] = (place.x + side * tall * 0.28, place.y - tall * 0.5)
    if held is not None and doing is not None:
        anchors = _raised(entity, doing, place) | anchors
    part = figure(person, pose, facing=place.facing, anchors=anchors, held=held)
    depth = place.depth
    layers = [(depth - 0.2 if place.split else depth, part.back), (depth + 0.1, part.front)]
    item = Item(entity=entity, box=part.box, layers=layers, heads=[part.head])
    if doing is not None and doing.object is not None and not place.idle:
        box = part.held_box or _around(part.near_hand)
        item.held += [(one, box) for one in (doing.object, *(doing.load.entities if doing.load else ()))]
    return item


def _around(hand: Point) -> Box:
    """Return where a thing is that no symbol and no pose draws."""
    x, y = hand
    return Box(x - 30, y - 30, x + 30, y + 30)


def _raised(entity: Entity, doing: Doing, place: Place) -> Anchors:
    """Return where the hand is for what stands over or beside the head."""
    symbol = doing.object.symbol if doing.object else None
    side, tall = (-1 if place.facing == "left" else 1), _TALL[entity.age]
    seated = 0.28 * tall if "seat" in place.anchors else 0
    if symbol == "umbrella":
        return {"reach": (place.x + side * tall * 0.15, place.y - tall * 0.7 + seated)}
    if symbol in _RAISED:
        return {"reach": (place.x + side * tall * 0.27, place.y - tall * 0.66 + seated)}
    return {}


def _holding(pose: str, doing: Doing) -> str:
    """Return the pose for holding a thing: what hangs or stands high is in one hand."""
    symbol = doing.object.symbol if doing.object else None
    if symbol in _HUNG and pose in {"carrying", "standing"}:
        return "standing"
    if symbol in _RAISED:
        return "standing" if pose in {"carrying", "giving", "holding-up", "flying-kite"} else pose
    return "carrying" if pose == "standing" and symbol not in _HUNG else pose


def _is_ball(doing: Doing) -> bool:
    return doing.object is not None and doing.object.symbol in {"ball", "basketball"}


def _held(doing: Doing, person: Person) -> Held | None:
    entity = doing.object
    symbol = symbol_of(entity.lemma, doing.verb) if entity is not None else None
    if entity is None or symbol is None:
        return None
    most = (_AT_HAND if doing.pose in {"eating", "drinking"} else _CARRIED) * _SMALLER[person.age]
    scale = min(1.0, most / max(symbol.width, symbol.height)) * min(entity.size, 1.3)
    if _is_ball(doing):
        scale = 60 / symbol.width * {"child": 0.78, "baby": 0.62}.get(person.age, 1)
    if doing.load is not None:
        return Held(markup=doing.load.markup, hold=doing.load.hold, scale=scale, box=Box(*doing.load.box))
    painted = symbol.painted(**colours_of(entity))
    markup, box = _several(symbol, painted.back + painted.front, entity.count)
    hold = symbol.facts.hold or (symbol.width / 2, symbol.height * 0.7)
    return Held(markup=markup, hold=hold, scale=scale, box=box)


def _several(symbol: Symbol, markup: str, count: int) -> tuple[str, Box]:
    """Return several of a thing: a fan of what is long, a row of the rest."""
    count = min(count, 5)
    wide, high = symbol.width, symbol.height
    hold: Point = symbol.facts.hold or (wide / 2, high)
    middle = (count - 1) / 2
    if high > wide * 1.3:
        turns = (f"rotate({(i - middle) * 24:g} {hold[0]:g} {hold[1]:g})" for i in range(count))
        spread = high * 0.35 * (count > 1)
        return "".join(f'<g transform="{t}">{markup}</g>' for t in turns), Box(-spread, 0, wide + spread, high)
    steps = (f"translate({(i - middle) * wide * 0.8:g} 0)" for i in range(count))
    spread = middle * wide * 0.8
    return "".join(f'<g transform="{t}">{markup}</g>' for t in steps), Box(-spread, 0, wide + spread, high)
