"""Limbs of two bones: where a joint is when the end is to be somewhere, and where the end is by angles.

Angles are in degrees: 0 hangs down, positive is forward (x grows), 180 is up. y points downwards.
"""

from __future__ import annotations

from math import acos, atan2, cos, degrees, hypot, radians, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.engines.cards.figure.parts import Point

#: How far elbows and knees bend.
MOST_BENT = 152.0


def towards(start: Point, angle: float, length: float) -> Point:
    """Return the end of a bone."""
    return start[0] + length * sin(radians(angle)), start[1] + length * cos(radians(angle))


def by_angles(root: Point, angle: float, bend: float, bones: Point) -> tuple[Point, Point]:
    """Return joint and end of a limb.

    Args:
        root: Shoulder or hip.
        angle: Of the first bone.
        bend: By how much the second bone's angle differs: elbows bend forward (positive), knees backward.
        bones: Both lengths.
    """
    joint = towards(root, angle, bones[0])
    return joint, towards(joint, angle + bend, bones[1])


def reaching(root: Point, target: Point, bones: Point, side: int) -> tuple[Point, Point]:
    """Return joint and end of a limb whose end is at the target, or as near as it gets.

    The law of cosines gives the angle between the first bone and the line to the target. An end too far away is
    stretched for; one too near is met with the joint bent as far as it goes.

    Args:
        root: Shoulder or hip.
        target: Where the hand or ankle is to be.
        bones: Both lengths.
        side: 1 bends as elbows do, -1 as knees.
    """
    first, second = bones
    nearest = (first**2 + second**2 - 2 * first * second * cos(radians(180 - MOST_BENT))) ** 0.5
    across, down = target[0] - root[0], target[1] - root[1]
    distance = min(max(hypot(across, down), nearest), first + second)
    straight = degrees(atan2(across, down))
    cosine = (first**2 + distance**2 - second**2) / (2 * first * distance)
    inner = degrees(acos(max(-1.0, min(1.0, cosine))))
    return towards(root, straight - side * inner, first), towards(root, straight, distance)
