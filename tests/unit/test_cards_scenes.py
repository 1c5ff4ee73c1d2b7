"""What is read from learners' descriptions of scenes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.cards.figure import POSES
from workers.engines.cards.scene.lexicon import words
from workers.engines.cards.scene.parse import scene_of
from workers.engines.cards.symbols import symbols

if TYPE_CHECKING:
    from workers.engines.cards.scene.model import Entity, Scene


def named(scene: Scene, label: str) -> Entity:
    return next(one for one in scene.entities if one.label == label)


def where(scene: Scene) -> set[tuple[str, str, str]]:
    return {(r.one.label, r.kind, r.other.label) for r in scene.relations}


def test_who_does_what_where_is_read():
    scene = scene_of("A black cat is sleeping under the table.")
    cat = named(scene, "cat")
    assert (cat.colours, [doing.verb for doing in cat.doing]) == (["black"], ["sleep"])
    assert where(scene) == {("cat", "under", "table")}
    assert scene.missing == []


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("A cup is on the table.", ("cup", "on", "table")),
        ("A dog is in the box.", ("dog", "in", "box")),
        ("The ball is behind the chair.", ("ball", "behind", "chair")),
        ("A man is standing in front of a house.", ("man", "front", "house")),
        ("A girl is next to her mother.", ("girl", "near", "mother")),
        ("On the table there is a cup.", ("cup", "on", "table")),
        ("There is a lamp on the table and a cat under it.", ("cat", "under", "table")),
        ("There are apples on a plate on the table.", ("plate", "on", "table")),
        ("A basket of apples", ("apples", "in", "basket")),
        ("A bird is on the roof of the house.", ("bird", "on", "house")),
        ("Two boys are riding horses.", ("boys", "on", "horses")),
    ],
)
def test_prepositions_put_things_where_they_are(text: str, relation: tuple[str, str, str]):
    assert relation in where(scene_of(text))


def test_between_has_two_landmarks_also_when_they_are_named_at_once():
    apart, at_once = scene_of("A dog is between a chair and a table."), scene_of("A ball is between two boxes.")
    for scene in (apart, at_once):
        (relation,) = scene.relations
        assert relation.third is not None
        assert relation.third is not relation.other


@pytest.mark.parametrize(
    ("text", "count"),
    [("three red apples", 3), ("an apple", 1), ("12 apples", 12), ("a few apples", 3), ("a couple of apples", 2)],
)
def test_numbers_are_counted(text: str, count: int):
    assert scene_of(f"There are {text} here.").entities[0].count == count


def test_each_clause_has_its_own_subject():
    scene = scene_of("The boy is eating an apple and the girl is drinking milk.")
    done = {one.label: [(d.verb, d.object and d.object.label) for d in one.doing] for one in scene.entities}
    assert (done["boy"], done["girl"]) == ([("eat", "apple")], [("drink", "milk")])


def test_a_colour_before_a_noun_is_the_colour_and_alone_the_fruit():
    scene = scene_of("An orange cat is eating an orange.")
    assert (named(scene, "cat").colours, named(scene, "orange").symbol) == (["orange"], "orange-fruit")


def test_clothes_are_worn_and_hair_has_its_colour():
    woman = named(scene_of("A woman with black hair and a red hat is sitting in a blue dress."), "woman")
    assert (woman.hair, woman.wears) == ("black", [("hat", "red"), ("dress", "blue")])


def test_place_weather_and_time_are_no_things():
    scene = scene_of("It is raining. A man is walking in the park at night.")
    assert (scene.place, scene.weather, [one.label for one in scene.entities]) == ("park", ["rain", "night"], ["man"])


def test_who_is_named_again_is_the_same():
    scene = scene_of("A boy is in the garden. The boy has a ball. He is happy.")
    assert [one.label for one in scene.entities] == ["boy", "ball"]


def test_what_is_not_there_is_not_drawn():
    assert [one.label for one in scene_of("There is a table but no chair, and a cup without milk.").entities] == [
        "table",
        "cup",
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A zebra and a cat", "zebra"),
        ("A beautiful house", "beautiful"),
        ("A man is juggling.", "juggle"),
        ("A cat is not sleeping.", "not sleeping"),
        ("Justice is a cat.", "justice"),
    ],
)
def test_words_that_nothing_shows_are_missing(text: str, word: str):
    assert word in scene_of(text).missing


def test_where_something_is_not_is_no_place_for_it():
    scene = scene_of("The cat is not on the table. The cat is under the table.")
    assert where(scene) == {("cat", "under", "table")}


def test_what_something_is_called_is_nobody_new():
    assert [one.label for one in scene_of("The dog and the cat are friends.").entities] == ["dog", "cat"]
    tom = scene_of("Tom is a doctor. He is tired.").entities
    assert [(one.label, one.role, one.mood) for one in tom] == [("Tom", "doctor", "tired")]


def test_korean_words_are_known():
    scene = scene_of("검은 고양이")
    assert (scene.entities[0].symbol, scene.entities[0].colours) == ("cat", ["black"])


def test_the_word_lists_name_symbols_poses_and_people_that_there_are():
    lists = words()
    assert {verb["pose"] for verb in lists["verbs"].values() if "pose" in verb} <= set(POSES)
    assert set(lists["homes"].values()) <= set(symbols())
    assert {member for members in lists["groups"].values() for member in members} <= set(lists["people"])


WORDS = st.sampled_from(
    [
        "a",
        "the",
        "two",
        "red",
        "cat",
        "dog",
        "boy",
        "women",
        "table",
        "in",
        "on",
        "under",
        "between",
        "and",
        ",",
        ".",
        "is",
        "are",
        "sleeping",
        "eating",
        "apple",
        "with",
        "of",
        "riding",
        "bicycle",
        "it",
        "she",
        "who",
        "not",
        "there",
        "no",
        "zebra",
        "hair",
        "park",
        "raining",
        "3",
        "behind",
        "front",
        "to",
        "from",
    ]
)


@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_any_row_of_words_is_read_to_its_end(text: str):
    scene = scene_of(text)
    assert all(relation.one is not relation.other for relation in scene.relations if relation.kind != "near")
    assert len({id(one) for one in scene.entities}) == len(scene.entities)


@given(st.text(max_size=60))
def test_any_text_is_read_to_its_end(text: str):
    scene_of(text)
