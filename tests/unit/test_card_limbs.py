"""Limbs and outlines of picture cards' people: what holds for every target."""

from math import dist, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.cards.figure import POSES, Person
from workers.engines.cards.figure.body import body_of
from workers.engines.cards.figure.kinematics import MOST_BENT, by_angles, reaching, towards
from workers.engines.cards.figure.shapes import hull
from workers.engines.cards.figure.skeleton import skeleton_of

LENGTH = st.floats(20, 100)
AT = st.tuples(st.floats(-300, 300), st.floats(-300, 300))
SIDE = st.sampled_from([1, -1])


@given(AT, AT, LENGTH, LENGTH, SIDE)
def test_bones_keep_their_lengths(root: tuple, target: tuple, upper: float, lower: float, side: int):
    joint, end = reaching(root, target, (upper, lower), side)
    assert dist(root, joint) == pytest.approx(upper, rel=1e-6)
    assert dist(joint, end) == pytest.approx(lower, rel=1e-6)


@given(AT, st.floats(-180, 180), st.floats(0.5, 0.999), LENGTH, SIDE)
def test_what_is_in_reach_is_reached(root: tuple, angle: float, share: float, bone: float, side: int):
    target = towards(root, angle, share * 2 * bone)
    assert dist(reaching(root, target, (bone, bone), side)[1], target) < 1e-6


@given(AT, st.floats(-180, 180), LENGTH, LENGTH, SIDE)
def test_what_is_too_far_is_stretched_for(root: tuple, angle: float, upper: float, lower: float, side: int):
    joint, end = reaching(root, towards(root, angle, 500), (upper, lower), side)
    assert dist(root, end) == pytest.approx(upper + lower)
    assert dist(joint, towards(root, angle, upper)) < 0.01


@given(AT, LENGTH)
def test_a_joint_bends_no_further_than_it_can(target: tuple, bone: float):
    joint, end = reaching((0, 0), target, (bone, bone), 1)
    assert dist((0, 0), end) >= 2 * bone * sin(radians((180 - MOST_BENT) / 2)) - 1e-6
    assert dist(joint, end) == pytest.approx(bone)


def test_elbows_point_down_and_back_knees_forward_when_the_end_is_ahead():
    elbow, _ = reaching((0, 0), (80, 0), (60, 60), 1)
    knee, _ = reaching((0, 0), (0, 100), (60, 60), -1)
    assert elbow[1] > 0
    assert knee[0] > 0


@given(st.floats(-90, 170), st.floats(0, 150), LENGTH, LENGTH)
def test_angles_and_targets_agree(angle: float, bend: float, upper: float, lower: float):
    joint, end = by_angles((0, 0), angle, bend, (upper, lower))
    again, _ = reaching((0, 0), end, (upper, lower), 1)
    assert dist(joint, again) < 0.5


@given(st.lists(st.tuples(st.floats(-200, 200), st.floats(-200, 200), st.floats(3, 60)), min_size=1, max_size=5))
def test_an_outline_is_convex_and_around_every_circle(circles: list):
    outline = hull(circles)
    turns = []
    for a, b, c in zip(outline, outline[1:] + outline[:1], outline[2:] + outline[:2], strict=True):
        turns.append((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
    assert min(turns) > 0
    for x, y, r in circles:
        assert max(px for px, _ in outline) >= x + r - 0.2
        assert min(py for _, py in outline) <= y - r + r * 0.02 + 0.2


@pytest.mark.parametrize("pose", POSES)
def test_nobodys_bones_are_stretched_by_a_pose(pose: str):
    for person in (Person(), Person(age="child"), Person(age="baby"), Person(age="old", gender="male")):
        body = body_of(person)
        bones = skeleton_of(body, POSES[pose], {"seat": (0, -110), "table": (0, -186), "grip": (90, -200)})
        for limb, lengths in (
            (bones.near_arm, body.arm),
            (bones.far_arm, body.arm),
            (bones.near_leg, body.leg),
            (bones.far_leg, body.leg),
        ):
            assert (dist(limb.root, limb.joint), dist(limb.joint, limb.end)) == pytest.approx(lengths)
