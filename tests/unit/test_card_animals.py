"""The animals of picture cards."""

import pytest

from workers.engines.cards.palette import colour
from workers.engines.cards.symbols import symbol_of, symbols

ANIMALS = {name: symbol for name, symbol in symbols().items() if symbol.group == "animals"}
PLAIN = [name for name, symbol in ANIMALS.items() if symbol.facts.variant_of is None]


def test_there_are_the_animals_of_a_beginners_vocabulary():
    assert {"cat", "dog", "bird", "fish", "horse", "cow", "rabbit", "elephant", "chicken", "monkey"} <= set(PLAIN)


@pytest.mark.parametrize(
    ("word", "verb", "name"),
    [
        ("cat", "", "cat"),
        ("kitten", "sleep", "cat-sleeping"),
        ("고양이", "sleep", "cat-sleeping"),
        ("puppy", "run", "dog-running"),
        ("dog", "sit", "dog-sitting"),
        ("bird", "fly", "bird-flying"),
        ("duck", "swim", "duck-swimming"),
        ("cow", "eat", "cow-eating"),
        ("cow", "evaporate", "cow"),
    ],
)
def test_an_animal_is_drawn_as_what_it_does(word: str, verb: str, name: str):
    found = symbol_of(word, verb)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("name", ANIMALS)
def test_a_variant_is_another_drawing_of_an_animal_with_its_words_and_colours(name: str):
    symbol = ANIMALS[name]
    if symbol.facts.variant_of is None:
        assert symbol.facts.korean
        return
    plain = ANIMALS[symbol.facts.variant_of]
    assert symbol.facts.poses
    assert symbol.back != plain.back
    assert symbol.facts.words == plain.facts.words
    assert symbol.facts.colours | plain.facts.colours == plain.facts.colours | symbol.facts.colours


def test_no_animal_has_two_drawings_for_a_verb():
    for plain in PLAIN:
        verbs = [verb for one in ANIMALS.values() if one.facts.variant_of == plain for verb in one.facts.poses]
        assert len(verbs) == len(set(verbs)), plain


@pytest.mark.parametrize("name", [name for name in ANIMALS if "main" in ANIMALS[name].facts.colours])
def test_an_animal_takes_another_colour(name: str):
    usual, green = ANIMALS[name].painted(), ANIMALS[name].painted(main="turquoise")
    assert colour("turquoise") in green.back
    assert usual.back != green.back


@pytest.mark.parametrize("name", ["cat", "dog-sitting", "horse", "rabbit"])
def test_eyes_are_seen_on_a_black_animal(name: str):
    painted = ANIMALS[name].painted(main="black").back
    pupil = painted.rindex(f'fill="{colour("black-dark")}"')
    assert f'fill="{colour("white")}"' in painted[pupil - 200 : pupil]


@pytest.mark.parametrize(("small", "large"), [("mouse", "cat"), ("cat", "dog"), ("dog", "cow"), ("cow", "elephant")])
def test_sizes_are_natural_to_each_other(small: str, large: str):
    assert ANIMALS[small].width * ANIMALS[small].height < ANIMALS[large].width * ANIMALS[large].height


def test_a_horse_has_a_seat_and_a_grip_within_it():
    for name in ("horse", "horse-walking", "horse-running", "horse-jumping"):
        horse = ANIMALS[name]
        assert horse.facts.grip is not None
        for x, y in (*horse.facts.seats, horse.facts.grip):
            assert 0 < x < horse.width
            assert 0 < y < horse.height / 1.6
