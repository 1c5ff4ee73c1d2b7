"""Somebody in a pose, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.engines.cards.figure.body import Body
    from workers.engines.cards.figure.bones import Limb, Skeleton
    from workers.engines.cards.figure.person import Look, Person
    from workers.engines.cards.figure.poses import Pose


@dataclass(frozen=True, kw_only=True)
class Sitter:
    """What painters call the person whom they paint."""

    person: Person
    body: Body
    look: Look
    pose: Pose
    bones: Skeleton

    @property
    def legs(self) -> tuple[Limb, Limb]:
        """The near and the far one."""
        return self.bones.near_leg, self.bones.far_leg

    @property
    def scale(self) -> float:
        """The size of things that somebody of this age holds: children's books are smaller."""
        return {"adult": 1.0, "old": 1.0, "child": 0.78, "baby": 0.62}[self.person.age]

    @property
    def soles(self) -> float:
        """The y of the ground under the lower foot."""
        return max(leg.end[1] for leg in self.legs) + self.body.foot
