"""Proportions by age and gender, in the scene's units: an adult is about 400 tall, a child 260, a baby 170."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.engines.cards.figure.person import Person


@dataclass(frozen=True, kw_only=True)
class Body:
    """Lengths between joints, and radii of what is around them. Heads are big, so that faces can be read."""

    head: float
    """Height of the head; its width is `head_wide` of it."""
    head_wide: float
    neck: float
    trunk: float
    """From the hips to the shoulders."""
    shoulders: float
    """Half of the way between both shoulders, seen from the front."""
    hips: float
    arm: tuple[float, float]
    leg: tuple[float, float]
    foot: float
    """Height of the ankle; a shoe is about three times as long."""
    chest_round: float
    hip_round: float
    arm_round: tuple[float, float, float]
    """At shoulder, elbow and wrist."""
    leg_round: tuple[float, float, float]
    """At hip, knee and ankle."""
    hand: float
    waist: float | None = None
    """Radius of the waist; None where the trunk is straight."""
    stoop: float = 0
    """How far the trunk leans forward by itself, in degrees."""


_ADULT = Body(
    head=88, head_wide=0.86, neck=10, trunk=112, shoulders=32, hips=17, arm=(64, 60), leg=(88, 86), foot=16,
    chest_round=25, hip_round=27, arm_round=(17, 14.5, 12), leg_round=(23, 18.5, 14), hand=14.5,
)  # fmt: skip
_CHILD = Body(
    head=80, head_wide=0.95, neck=5, trunk=68, shoulders=19, hips=11, arm=(42, 39), leg=(49, 47), foot=12,
    chest_round=18.5, hip_round=20, arm_round=(12.5, 11, 9.5), leg_round=(16, 13.5, 11), hand=11.5,
)  # fmt: skip
_BABY = Body(
    head=78, head_wide=1.02, neck=0, trunk=46, shoulders=14, hips=10, arm=(25, 23), leg=(20, 18), foot=9,
    chest_round=20, hip_round=24, arm_round=(11, 10.5, 9.5), leg_round=(15, 13, 11), hand=10,
)  # fmt: skip


def body_of(person: Person) -> Body:
    """Return somebody's proportions."""
    if person.age == "baby":
        return _BABY
    if person.age == "child":
        return replace(_CHILD, waist=22) if person.gender == "female" else _CHILD
    grown = _ADULT
    if person.gender == "female":
        grown = replace(_ADULT, trunk=104, leg=(84, 83), shoulders=26, hips=18, chest_round=22, arm=(60, 57),
                        arm_round=(14.5, 12.5, 10.5), leg_round=(22, 17, 12.5), hand=13, waist=29)  # fmt: skip
    if person.age == "old":
        return replace(grown, trunk=grown.trunk * 0.95, leg=(grown.leg[0] * 0.93, grown.leg[1] * 0.93), stoop=9)
    return grown
