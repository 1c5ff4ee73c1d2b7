"""The trunk with what is worn on it: shirt, coat, tie, apron and the like."""

from __future__ import annotations

from math import cos, radians, sin
from typing import TYPE_CHECKING

from workers.engines.cards.figure.ink import drawings
from workers.engines.cards.figure.limbs import shade
from workers.engines.cards.figure.shapes import Sketch, between
from workers.engines.cards.painting import painted

if TYPE_CHECKING:
    from workers.engines.cards.figure.parts import Point
    from workers.engines.cards.figure.sitter import Sitter


def draw_trunk(sketch: Sketch, sitter: Sitter) -> None:
    """Draw neck, trunk and what is on it."""
    body, look, pose, bones = sitter.body, sitter.look, sitter.pose, sitter.bones
    neck = between(bones.shoulder, bones.head, 0.5)
    sketch.blob([(*bones.shoulder, body.head * 0.15), (*neck, body.head * 0.145)], shade(look.skin, far=True))
    slim = 1 - 0.12 * pose.turn
    circles = [(*limb.root, body.chest_round * slim) for limb in (bones.near_arm, bones.far_arm)]
    circles += [(*limb.root, body.hip_round * slim) for limb in (bones.near_leg, bones.far_leg)]
    top = [(x, y, r * 0.9) for x, y, r in circles[:2]]
    whole = look.legs in {"dress", "long-dress", "romper"}
    if not whole:
        sketch.blob(circles[2:], look.bottom)
    hem = between(bones.hip, bones.shoulder, 0 if whole else 0.06)
    low = [(*_shifted(x, y, bones.hip, hem), r) for x, y, r in circles[2:]]
    if body.waist is None:
        sketch.blob([*top, *low], look.top)
        return
    waist = (*between(bones.hip, bones.shoulder, 0.36), body.waist)
    sketch.blob([*top, waist], look.top)
    sketch.blob([waist, *low], look.top)


def draw_marks(sketch: Sketch, sitter: Sitter) -> None:
    """Draw what a role wears over the shirt: behind the near arm, before the legs."""
    body, look, pose, bones = sitter.body, sitter.look, sitter.pose, sitter.bones
    size = body.trunk / 100
    drawn = "".join(markup for mark, markup in drawings("trunk").items() if mark in look.marks)
    if not drawn:
        return
    wide = size * (body.chest_round + body.shoulders * (1 - 0.62 * pose.turn)) / (40 * size)
    place = (
        f"translate({bones.hip[0]:.1f} {bones.hip[1]:.1f}) rotate({sitter.bones.lean:.1f}) scale({wide:.2f} {size:.2f})"
    )
    sketch.raw(f'<g transform="{place}">{painted(drawn, {"bottom": look.bottom, "extra": look.extra})}</g>', [])


def draw_coat(sketch: Sketch, sitter: Sitter) -> None:
    """Draw the skirts of a white coat, down to the middle of the thighs."""
    body, look = sitter.body, sitter.look
    if "coat" not in look.marks:
        return
    ends = [(*between(leg.root, leg.joint, 0.62), body.leg_round[0] * 1.05) for leg in sitter.legs]
    hips = [(*leg.root, body.hip_round * 0.95) for leg in sitter.legs]
    sketch.blob([*hips, *ends], look.top)
    (x1, y1, r), (x2, y2, _) = ends
    sketch.line(
        [((hips[0][0] + hips[1][0]) / 2, hips[0][1]), ((x1 + x2) / 2, (y1 + y2) / 2 + r)], 3, f"{look.top}-dark"
    )


def draw_backpack(sketch: Sketch, sitter: Sitter) -> None:
    """Draw a backpack, behind the trunk."""
    look, bones = sitter.look, sitter.bones
    if "backpack" not in look.marks:
        return
    lean = radians(sitter.bones.lean)
    size = sitter.body.trunk

    def at(along: float, up: float) -> Point:
        x, y = along * size, up * size
        return bones.hip[0] + x * cos(lean) + y * sin(lean), bones.hip[1] + x * sin(lean) - y * cos(lean)

    corners = [at(-0.42, 0.85), at(-0.42, 0.2), at(-0.2, 0.85), at(-0.2, 0.2)]
    sketch.blob([(*corner, size * 0.16) for corner in corners], look.extra)
    sketch.blob([(*corner, size * 0.1) for corner in (at(-0.5, 0.2), at(-0.5, 0.4))], shade(look.extra, far=True))


def _shifted(x: float, y: float, start: Point, end: Point) -> Point:
    return x + end[0] - start[0], y + end[1] - start[1]
