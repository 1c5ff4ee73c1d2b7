"""Arms and legs with what is worn on them."""

from __future__ import annotations

from math import cos, radians, sin
from typing import TYPE_CHECKING

from workers.engines.cards.figure.bones import PALM
from workers.engines.cards.figure.shapes import Circle, Sketch, between

if TYPE_CHECKING:
    from workers.engines.cards.figure.body import Body
    from workers.engines.cards.figure.bones import Limb
    from workers.engines.cards.figure.parts import Point
    from workers.engines.cards.figure.sitter import Sitter

#: How far down short sleeves, shorts and skirts reach, as a share of the first bone; and a long skirt on the second.
_SHORT = {"sleeve": 0.62, "shorts": 0.78, "skirt": 0.86, "long": 0.55}


def shade(name: str, *, far: bool) -> str:
    """Return the colour of what is on the far side: a darker one."""
    return f"{name}-dark" if far else name


def draw_arm(sketch: Sketch, sitter: Sitter, limb: Limb, *, far: bool) -> None:
    """Draw an arm: skin, hand and sleeve.

    Edges are where it would merge: of a sleeve with the shirt behind it, of a hand with the face.
    """
    body, look = sitter.body, sitter.look
    skin, cloth = shade(look.skin, far=far), shade(look.top, far=far)
    upper, lower = _bones(limb, body.arm_round)
    long = look.sleeves == "long"
    edge = None if far else shade(look.skin, far=True)
    if not long:
        sketch.blob(upper, skin, edge=edge)
        sketch.blob(lower, skin, edge=edge)
        sketch.blob(upper, skin)
    sketch.blob(_hand(limb, body), skin)
    if look.sleeves == "none":
        return
    edge = None if far else shade(look.top, far=True)
    wider = [(x, y, r + 1.5) for x, y, r in upper]
    if long:
        sketch.blob(_to(lower, 0.9), cloth, edge=edge)
        sketch.blob(upper, cloth, edge=edge)
        sketch.blob(_to(lower, 0.9), cloth)
        return
    sketch.blob(_to(wider, _SHORT["sleeve"]), cloth, edge=edge)


def _hand(limb: Limb, body: Body) -> list[Circle]:
    """Return a mitten: the palm at the wrist, the fingers a little further along the forearm."""
    ahead = between(limb.joint, limb.end, 1.13)
    return [(*limb.end, body.hand * 0.86), (*ahead, body.hand)]


def palm(limb: Limb) -> Point:
    """Return where a hand holds things."""
    return between(limb.joint, limb.end, PALM)


def draw_leg(sketch: Sketch, sitter: Sitter, limb: Limb, *, far: bool) -> None:
    """Draw a leg: skin, shoe and trousers."""
    body, look = sitter.body, sitter.look
    bare = look.legs not in {"trousers", "romper"}
    skin, cloth = shade(look.skin, far=far), shade(look.bottom, far=far)
    upper, lower = _bones(limb, body.leg_round)
    edge = shade(look.skin if bare else look.bottom, far=True)
    sketch.blob(
        _shoe(limb, body, sitter.pose.turn, far=far), skin if look.shoes == "barefoot" else shade(look.shoes, far=far)
    )
    for circles in (lower, upper) if bare else (_to(lower, 0.93), upper):
        sketch.blob(circles, skin if bare else cloth, edge=None if far else edge)
    sketch.blob(lower if bare else _to(lower, 0.93), skin if bare else cloth)
    if look.legs == "shorts":
        sketch.blob(_to([(x, y, r + 2) for x, y, r in upper], _SHORT["shorts"]), cloth, edge=None if far else edge)


def draw_skirt(sketch: Sketch, sitter: Sitter) -> None:
    """Draw what hangs around both legs: a skirt, or the lower half of a dress."""
    body, look, legs = sitter.body, sitter.look, sitter.legs
    if look.legs not in {"skirt", "dress", "long-skirt", "long-dress"}:
        return
    long = look.legs.startswith("long")
    hips: list[Circle] = [(*leg.root, body.hip_round * 0.95) for leg in legs]
    flare = body.hips * (0.3 if long else 0.8)
    knees = [between(leg.root, leg.joint, 1 if long else _SHORT["skirt"]) for leg in legs]
    hems = [(x + way * flare, y, body.leg_round[1] * 1.1) for x, y in knees for way in (-1, 1)]
    sketch.blob([*hips, *hems], look.bottom)
    if long:
        shins = [between(leg.joint, leg.end, _SHORT["long"]) for leg in legs]
        sketch.blob(
            [*hems, *[(x + way * flare, y, body.leg_round[1]) for x, y in shins for way in (-1, 1)]], look.bottom
        )


def _bones(limb: Limb, rounds: tuple[float, float, float]) -> tuple[list[Circle], list[Circle]]:
    joint = (*limb.joint, rounds[1])
    return [(*limb.root, rounds[0]), joint], [joint, (*limb.end, rounds[2])]


def _to(circles: list[Circle], share: float) -> list[Circle]:
    """Return the first share of a bone."""
    (x1, y1, r1), (x2, y2, r2) = circles
    x, y = between((x1, y1), (x2, y2), share)
    return [(x1, y1, r1), (x, y, r1 + (r2 - r1) * share)]


def _shoe(limb: Limb, body: Body, turn: float, *, far: bool) -> list[Circle]:
    """Return a shoe: heel and toe. Seen from the front, toes point to either side."""
    away = -1 if turn < 0.35 and not far else 1  # noqa: PLR2004
    length = body.foot * (0.7 + 1.2 * turn)
    (c, s), (x, y) = (cos(radians(limb.foot)), sin(radians(limb.foot))), limb.end

    def at(along: float, down: float) -> Point:
        return x + away * (along * c) - down * s, y + along * s + down * c

    return [
        (*at(-body.foot * 0.25, body.foot * 0.36), body.foot * 0.64),
        (*at(length, body.foot * 0.52), body.foot * 0.48),
    ]
