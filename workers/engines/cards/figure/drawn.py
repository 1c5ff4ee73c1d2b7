"""What is drawn over the bones, from back to front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.cards.figure.bones import on_tilted
from workers.engines.cards.figure.head import drawn_head
from workers.engines.cards.figure.limbs import draw_arm, draw_leg, draw_skirt, palm
from workers.engines.cards.figure.poses import Prop
from workers.engines.cards.figure.props import corners, draw_held, prop
from workers.engines.cards.figure.shapes import Sketch, box_of
from workers.engines.cards.figure.signs import draw_signs
from workers.engines.cards.figure.support import draw_blanket, draw_cushion, draw_pillow, draw_stool, draw_water
from workers.engines.cards.figure.trunk import draw_backpack, draw_coat, draw_marks, draw_trunk

if TYPE_CHECKING:
    from workers.engines.cards.figure.parts import Anchors, Box, Held, Point
    from workers.engines.cards.figure.sitter import Sitter

#: A thigh that hangs down by less than this share of its length is before the shirt, not under its hem.
_RAISED = 0.6
#: High enough to count for the extent of a head.
_TALL = {"chef-hat", "crown", "peaked-cap", "straw-hat", "hat", "helmet", "nurse-cap"}


def drawn(sitter: Sitter, anchors: Anchors, held: Held | None) -> tuple[Sketch, Sketch, Box | None]:
    """Return what is behind what somebody straddles, the rest, and the extent of what is held."""
    one = _Drawn(sitter, anchors, held)
    return *one.layers(), one.held_box()


def head_box(sitter: Sitter) -> Box:
    """Return the extent of the head with its hair and hat."""
    return box_of(_head_corners(sitter))


def _head_corners(sitter: Sitter) -> list[Point]:
    size, tall = sitter.body.head, 0.98 if sitter.look.marks & _TALL else 0.58
    wide = sitter.body.head_wide * 0.5 + 0.05
    around = [(-wide, 0.0), (wide, 0.0), (0.0, 0.5), (-wide * 0.7, -tall), (wide * 0.7, -tall)]
    return [on_tilted(sitter.bones.head, (x * size, y * size), sitter.bones.tilt) for x, y in around]


class _Drawn:
    """Somebody on paper, facing right."""

    def __init__(self, sitter: Sitter, anchors: Anchors, held: Held | None) -> None:
        self._sitter, self._anchors, self._back, self._front = sitter, anchors, Sketch(), Sketch()
        self._things = _things(sitter, held)
        self._head = drawn_head(sitter.person, sitter.look, sitter.pose, sitter.body.head_wide)

    def layers(self) -> tuple[Sketch, Sketch]:
        self._far_side()
        self._trunk_and_legs()
        self._head_and_arms()
        self._covers()
        return self._back, self._front

    def held_box(self) -> Box | None:
        return next((box_of(corners(held, self._at(place, held))) for place, held in self._things), None)

    def _far_side(self) -> None:
        sitter, back = self._sitter, self._back
        if sitter.pose.lies and "pillow" not in self._anchors:
            draw_pillow(back, sitter)
        if sitter.pose.sits and "seat" not in self._anchors:
            draw_stool(back, sitter)
        if "seat" in self._anchors:
            draw_cushion(back, sitter, self._anchors["seat"])
        if not sitter.pose.floats:  # under water
            draw_leg(back, sitter, sitter.bones.far_leg, far=True)
        if not sitter.pose.far_arm_over:
            draw_arm(back, sitter, sitter.bones.far_arm, far=True)
        self._layer(back, "behind")

    def _trunk_and_legs(self) -> None:
        sitter, front, leg = self._sitter, self._front, self._sitter.bones.near_leg
        self._on_head(self._head.behind)
        draw_backpack(front, sitter)
        if sitter.pose.floats:
            draw_trunk(front, sitter)
        elif leg.joint[1] < leg.root[1] + sitter.body.leg[0] * _RAISED:
            draw_trunk(front, sitter)
            draw_leg(front, sitter, leg, far=False)
        else:
            draw_leg(front, sitter, leg, far=False)
            draw_trunk(front, sitter)
        draw_skirt(front, sitter)
        draw_coat(front, sitter)
        draw_marks(front, sitter)

    def _head_and_arms(self) -> None:
        sitter, front = self._sitter, self._front
        if sitter.pose.far_arm_over:
            draw_arm(front, sitter, sitter.bones.far_arm, far=True)
        if sitter.pose.near_arm_under:
            draw_arm(front, sitter, sitter.bones.near_arm, far=False)
        self._on_head(self._head.front)
        self._layer(front, "before")
        if not sitter.pose.near_arm_under:
            draw_arm(front, sitter, sitter.bones.near_arm, far=False)
        self._layer(front, "over")

    def _covers(self) -> None:
        sitter, front = self._sitter, self._front
        if sitter.pose.covered:
            draw_blanket(front, sitter)
        if sitter.pose.floats:
            draw_water(front, sitter)
        draw_signs(front, sitter.pose.signs, sitter.bones.head, sitter.body.head)

    def _on_head(self, markup: str) -> None:
        if markup:
            bones, size = self._sitter.bones, self._sitter.body.head / 100
            place = f"translate({bones.head[0]:.1f} {bones.head[1]:.1f}) rotate({bones.tilt:.1f}) scale({size:g})"
            self._front.raw(f'<g transform="{place}">{markup}</g>', _head_corners(self._sitter))

    def _layer(self, sketch: Sketch, layer: str) -> None:
        for place, held in self._things:
            if place.layer == layer:
                draw_held(sketch, held, self._at(place, held), place.turn)

    def _at(self, place: Prop, held: Held) -> Point:
        sitter, arm = self._sitter, sum(self._sitter.body.arm)
        near, far = palm(sitter.bones.near_arm), palm(sitter.bones.far_arm)
        x, y = {
            "near": near,
            "far": far,
            "hands": ((near[0] + far[0]) / 2, (near[1] + far[1]) / 2),
            "ground": (sitter.bones.hip[0], sitter.soles - (held.box.y2 - held.hold[1]) * held.scale),
        }[place.at]
        return x + place.x * arm, y + place.y * arm


def _things(sitter: Sitter, held: Held | None) -> list[tuple[Prop, Held]]:
    """Return what is in hands or on the table, and where; what is given takes the place of the first."""
    own = [(one, prop(one.name, sitter.scale * one.scale)) for one in sitter.pose.props]
    if held is None or not held.markup:
        return own if held is None else []
    first = own[0][0] if own else Prop(name="", at="near", layer="over")
    upright = first.model_copy(update={"turn": 0, "x": 0, "y": 0}) if first.at in {"near", "far", "hands"} else first
    return [(upright, held), *[(one, thing) for one, thing in own[1:] if one.stays]]
