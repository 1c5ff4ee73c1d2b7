"""People of picture cards: in every pose, at every age, with anchors and without."""

from itertools import product
from xml.etree import ElementTree as ET

import pytest

from workers.engines.cards.figure import NOTHING, POSES, ROLES, Age, Gender, Mood, Person, figure, pose_of
from workers.engines.cards.figure.poses import Pose
from workers.engines.cards.figure.props import prop

AGES: tuple[Age, ...] = ("baby", "child", "adult", "old")
GENDERS: tuple[Gender, ...] = ("female", "male")
EVERYBODY = [Person(age=age, gender=gender, seed=3) for age in AGES for gender in GENDERS]


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{markup}</svg>')  # noqa: S314 - our own


@pytest.mark.parametrize("pose", POSES)
def test_everybody_is_drawn_in_every_pose_with_painted_shapes_and_a_head_within_the_box(pose: str):
    for person in EVERYBODY:
        part = figure(person, pose)
        assert len(parsed(part.svg).findall(".//{*}path")) > 10
        assert "class=" not in part.svg
        assert "nan" not in part.svg
        assert part.box.x1 <= part.head.x1 < part.head.x2 <= part.box.x2
        assert part.box.y1 <= part.head.y1 < part.head.y2 <= part.box.y2


@pytest.mark.parametrize(
    ("person", "height"),
    [
        (Person(gender="male"), 400),
        (Person(gender="female"), 385),
        (Person(age="child"), 260),
        (Person(age="baby"), 170),
        (Person(age="old"), 370),
    ],
)
def test_who_stands_has_the_height_of_the_age_and_the_soles_on_the_ground(person: Person, height: float):
    part = figure(person, "standing")
    assert -part.head.y1 == pytest.approx(height, rel=0.08)
    assert part.box.y2 == pytest.approx(0, abs=3)


@pytest.mark.parametrize("pose", [name for name, pose in POSES.items() if not (pose.lift or pose.floats or pose.lies)])
def test_nobody_floats_or_sinks(pose: str):
    for person in EVERYBODY:
        assert max(figure(person, pose, held=NOTHING).box.y2, 0) == pytest.approx(0, abs=0.06 * 400)
        feet = (figure(person, pose).near_foot[1], figure(person, pose).far_foot[1])
        assert -45 < max(feet) < 0


def test_who_jumps_leaves_the_ground():
    assert figure(Person(), "jumping").box.y2 < -40


def test_who_sleeps_lies_with_the_head_on_the_pillow():
    part = figure(Person(age="child"), "sleeping", anchors={"pillow": (88, 92), "at": (260, 112)})
    assert part.box.x2 - part.box.x1 > part.box.y2 - part.box.y1
    assert part.head.x1 < 88 < part.head.x2
    assert part.head.y2 == pytest.approx(112, abs=12)


def test_facing_left_is_the_mirror_image_around_the_same_place():
    anchors = {"seat": (100.0, -110.0)}
    right, left = (figure(Person(), "eating", facing=way, anchors=anchors) for way in ("right", "left"))
    assert left.hip == pytest.approx((100, right.hip[1]))
    assert left.mouth[0] - 100 == pytest.approx(100 - right.mouth[0])
    assert left.box.x1 - 100 == pytest.approx(100 - right.box.x2)
    assert left.head.x1 < left.head.x2


def test_a_seed_draws_the_same_again_and_another_seed_another_look():
    assert figure(Person(seed=4), "waving").svg == figure(Person(seed=4), "waving").svg
    assert len({figure(Person(seed=seed), "waving").svg for seed in range(8)}) > 4


def test_ages_and_genders_look_different():
    assert len({figure(person, "standing").svg for person in EVERYBODY}) == len(EVERYBODY)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_shows(role: str):
    for gender in GENDERS:
        plain, marked = (figure(Person(gender=gender, role=one), "standing").svg for one in (None, role))
        assert plain != marked
        assert "class=" not in marked


@pytest.mark.parametrize("worn", ["hat", "cap", "glasses", "scarf", "dress", "skirt", "shorts", "backpack"])
def test_what_is_worn_shows(worn: str):
    bare, clad = (Person(gender="male", seed=1, wears=wears) for wears in ((), (worn,)))
    assert figure(clad, "standing").svg != figure(bare, "standing").svg


def test_colours_asked_for_are_worn():
    drawn = figure(Person(wears=("dress",), top="red", bottom="green"), "standing").svg
    assert drawn.count("#E4544C") >= 3
    assert "#5DB26A" not in drawn


@pytest.mark.parametrize("mood", ["sad", "angry", "surprised", "tired"])
def test_a_mood_shows_in_the_face(mood: Mood):
    assert figure(Person(mood=mood), "standing").svg != figure(Person(), "standing").svg


def test_no_verb_has_two_poses():
    verbs = [verb for pose in POSES.values() for verb in pose.verbs]
    assert len(verbs) == len(set(verbs))


@pytest.mark.parametrize(
    ("verb", "thing", "pose"),
    [
        ("play", "guitar", "playing-guitar"),
        ("play", "chess", "playing"),
        ("sleep", "", "sleeping"),
        ("take", "photo", "photographing"),
        ("evaporate", "", None),
    ],
)
def test_a_verb_finds_its_pose_with_its_object_first(verb: str, thing: str, pose: str | None):
    assert pose_of(verb, thing) == pose


def test_what_poses_bring_along_and_show_is_drawn_somewhere():
    for pose, age in product(POSES.values(), AGES):
        for one in pose.props:
            thing = prop(one.name, 1)
            assert "class=" not in thing.markup, age
            assert thing.box.x1 < thing.box.x2


@pytest.mark.parametrize(
    "broken",
    [
        {"near_arm": (0, -20)},
        {"far_arm": (0, 170)},
        {"near_leg": (0, -10)},
        {"far_leg": (170, 0)},
        {"near_leg": (0, 160)},
    ],
)
def test_joints_do_not_bend_the_wrong_way_or_too_far(broken: dict[str, tuple[float, float]]):
    with pytest.raises(ValueError, match="bends like that"):
        Pose(**broken)


def test_there_is_no_pose_and_no_role_but_those():
    with pytest.raises(KeyError):
        figure(Person(), "evaporating")
    with pytest.raises(KeyError):
        figure(Person(role="ghost"), "standing")
