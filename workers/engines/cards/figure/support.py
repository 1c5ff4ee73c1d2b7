"""What carries or covers a body: a stool, a pillow, a blanket, water."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.engines.cards.figure.limbs import shade
from workers.engines.cards.figure.shapes import Circle, Sketch, between
from workers.engines.cards.palette import colour

if TYPE_CHECKING:
    from workers.engines.cards.figure.parts import Point
    from workers.engines.cards.figure.sitter import Sitter

#: Drops where feet beat the water: place, height, slant.
_SPLASH = ((0.3, 14, 10), (0.9, 24, 6), (1.5, 14, -4))


def draw_stool(sketch: Sketch, sitter: Sitter) -> None:
    """Draw a stool under who sits on nothing else."""
    body, bones = sitter.body, sitter.bones
    x, top = bones.hip[0], bones.hip[1] + body.hip_round * 0.9
    floor = max(bones.near_leg.end[1], bones.far_leg.end[1]) + body.foot
    wide = body.hip_round * 1.25
    for way in (-1, 1):
        sketch.line([(x + way * wide * 0.6, top), (x + way * wide * 0.85, floor - 4)], 9, "wood-dark")
    sketch.blob([(x - wide, top + 6, 6), (x + wide, top + 6, 6)], "wood")


def draw_cushion(sketch: Sketch, sitter: Sitter, seat: Point) -> None:
    """Draw a cushion between the seat and a child that sits higher."""
    high = seat[1] - sitter.bones.hip[1] - sitter.body.hip_round * 0.9
    if high > 1:
        x, y, half = sitter.bones.hip[0], seat[1] - high / 2, high / 2
        wide = max(sitter.body.hip_round * 1.3 - half, 0)
        sketch.blob([(x - wide, y, half), (x + wide, y, half)], "turquoise")


def draw_pillow(sketch: Sketch, sitter: Sitter) -> None:
    """Draw a pillow under the head of who lies."""
    x, y = sitter.bones.head
    size = sitter.body.head
    sketch.blob([(x - size * 0.42, y + size * 0.42, size * 0.16), (x + size * 0.34, y + size * 0.42, size * 0.16),
                 (x - size * 0.46, y - size * 0.1, size * 0.12)], "white", edge="silver")  # fmt: skip


def draw_blanket(sketch: Sketch, sitter: Sitter) -> None:
    """Draw a blanket from the chest to the feet, its upper edge turned down."""
    body, look, bones = sitter.body, sitter.look, sitter.bones
    cloth = "blue" if look.top != "blue" else "purple"
    chest = between(bones.shoulder, bones.hip, 0.42)
    half = body.shoulders + body.chest_round
    way = 1 if bones.near_leg.end[0] > bones.hip[0] else -1
    feet = max(way * bones.near_leg.end[0], way * bones.far_leg.end[0]) * way + way * body.foot * 1.6
    low, round_ = chest[1] + half, half * 0.42
    over: list[Circle] = [
        (chest[0] + way * round_, low - round_ * 0.6, round_ * 0.6),
        (feet, low - round_ * 0.5, round_ * 0.5),
    ]
    ridge: list[Circle] = [
        (chest[0] + way * round_, chest[1] - half + round_ * 0.9, round_),
        (bones.hip[0], bones.hip[1] - half * 0.55, round_),
    ]
    sketch.blob(
        [*over, *ridge, (feet - way * round_, chest[1] - half * 0.1, round_ * 0.8)], cloth, edge=shade(cloth, far=True)
    )
    fold: list[Circle] = [(chest[0] + way * 6, low - 11, 10), (chest[0] + way * round_ * 0.7, chest[1] - half + 12, 11)]
    sketch.blob(fold, f"{cloth}-light")


def draw_water(sketch: Sketch, sitter: Sitter) -> None:
    """Draw the water over what is below the surface: at the height of the chest of who swims."""
    body, bones = sitter.body, sitter.bones
    y = bones.shoulder[1] + body.chest_round * 0.35
    left, right = bones.hip[0] - body.hip_round * 2.6, bones.head[0] + body.head * 1.5
    deep, step = body.chest_round * 3.4, (right - left) / 10
    waves = "".join(f"q{step / 4:.1f} -9 {step / 2:.1f} 0t{step / 2:.1f} 0" for _ in range(10))
    water = f"M{left:.1f} {y:.1f}{waves}q0 {deep:.1f} {-(right - left) / 2:.1f} {deep:.1f}T{left:.1f} {y:.1f}z"
    line = f"M{left + step:.1f} {y + 16:.1f}h{step * 3:.1f}M{left + step * 6:.1f} {y + 22:.1f}h{step * 2.4:.1f}"
    splash = "".join(f"M{left + step * x:.1f} {y - 4 - up * 0.4:.1f}l{-dx} {-up}" for x, up, dx in _SPLASH)
    white = f'fill="none" stroke="{colour("white")}" stroke-width="7" stroke-linecap="round"'
    sketch.raw(
        f'<path d="{water}" fill="{colour("water")}"/><path d="{line}" fill="none" stroke="{colour("sky")}" '
        f'stroke-width="6" stroke-linecap="round"/><path d="{splash}" {white}/>',
        [(left, y - 60), (right, y + deep)],
    )
