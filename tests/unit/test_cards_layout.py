"""Where things are on a card: in the frame, not over faces, on what they are on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.engines.cards.layout.card import Card, card_of
from workers.engines.cards.layout.items import Item, overlap
from workers.engines.cards.layout.text import drawable, width
from workers.engines.cards.scene.parse import scene_of

SCENES = (
    "A black cat is sleeping under the table.",
    "A girl with a red hat is holding a yellow balloon.",
    "It is raining. A man with an umbrella is walking on the street.",
    "The family is having dinner at home.",
    "A man is driving a red car and a bus is behind the car.",
    "Two boys are riding horses on the beach.",
    "A teacher is reading a book to four children in the classroom.",
    "A truck, a bus, a train and a plane",
    "Six friends are sitting on a bench near three trees.",
    "An elephant is in a cup.",
)


def drawn(text: str, seed: int = 3) -> Card:
    return card_of(scene_of(text), "low", seed)


def item(card: Card, label: str) -> Item:
    return next(one for one in card.items if one.entity.label == label)


@pytest.mark.parametrize("text", SCENES)
def test_everything_is_in_the_frame_above_the_caption(text: str):
    for one in drawn(text).items:
        assert one.box.x1 >= 0
        assert one.box.x2 <= 1024
        assert one.box.y1 >= 0
        assert one.box.y2 <= 700


@pytest.mark.parametrize("text", SCENES)
def test_labels_cover_no_face_and_no_other_label(text: str):
    card = drawn(text)
    heads = [head for one in card.items for head in one.heads]
    for place, label in enumerate(card.labels):
        assert all(overlap(label.box, head) < 200 for head in heads), label.word
        assert all(overlap(label.box, other.box) == 0 for other in card.labels[place + 1 :]), label.word


@pytest.mark.parametrize("text", SCENES)
def test_everything_that_is_named_has_one_label_for_beginners(text: str):
    scene = scene_of(text)
    labels = [label.word for label in card_of(scene, "low", 3).labels]
    assert sorted(labels) == sorted(one.label for one in scene.entities if one.label)


def test_labels_are_high_enough_for_a_thumbnail():
    (label,) = drawn("A cat").labels
    assert (label.box.y2 - label.box.y1) * 256 / 1024 >= 26 * 256 / 1024
    assert label.box.x2 - label.box.x1 >= width("cat", 30)


def test_learners_have_as_many_labels_as_their_level_wants():
    text = "A cat is sleeping on the sofa."
    labels = {band: [one.word for one in card_of(scene_of(text), band, 3).labels] for band in ("low", "mid", "high")}
    assert labels == {"low": ["cat", "sofa"], "mid": ["cat"], "high": []}


def test_what_is_on_a_thing_stands_on_it_and_what_is_under_it_is_below():
    card = drawn("A cup is on the table and a dog is under the table.")
    table, cup, dog = (item(card, label).box for label in ("table", "cup", "dog"))
    assert abs(cup.y2 - table.y1) < 12
    assert table.x1 < cup.x1 < cup.x2 < table.x2
    assert dog.y1 > table.y1
    assert abs(dog.y2 - table.y2) < 12


def test_between_is_between():
    card = drawn("A dog is between a chair and a table.")
    assert item(card, "chair").box.x2 < item(card, "dog").box.x1 < item(card, "dog").box.x2 < item(card, "table").box.x1


def test_who_is_behind_something_is_drawn_before_it_and_can_be_seen():
    card = drawn("A bear is behind the house.")
    house, bear = item(card, "house"), item(card, "bear")
    assert max(depth for depth, _ in bear.layers) < min(depth for depth, _ in house.layers)
    own = (bear.box.x2 - bear.box.x1) * (bear.box.y2 - bear.box.y1)
    assert overlap(house.box, bear.box) < own * 0.75


def test_things_keep_their_sizes_beside_each_other_and_are_made_to_fit_into_each_other():
    apart, inside = drawn("An elephant is next to a cup."), drawn("An elephant is in a cup.")

    def wide(card: Card, label: str) -> float:
        box = item(card, label).box
        return box.x2 - box.x1

    assert wide(apart, "elephant") > 2 * wide(apart, "cup")
    assert wide(inside, "elephant") < wide(inside, "cup")


def test_as_many_are_drawn_as_are_said():
    for count in (1, 4, 9):
        assert sum(one.entity.label == "apples" for one in drawn(f"There are {count} apples in a box.").items) == count


def test_what_is_held_is_not_drawn_again_on_the_ground():
    card = drawn("A girl is holding a ball.")
    assert [one.entity.label for one in card.items] == ["girl"]
    assert [thing.label for thing, _ in card.items[0].held] == ["ball"]


def test_what_is_in_a_basket_is_carried_with_it():
    (girl,) = drawn("A girl is carrying a basket of apples.").items
    assert {thing.label for thing, _ in girl.held} == {"basket", "apples"}


def test_things_in_a_circle_of_relations_are_drawn_and_said_to_be_missing_one():
    scene = scene_of("A box is on a table and the table is on the box.")
    card = card_of(scene, "low", 3)
    assert {one.entity.label for one in card.items} == {"box", "table"}
    assert scene.missing


def test_the_same_seed_gives_the_same_card_and_another_one_other_people():
    text = "A woman is dancing."
    assert drawn(text, 4).svg == drawn(text, 4).svg
    assert len({drawn(text, seed).svg for seed in range(6)}) > 1


def test_letters_that_the_font_lacks_are_replaced():
    assert drawable("고양이 cat é ã 猫") == "고양이 cat é a ?"


NOUNS = st.sampled_from(
    [
        "cat",
        "man",
        "girl",
        "three birds",
        "red car",
        "table",
        "tree",
        "box",
        "cup",
        "baby",
        "horse",
        "umbrella",
        "two books",
    ]
)
WHERE = st.sampled_from(["on", "in", "under", "behind", "in front of", "near", "above", "with"])


@settings(max_examples=60)
@given(NOUNS, WHERE, NOUNS, WHERE, NOUNS)
def test_whatever_is_put_together_stays_in_the_frame(one: str, here: str, two: str, there: str, three: str):
    text = f"A {one} is {here} the {two} {there} the {three}.".replace("A t", "T")
    scene = scene_of(text)
    card = card_of(scene, "low", 3)
    shown = {thing.label for item_ in card.items for thing in (item_.entity, *(held for held, _ in item_.held))}
    assert shown == {entity.label for entity in scene.entities}
    for item_ in card.items:
        assert item_.box.x1 >= -1
        assert item_.box.x2 <= 1025
        assert item_.box.y1 >= -1
        assert item_.box.y2 <= 712
