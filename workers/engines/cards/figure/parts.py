"""What a figure is asked with and what it answers: plain facts in the scene's units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Point = tuple[float, float]
Facing = Literal["right", "left"]

#: Where something is, by name:
#: `at` (x, y): the ground below the hips, or below the middle of who lies;
#: `seat` (x, y): the surface under the hips of who sits or rides;
#: `floor` (x, y): the feet of who sits rest at this y, if legs are long enough (x is not used);
#: `grip` (x, y): both hands; `pedal` (x, y): the middle between both pedals;
#: `table` (x, y): a surface before who sits (x is not used): hands are above it, a bowl stands on it, and a child
#: whose arms would not reach over it gets a cushion;
#: `pillow` (x, y): the head of who lies is here, instead of on a pillow that is drawn (y is not used);
#: `reach` (x, y): the near hand, for example on what is pushed, stroked or handed over.
Anchors = dict[str, Point]


class Box(NamedTuple):
    """From the upper left to the lower right corner."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, kw_only=True)
class Held:
    """Something drawn into a hand, in place of what the pose brings along."""

    markup: str
    """SVG in its own units, already painted."""
    hold: Point
    """Where the hand takes it, in these units."""
    scale: float = 1
    box: Box
    """Its extent in its own units."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A drawn person."""

    back: str
    """The far arm and leg: drawn before the vehicle or animal that is straddled; on furniture, after it."""
    front: str
    """All the rest: drawn after what carries it, before the front of what it is in."""
    box: Box
    """The extent of everything."""
    head: Box
    """The head with hair and hat: never to be covered."""
    near_hand: Point
    far_hand: Point
    near_foot: Point
    far_foot: Point
    mouth: Point
    hip: Point
    held_box: Box | None
    """The extent of what is held or stands before the person, as if it were not turned in the hand."""
    held: str | None
    """The name of what the pose brought along (`book`, `bowl` ...): a label may say it."""

    @property
    def svg(self) -> str:
        """Everything, from back to front."""
        return self.back + self.front
