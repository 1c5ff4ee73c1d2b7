"""People of picture cards on seats, at tables, and with things in their hands."""

import re
from math import dist
from xml.etree import ElementTree as ET

import pytest

from workers.engines.cards.figure import NOTHING, Age, Box, Gender, Held, Person, figure

AGES: tuple[Age, ...] = ("baby", "child", "adult", "old")
GENDERS: tuple[Gender, ...] = ("female", "male")
EVERYBODY = [Person(age=age, gender=gender, seed=3) for age in AGES for gender in GENDERS]
APPLE = Held(markup='<circle id="apple" cx="40" cy="40" r="40"/>', hold=(40, 40), box=Box(0, 0, 80, 80), scale=0.5)
# An adult's bicycle.
BICYCLE = {"seat": (146.0, 46.0), "grip": (312.0, 18.0), "pedal": (196.0, 172.0)}
# A chair's seat and the floor under it, and a table before it.
CHAIR = {"seat": (0.0, -112.0), "floor": (0.0, 0.0)}
TABLE = CHAIR | {"table": (0.0, -186.0)}


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{markup}</svg>')  # noqa: S314 - our own


def test_who_rides_sits_on_the_seat_with_the_hands_on_the_grips_and_a_foot_on_each_pedal():
    part = figure(Person(gender="male"), "riding", anchors=BICYCLE)
    assert part.hip[0] == pytest.approx(146)
    assert 46 - 30 < part.hip[1] < 46
    assert dist(part.near_hand, BICYCLE["grip"]) < 3
    assert dist(part.far_hand, BICYCLE["grip"]) < 20
    assert part.near_foot[1] > BICYCLE["pedal"][1] > part.far_foot[1]
    for foot in (part.near_foot, part.far_foot):
        assert dist(foot, BICYCLE["pedal"]) < 62
    assert part.head.y2 < 0


def test_a_childs_bicycle_fits_a_child():
    small = {name: (x * 0.65, y * 0.65) for name, (x, y) in BICYCLE.items()}
    part = figure(Person(age="child"), "riding", anchors=small)
    assert dist(part.near_hand, small["grip"]) < 16
    assert dist(part.near_foot, small["pedal"]) < 40


def test_the_far_leg_is_behind_what_is_straddled():
    straddling = figure(Person(), "riding", anchors=BICYCLE)
    assert len(parsed(straddling.back)) > 2
    assert straddling.svg == straddling.back + straddling.front


def test_feet_of_who_sits_rest_on_a_floor_in_reach_and_hang_from_a_seat_too_high():
    low = figure(Person(), "sitting", anchors={"seat": (0, -110), "floor": (0, 0)})
    assert low.near_foot[1] == pytest.approx(-16, abs=1)
    high = figure(Person(), "sitting", anchors={"seat": (0, -260), "floor": (0, 0)})
    assert high.near_foot[1] < -150


def test_any_pose_sits_down_where_there_is_a_seat():
    standing, seated = figure(Person(), "reading"), figure(Person(), "reading", anchors={"seat": (0, -110)})
    assert standing.near_foot[0] == pytest.approx(standing.hip[0], abs=20)
    assert seated.near_foot[0] > seated.hip[0] + 60


def test_a_stool_is_drawn_for_who_sits_on_nothing_else():
    assert len(parsed(figure(Person(), "sitting").back)) > len(
        parsed(figure(Person(), "sitting", anchors={"seat": (0, -110)}).back)
    )


def test_a_thing_that_is_given_takes_the_place_of_the_poses_own():
    own, given, none = (figure(Person(), "carrying", held=held) for held in (None, APPLE, NOTHING))
    assert own.held == "parcel"
    assert "apple" in given.svg
    assert given.held is None
    assert len(parsed(none.svg)) < len(parsed(own.svg))
    assert len(parsed(none.svg)) == len(parsed(given.svg)) - 1


def test_food_is_at_the_mouth_not_over_the_eyes():
    for person in EVERYBODY:
        part = figure(person, "eating", held=APPLE)
        x, y = map(float, re.findall(r'<g transform="translate\((\S+) (\S+)\)[^>]*><circle id="apple"', part.svg)[0])
        edge = x - APPLE.hold[0] * APPLE.scale
        assert edge == pytest.approx(part.mouth[0], abs=14)
        assert y - APPLE.hold[1] * APPLE.scale > part.mouth[1] - 20


def test_a_hand_reaches_what_it_is_told_to():
    assert dist(figure(Person(), "standing", anchors={"reach": (60, -240)}).near_hand, (60, -240)) < 3


def test_the_extent_of_what_is_held_is_told():
    apple = figure(Person(), "carrying", held=APPLE).held_box
    assert apple is not None
    assert (apple.x2 - apple.x1, apple.y2 - apple.y1) == pytest.approx((40, 40))
    mirrored = figure(Person(), "carrying", held=APPLE, facing="left").held_box
    assert mirrored == pytest.approx((-apple.x2, apple.y1, -apple.x1, apple.y2))
    assert figure(Person(), "carrying", held=NOTHING).held_box is None
    assert figure(Person(), "playing-guitar").held_box is not None


def test_bubbles_stay_whatever_is_washed():
    own, given, none = (figure(Person(), "washing", held=held) for held in (None, APPLE, NOTHING))
    assert len(parsed(given.svg)) == len(parsed(own.svg))
    assert len(parsed(none.svg)) == len(parsed(own.svg)) - 2


def test_what_is_eaten_from_stands_on_the_table():
    for person in EVERYBODY:
        assert figure(person, "eating", anchors=TABLE).far_hand[1] == pytest.approx(-186 - 13, abs=9)
    low = TABLE | {"table": (0.0, -150.0)}
    assert figure(Person(), "eating", anchors=low).far_hand[1] == pytest.approx(-150 - 13, abs=3)


def test_no_hand_is_under_the_table():
    for person in EVERYBODY:
        for pose in ("working", "writing", "reading", "drinking", "thinking"):
            part = figure(person, pose, anchors=TABLE)
            assert part.near_hand[1] < -186, pose
            if pose != "drinking":  # the other arm hangs
                assert part.far_hand[1] < -186, pose


def test_a_child_sits_on_a_cushion_at_a_table_and_a_man_does_not():
    child, man = Person(age="child"), Person(gender="male")
    plain, raised = (figure(child, "eating", anchors=anchors) for anchors in (CHAIR, TABLE))
    assert raised.hip[1] < plain.hip[1] - 10
    assert len(parsed(raised.back)) == len(parsed(plain.back)) + 1
    assert figure(man, "eating", anchors=TABLE).hip == figure(man, "eating", anchors=CHAIR).hip
