"""Poses as data: angles of joints, or where hands are to be, in `poses.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import model_validator

from schemas.model import Model
from workers.engines.cards.figure.kinematics import MOST_BENT

#: Turned by less, somebody is seen from the front: elbows bend to either side.
_FRONT = 0.5
#: How far thighs go back and forth against the trunk.
_HIP = (-62, 145)

Angles = tuple[float, float]
"""Of the upper bone, and how far elbow or knee is bent (0 to 152)."""
Place = Literal["mouth", "chin", "eyes", "chest", "lap", "hip", "shoulder", "top", "back", "grip", "ear"]


class Reach(Model):
    """A hand's target: a place of the body, and an offset in lengths of the person's whole arm."""

    at: Place
    x: float = 0
    y: float = 0


class Prop(Model):
    """Something that the pose brings along: a drawing of `props.toml`."""

    name: str
    at: Literal["near", "far", "hands", "ground"]
    x: float = 0
    """Offset in lengths of the whole arm."""
    y: float = 0
    turn: float = 0
    """Degrees, clockwise."""
    scale: float = 1
    layer: Literal["behind", "before", "over"] = "before"
    """Behind the trunk, between trunk and near arm, or over everything."""
    rests: bool = False
    """Stands on the table, if there is one."""
    stays: bool = False
    """Is there also when something else is held: the bubbles of who washes, the painter's brush."""


class Pose(Model):
    """How somebody stands, sits or lies. Facing right; `near` is the side towards whoever looks at it."""

    verbs: tuple[str, ...] = ()
    """Lemmas of what is done, also with an object: `play`, `play guitar`."""
    turn: float = 0.75
    """0 shows the front, 1 the side."""
    spine: float = 0
    """How far the trunk leans forward; -90 lies on the back, head to the left."""
    nod: float = 0
    """How far the head leans forward against the trunk."""
    near_arm: Angles | Reach = (-4, 8)
    far_arm: Angles | Reach = (4, 8)
    near_leg: Angles = (0, 0)
    far_leg: Angles = (0, 0)
    near_foot: float = 0
    """0 is flat, positive points the toes down."""
    far_foot: float = 0
    lift: float = 0
    """Height over the ground, in lengths of the whole leg."""
    far_arm_over: bool = False
    """The far arm is drawn before the trunk."""
    near_arm_under: bool = False
    """The near arm is drawn behind the head."""
    eyes: Literal["open", "down", "closed", "happy", "up"] = "open"
    mouth: Literal["smile", "laugh", "open", "talk", "closed", "sleep", "sad"] = "smile"
    sits: bool = False
    """Needs a seat: without one, a stool is drawn."""
    lies: bool = False
    covered: bool = False
    """With a blanket from the chest to the feet."""
    floats: bool = False
    """What is below the chest is under water."""
    props: tuple[Prop, ...] = ()
    signs: tuple[str, ...] = ()
    """Drawn beside the head: `zzz`, `notes`, `speech`."""

    @model_validator(mode="after")
    def _joints_have_limits(self) -> Self:
        sideways = self.turn < _FRONT
        for hip, knee in (self.near_leg, self.far_leg):
            if not _HIP[0] <= hip + self.spine <= _HIP[1] or not 0 <= knee <= MOST_BENT:
                raise ValueError("no hip or knee bends like that")
        for arm in (self.near_arm, self.far_arm):
            if not isinstance(arm, Reach) and not (-MOST_BENT if sideways else 0) <= arm[1] <= MOST_BENT:
                raise ValueError("no elbow bends like that")
        return self


@cache
def _poses() -> dict[str, Pose]:
    data = tomllib.loads(Path(__file__).with_name("poses.toml").read_text(encoding="utf-8"))
    return {name: Pose(**facts) for name, facts in data.items()}


#: Every pose by its name.
POSES: Final = _poses()


@cache
def _verbs() -> dict[str, str]:
    return {verb: name for name, pose in POSES.items() for verb in pose.verbs}


def pose_of(verb: str, thing: str = "") -> str | None:
    """Return the name of the pose for a verb's lemma, with its object if it has one (`play`, `guitar`).

    None where no pose shows it.
    """
    return _verbs().get(f"{verb} {thing}", _verbs().get(verb))
