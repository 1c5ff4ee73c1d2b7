"""The trunk in its place, and the limbs that hang on it."""

from __future__ import annotations

from math import cos, dist, radians, sin
from typing import TYPE_CHECKING

from workers.engines.cards.figure.bones import PALM, Limb, on_tilted
from workers.engines.cards.figure.kinematics import by_angles, reaching, towards
from workers.engines.cards.figure.poses import Angles, Place, Pose, Reach
from workers.engines.cards.figure.shapes import between

if TYPE_CHECKING:
    from workers.engines.cards.figure.body import Body
    from workers.engines.cards.figure.parts import Anchors, Point

#: Legs of who sits and whose feet reach no floor: of both, hip and knee.
_HANGING: tuple[Angles, Angles] = ((80, 76), (74, 66))
#: From here on (degrees) a trunk lies rather than stands.
_BENT = 45
#: How far (degrees) who steers leans forward for a grip.
_FURTHEST = 50
#: A bicycle's crank, in lengths of the leg.
_CRANK = 0.215


class Torso:
    """The trunk in its place, with the limbs that hang on it."""

    def __init__(self, body: Body, pose: Pose, anchors: Anchors, hip: Point) -> None:
        self._body, self._pose, self._anchors, self.hip = body, pose, anchors, hip
        usual = pose.spine + (body.stoop if abs(pose.spine) < _BENT else 0)  # who is bent far does not stoop as well
        self.lean = self._lean_to_grip(usual)
        self.shoulder = towards(hip, 180 - self.lean, body.trunk)
        self.tilt = usual * 0.4 + pose.spine * 0.6 + pose.nod
        neck = towards(self.shoulder, 180 - (self.lean + self.tilt) / 2, body.chest_round * 0.45 + body.neck)
        self.head = towards(neck, 180 - self.tilt, body.head * 0.46)

    def _lean_to_grip(self, lean: float) -> float:
        """Return how far the trunk leans: further than the pose has it, if the grip is out of the arms' reach."""
        grip, reach = self._anchors.get("grip"), sum(self._body.arm) - self._body.shoulders * 0.4
        while grip and lean < _FURTHEST and dist(towards(self.hip, 180 - lean, self._body.trunk), grip) > reach:
            lean += 2
        return lean

    def arm(self, *, near: bool) -> Limb:
        """Return an arm: by the pose's angles, or with the palm where it wants it."""
        body, wanted = self._body, self._pose.near_arm if near else self._pose.far_arm
        root = self._beside(self.shoulder, body.shoulders * (1 - 0.62 * self._pose.turn), self.lean, near=near)
        target = self._target(wanted, near=near)
        if target is None and not isinstance(wanted, Reach):
            joint, end = by_angles(root, wanted[0], wanted[1], body.arm)
        else:
            joint, hand = reaching(root, target or root, (body.arm[0], body.arm[1] * PALM), 1)
            end = between(joint, hand, 1 / PALM)
        return Limb(root=root, joint=joint, end=end)

    def leg(self, *, near: bool) -> Limb:
        """Return a leg: on a pedal or the floor if there is one in reach, else by angles."""
        pose, body = self._pose, self._body
        root = self._beside(self.hip, body.hips * (1 - 0.55 * pose.turn), self.lean if pose.lies else 0, near=near)
        angles, foot = (pose.near_leg, pose.near_foot) if near else (pose.far_leg, pose.far_foot)
        target = self._foothold(root, near=near)
        if target is not None:
            joint, end = reaching(root, target, body.leg, -1)
            return Limb(root=root, joint=joint, end=end)
        if "seat" in self._anchors and not pose.sits:
            angles, foot = _HANGING[0 if near else 1], 15
        joint, end = by_angles(root, angles[0], -angles[1], body.leg)
        return Limb(root=root, joint=joint, end=end, foot=foot)

    def _foothold(self, root: Point, *, near: bool) -> Point | None:
        """Return where the ankle is to be: on a pedal, on the floor; None where neither is in reach."""
        length = sum(self._body.leg)
        if "pedal" in self._anchors:
            x, y = self._anchors["pedal"]
            way = 1 if near else -1
            return x + way * length * 0.06 - self._body.foot * 0.5, y + way * length * _CRANK - self._body.foot
        if "seat" in self._anchors and "floor" in self._anchors:
            ankle = self._anchors["floor"][1] - self._body.foot
            ahead = root[0] + self._body.leg[0] * (0.92 if near else 1.02)
            reach = ((ahead - root[0]) ** 2 + (ankle - root[1]) ** 2) ** 0.5
            return (ahead, ankle) if reach < length * 0.97 else None
        return None

    def _target(self, wanted: Angles | Reach, *, near: bool) -> Point | None:
        if near and "reach" in self._anchors:
            return self._anchors["reach"]
        if not isinstance(wanted, Reach):
            return None
        arm = sum(self._body.arm)
        x, y = self._anchors["grip"] if wanted.at == "grip" and "grip" in self._anchors else self.place(wanted.at)
        return x + wanted.x * arm, self._above_table(wanted, y + wanted.y * arm, near=near)

    def _above_table(self, wanted: Reach, y: float, *, near: bool) -> float:
        """Return the height of a hand: not under the table, and on it where it holds what stands there."""
        if "table" not in self._anchors or wanted.at == "lap":
            return y
        top = self._anchors["table"][1] - self._body.hand
        rests = not near and any(prop.rests for prop in self._pose.props)
        return top if rests else min(y, top)

    def place(self, name: Place) -> Point:
        """Return where a place of the body is."""
        body, arm = self._body, sum(self._body.arm)
        ahead = 0.3 * self._pose.turn * body.head * body.head_wide / 2
        on_head = {"mouth": (ahead, 0.24), "chin": (ahead * 0.7, 0.5), "eyes": (ahead, -0.03), "top": (0.0, -0.5)}
        on_head["ear"] = (-0.2 * body.head, 0.06)
        if name in on_head:
            x, y = on_head[name]
            return on_tilted(self.head, (x, y * body.head), self.tilt)
        on_trunk = {
            "shoulder": self.shoulder,
            "chest": towards(self.shoulder, -self.lean, body.trunk * 0.35),
            "grip": (self.shoulder[0] + arm * 0.72, self.shoulder[1] + arm * 0.3),
            "lap": (self.hip[0] + body.leg[0] * 0.7, self.hip[1] - body.hip_round * 1.3),
            "hip": self.hip,
            "back": (self.hip[0] - body.hip_round, self.hip[1]),
        }
        return on_trunk[name]

    def _beside(self, middle: Point, span: float, lean: float, *, near: bool) -> Point:
        way = -span if near else span
        return middle[0] + way * cos(radians(lean)), middle[1] + way * sin(radians(lean))
