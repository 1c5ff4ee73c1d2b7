"""What is read from learners' descriptions of scenes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
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


@pytest.mark.parametrize("mark", ["'", "\u2019"])
def test_contracted_forms_are_read_as_the_long_ones(mark: str):
    scene = scene_of("The dog isn't under the table. It's on the table. They can't swim.".replace("'", mark))
    assert where(scene) == {("dog", "on", "table")}
    assert scene.missing == ["not swim"]


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("There aren't any apples on the table.", ["table"]),
        ("A man doesn't have a cat or a dog in the park.", ["man"]),
        ("A man has not a dog.", ["man"]),
        ("A boy does not like bananas.", ["boy"]),
        ("A boy doesn't eat apples, he eats bananas.", ["boy", "bananas"]),
        ("The man is not eating an apple and the woman is holding a cup.", ["man", "woman", "cup"]),
        ("The man is not eating and the woman has a cup.", ["man", "woman", "cup"]),
        ("The dog isn't a cat.", ["dog"]),
    ],
)
def test_what_is_denied_is_not_drawn(text: str, drawn: list[str]):
    assert [one.label for one in scene_of(text).entities] == drawn


def test_clothes_are_denied_until_others_are_told():
    man = named(scene_of("The man isn't wearing a hat but he's wearing a red scarf."), "man")
    assert man.wears == [("scarf", "red")]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("The boy is neither eating nor drinking.", ["not eating", "not drinking"]),
        ("Neither the boy nor the girl is sleeping.", ["not sleeping"]),
        ("The children aren't sleeping.", ["not sleeping"]),
        ("The boy is not happy.", ["not happy"]),
        ("The car isn't red.", ["not red"]),
    ],
)
def test_what_is_not_done_or_not_so_is_missing_and_not_shown(text: str, missing: list[str]):
    scene = scene_of(text)
    assert scene.missing == missing
    assert not any(one.doing or one.colours for one in scene.entities)


def test_weather_that_is_not_there_is_not_drawn():
    assert scene_of("It isn't snowing. It is raining. A cat is sleeping.").weather == ["rain"]


def test_what_is_done_instead_is_shown():
    scene = scene_of("A boy is not sleeping but reading.")
    assert [doing.verb for doing in named(scene, "boy").doing] == ["read"]


@pytest.mark.parametrize("who", ["Nobody", "No one"])
def test_a_place_where_nobody_is_is_empty(who: str):
    scene = scene_of(f"{who} is in the classroom.")
    assert (scene.place, scene.entities, scene.missing) == ("classroom", [], [])


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("A man is writing a letter on the desk.", ("man", "at", "desk")),
        ("A woman is reading a newspaper on the table.", ("woman", "at", "table")),
        ("A boy is eating on the table.", ("boy", "at", "table")),
        ("A boy is standing on the table.", ("boy", "on", "table")),
        ("A boy is jumping on the laptop.", ("boy", "on", "laptop")),
        ("A cat is sitting on the laptop.", ("cat", "on", "laptop")),
        ("The boy is writing a word on the board.", ("boy", "near", "board")),
    ],
)
def test_who_does_something_at_a_table_does_not_stand_on_it(text: str, relation: tuple[str, str, str]):
    assert where(scene_of(text)) == {relation}


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("A man is typing an email on a laptop.", "laptop"),
        ("A boy is writing on paper.", "paper"),
        ("A woman is talking on the phone.", "phone"),
        ("A woman is calling her friend on the phone.", "phone"),
    ],
)
def test_what_is_done_on_a_tool_is_done_with_it_by_the_subject(text: str, thing: str):
    scene = scene_of(text)
    (doing,) = scene.entities[0].doing
    assert (doing.object, doing.how) == (named(scene, thing), "prop")
    assert not any(one.doing for one in scene.entities[1:])
    assert not any(relation.kind == "on" for relation in scene.relations)


def test_who_draws_at_a_table_has_no_easel():
    poses = [named(scene_of(f"A boy is drawing{end}."), "boy").doing[0].pose for end in (" on the table", "")]
    assert poses == ["writing", "drawing"]


def test_who_draws_on_paper_does_not_stand_on_it():
    scene = scene_of("A girl is drawing a flower on paper.")
    assert ([one.label for one in scene.entities], where(scene)) == (["girl", "flower"], set())


def test_who_is_pushed_on_a_swing_is_on_it():
    assert ("boy", "on", "swing") in where(scene_of("A girl is pushing a boy on a swing."))
    assert ("girl", "on", "swing") not in where(scene_of("A girl is pushing a boy on a swing."))


@pytest.mark.parametrize(
    ("text", "pose"),
    [
        ("A man is giving a presentation.", "talking"),
        ("A man is giving speeches.", "talking"),
        ("A man is giving a flower to a girl.", "giving"),
        ("A man is giving.", "giving"),
    ],
)
def test_what_cannot_be_drawn_is_no_present(text: str, pose: str):
    assert named(scene_of(text), "man").doing[-1].pose == pose


@pytest.mark.parametrize("particle", ["", "은", "는", "이", "가", "을", "를", "에", "에서", "와", "과"])
def test_korean_nouns_are_known_with_their_particles(particle: str):
    scene = scene_of(f"고양이{particle}")
    assert [(one.label, one.symbol, one.count) for one in scene.entities] == [("고양이", "cat", 1)]
    assert scene.missing == []


def test_korean_nouns_beside_each_other_are_apart_and_counted():
    scene = scene_of("아이들이 공원에서 사과를")
    assert [(one.label, one.count) for one in scene.entities] == [("아이", 2), ("사과", 1)]
    assert (scene.place, scene.missing) == ("park", [])


def test_a_bus_stop_is_in_a_street():
    places = {scene_of(f"A man is at the {word}.").place for word in ("bus stop", "bus station")}
    assert (places, scene_of("A man is at the train station.").place) == ({"street"}, "station")


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
        "isn't",
        "neither",
        "nor",
        "pushing",
        "talking",
        "phone",
        "swing",
        "giving",
    ]
)


@example("behind cat the cat")
@example("cat sleeping the riding cat")
@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_any_row_of_words_is_read_to_its_end(text: str):
    scene = scene_of(text)
    assert all(relation.one is not relation.other for relation in scene.relations if relation.kind != "near")
    assert len({id(one) for one in scene.entities}) == len(scene.entities)


@given(st.text(max_size=60))
def test_any_text_is_read_to_its_end(text: str):
    scene_of(text)
