"""Bones: where joints are, in the scene's units."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.engines.cards.figure.parts import Point

#: Where a palm is, in lengths of the forearm.
PALM = 1.12


@dataclass(frozen=True, kw_only=True)
class Limb:
    """Shoulder, elbow and wrist; or hip, knee and ankle."""

    root: Point
    joint: Point
    end: Point
    foot: float = 0
    """Of legs: the angle of the foot."""


@dataclass(frozen=True, kw_only=True)
class Skeleton:
    """A body's joints."""

    hip: Point
    shoulder: Point
    """The middle between both shoulders."""
    head: Point
    """The middle of the head."""
    lean: float
    """The trunk's angle in degrees: how far it leans forward."""
    tilt: float
    """The head's angle in degrees, clockwise."""
    mouth: Point
    near_arm: Limb
    far_arm: Limb
    near_leg: Limb
    far_leg: Limb


def on_tilted(middle: Point, offset: Point, tilt: float) -> Point:
    """Return where a point of something is that is turned clockwise around its middle."""
    c, s = cos(radians(tilt)), sin(radians(tilt))
    return middle[0] + offset[0] * c - offset[1] * s, middle[1] + offset[0] * s + offset[1] * c
