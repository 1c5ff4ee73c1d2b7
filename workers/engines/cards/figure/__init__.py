"""A posable person, drawn by code.

`figure(Person(age="child"), "riding", anchors={"seat": (146, 46), ...})` returns a `Part`: markup in the same units and
the same place as the anchors. Without an anchor that says where, the ground below the hips is the origin (0, 0), y
points downwards, so a standing adult reaches from y = 0 to y = -400. A child is 260 tall, a baby 170.
"""

from workers.engines.cards.figure.parts import Anchors, Box, Facing, Held, Part
from workers.engines.cards.figure.person import ROLES, WEARABLE, Age, Gender, Mood, Person
from workers.engines.cards.figure.posed import NOTHING, figure
from workers.engines.cards.figure.poses import POSES, pose_of

__all__ = [
    "NOTHING",
    "POSES",
    "ROLES",
    "WEARABLE",
    "Age",
    "Anchors",
    "Box",
    "Facing",
    "Gender",
    "Held",
    "Mood",
    "Part",
    "Person",
    "figure",
    "pose_of",
]
