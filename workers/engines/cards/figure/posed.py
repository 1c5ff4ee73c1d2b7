"""A person in a pose: where bones are, what is held, and the facts about what has been drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from workers.engines.cards.figure.body import body_of
from workers.engines.cards.figure.drawn import drawn, head_box
from workers.engines.cards.figure.limbs import palm
from workers.engines.cards.figure.parts import Box, Held, Part
from workers.engines.cards.figure.person import look_of
from workers.engines.cards.figure.poses import POSES, Reach
from workers.engines.cards.figure.shapes import box_of
from workers.engines.cards.figure.sitter import Sitter
from workers.engines.cards.figure.skeleton import skeleton_of

if TYPE_CHECKING:
    from workers.engines.cards.figure.parts import Anchors, Facing, Point
    from workers.engines.cards.figure.person import Person

#: Held instead of what the pose brings along, it leaves hands empty.
NOTHING: Final = Held(markup="", hold=(0, 0), box=Box(0, 0, 0, 0))


def figure(
    person: Person, pose: str, *, facing: Facing = "right", anchors: Anchors | None = None, held: Held | None = None
) -> Part:
    """Draw somebody.

    Args:
        person: Who.
        pose: One of `POSES`.
        facing: Where the face looks.
        anchors: Where hips, hands and feet are; see `Anchors`. None: on the ground, hips above (0, 0).
        held: Drawn into the hand, in place of what the pose brings along; `NOTHING` leaves it empty.

    Raises:
        KeyError: There is no such pose or role.
    """
    turned = facing == "left"
    places = {name: (-x, y) for name, (x, y) in (anchors or {}).items()} if turned else anchors or {}
    part = _part(_sitter(person, pose, places, held), places, held)
    return _mirrored(part) if turned else part


def _sitter(person: Person, name: str, anchors: Anchors, held: Held | None) -> Sitter:
    pose = POSES[name]
    if pose.floats and person.role is None:
        person = replace(person, role="swimmer")
    body = body_of(person)
    bones = skeleton_of(body, pose, anchors)
    if held and isinstance(pose.near_arm, Reach) and pose.near_arm.at == "mouth" and "reach" not in anchors:
        bones = skeleton_of(body, pose, anchors | {"reach": _before(bones.mouth, held)})
    return Sitter(person=person, body=body, look=look_of(person), pose=pose, bones=bones)


def _before(mouth: Point, held: Held) -> Point:
    """Return where a hand is whose thing touches the mouth with its near edge, below its top: not over the face."""
    (x, y), box = held.hold, held.box
    return mouth[0] + 6 + (x - box.x1) * held.scale, mouth[1] + (y - box.y1 * 0.7 - box.y2 * 0.3) * held.scale


def _part(sitter: Sitter, anchors: Anchors, held: Held | None) -> Part:
    bones = sitter.bones
    back, front, held_box = drawn(sitter, anchors, held)
    return Part(
        back=back.svg, front=front.svg, box=box_of(back.extent + front.extent), head=head_box(sitter),
        near_hand=palm(bones.near_arm), far_hand=palm(bones.far_arm),
        near_foot=bones.near_leg.end, far_foot=bones.far_leg.end, mouth=bones.mouth, hip=bones.hip, held_box=held_box,
        held=None if held or not sitter.pose.props else sitter.pose.props[0].name,
    )  # fmt: skip


def _mirrored(part: Part) -> Part:
    """Return a figure mirrored at x = 0."""

    def box(of: Box) -> Box:
        return Box(-of.x2, of.y1, -of.x1, of.y2)

    def point(at: Point) -> Point:
        return -at[0], at[1]

    return Part(
        back=f'<g transform="scale(-1 1)">{part.back}</g>', front=f'<g transform="scale(-1 1)">{part.front}</g>',
        box=box(part.box), head=box(part.head), near_hand=point(part.near_hand), far_hand=point(part.far_hand),
        near_foot=point(part.near_foot), far_foot=point(part.far_foot), mouth=point(part.mouth),
        hip=point(part.hip), held=part.held, held_box=part.held_box and box(part.held_box),
    )  # fmt: skip
