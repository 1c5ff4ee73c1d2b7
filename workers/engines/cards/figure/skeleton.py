"""How a posed body is put together: hips where anchors or the ground want them, the rest from there."""

from __future__ import annotations

from math import cos, radians, sin
from typing import TYPE_CHECKING

from workers.engines.cards.figure.bones import Skeleton
from workers.engines.cards.figure.kinematics import by_angles
from workers.engines.cards.figure.torso import Torso

if TYPE_CHECKING:
    from workers.engines.cards.figure.body import Body
    from workers.engines.cards.figure.parts import Anchors, Point
    from workers.engines.cards.figure.poses import Angles, Pose


def skeleton_of(body: Body, pose: Pose, anchors: Anchors) -> Skeleton:
    """Return where everything is when the hips are where anchors, or the ground, want them."""
    torso = Torso(body, pose, anchors, _hip(body, pose, anchors))
    near_leg, far_leg = torso.leg(near=True), torso.leg(near=False)
    return Skeleton(
        hip=torso.hip, shoulder=torso.shoulder, head=torso.head, lean=torso.lean, tilt=torso.tilt,
        mouth=torso.place("mouth"),
        near_arm=torso.arm(near=True), far_arm=torso.arm(near=False), near_leg=near_leg, far_leg=far_leg,
    )  # fmt: skip


def _hip(body: Body, pose: Pose, anchors: Anchors) -> Point:
    at = anchors.get("at", (0.0, 0.0))
    if "seat" in anchors:
        x, y = anchors["seat"]
        return x, y - body.hip_round * 0.9 - _cushion(body, anchors)
    if pose.lies:
        way = 1 if pose.spine < 0 else -1
        y = at[1] - body.shoulders * (1 - 0.62 * pose.turn) - body.chest_round
        if "pillow" in anchors:
            return anchors["pillow"][0] + way * (body.trunk + body.neck + body.head * 0.5), y
        return at[0] + way * (body.head + body.trunk - sum(body.leg)) / 2, y
    soles = [_sole(body, *angles) for angles in ((pose.near_leg, pose.near_foot), (pose.far_leg, pose.far_foot))]
    return at[0], at[1] - max(*soles, body.hip_round) - pose.lift * sum(body.leg)


def _cushion(body: Body, anchors: Anchors) -> float:
    """Return how much higher than the seat a child sits, so that arms reach over the table: at most 50 units."""
    if "table" not in anchors:
        return 0
    shoulders = anchors["seat"][1] - body.hip_round * 0.9 - body.trunk
    return min(max(shoulders - anchors["table"][1] + sum(body.arm) * 0.45, 0), 50)


def _sole(body: Body, leg: Angles, foot: float) -> float:
    """Return how far below the hip the lowest point of a leg is."""
    knee, ankle = by_angles((0, 0), leg[0], -leg[1], body.leg)
    toes = body.foot * (0.55 * cos(radians(foot)) + 1.9 * sin(radians(foot)) + 0.45)
    return max(ankle[1] + body.foot, ankle[1] + toes, knee[1] + body.leg_round[1])
