import re
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reply.answers import ScenarioAnswer
from schemas.reply.levels import Band
from schemas.reply.tasks import Scenario
from workers.engines.practice.scenario import scenario
from workers.engines.practice.scenes import scenes

ALL = [(name, band) for name in scenes() for band in get_args(Band)]
HANGUL = re.compile(r"[가-힣]")


def asked(**fields: Any):
    return scenario(Scenario(type="scenario", **{"topic": "restaurant"} | fields))


def told(answer: ScenarioAnswer):
    return [answer.title, answer.setting, answer.learner_role, answer.partner_role, *answer.goals]


def test_there_are_a_dozen_scenes():
    assert len(scenes()) >= 12


@pytest.mark.parametrize(("name", "band"), ALL)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_scene_is_whole_at_every_level_in_both_languages(name: str, band: Band, language: str):
    answer = asked(topic=name, level=band, explain_in=language)
    assert (answer.topic, answer.matched, answer.level) == (name, True, band)
    assert len(answer.goals) == {"low": 2, "mid": 4, "high": 4}[band]
    assert len(answer.phrases) == 4
    assert all(bool(HANGUL.search(text)) == (language == "ko") for text in told(answer))
    english = (answer.opening, answer.picture, *(phrase.english for phrase in answer.phrases))
    assert not any(HANGUL.search(text) for text in english)
    assert all(HANGUL.search(phrase.korean) and phrase.frequency for phrase in answer.phrases)


@pytest.mark.parametrize(("name", "band"), ALL)
def test_each_place_has_its_opening(name: str, band: Band):
    scene = scenes()[name]
    assert len(scene.parts[band].openings) == len(scene.places)
    assert all(place.picture for place in scene.places)
    assert bool(scene.parts[band].twists) == (band != "low")


def test_seeds_bring_other_places_and_surprises():
    answers = [asked(level="mid", seed=seed) for seed in range(20)]
    assert len({answer.setting for answer in answers}) == 2
    assert len({answer.goals[-1] for answer in answers}) == 2
    assert len({(answer.setting, answer.opening) for answer in answers}) == 2
    assert asked(seed=7) == asked(seed=7)


def test_an_interest_of_the_learners_comes_up():
    assert "jazz" in asked(interests=("jazz",)).goals[-1]
    assert "재즈 이야기" in asked(interests=("재즈",), explain_in="ko").goals[-1]
    assert "재즈에 대해" in asked(interests=("재즈",), explain_in="ko", level="A1").goals[-1]


def test_an_unknown_topic_gets_a_scene_of_the_learners_interests_and_says_so():
    answer = asked(topic="quantum physics", interests=("chemistry", "taxi rides"))
    assert (answer.topic, answer.matched) == ("directions", False)


def test_without_interests_it_gets_any_scene():
    assert len({asked(topic="quantum physics", seed=seed).topic for seed in range(20)}) > 5


@given(
    topic=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=100).filter(str.strip),
    seed=st.integers(0, 2**31 - 1),
)
def test_any_topic_gets_a_scene(topic: str, seed: int):
    assert asked(topic=topic, seed=seed).goals
