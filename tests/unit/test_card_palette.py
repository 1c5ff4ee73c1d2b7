"""The palette of picture cards."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.cards import palette
from workers.engines.cards.palette import colour, colour_of_word, colour_words

NAMES = sorted(tomllib.loads(Path(palette.__file__).with_name("palette.toml").read_text("utf-8"))["colours"])


def brightness(name: str):
    return sum(bytes.fromhex(colour(name).removeprefix("#")))


@given(st.sampled_from(NAMES))
def test_a_colour_lies_between_its_shades(name: str):
    assert brightness(f"{name}-dark") < brightness(name) < brightness(f"{name}-light")


def test_a_shade_has_the_share_of_the_other_colour_that_is_said():
    assert colour("white-dark") == "#C7C5CA"
    assert colour("black-light") == "#85878F"


@given(st.sampled_from(sorted(colour_words())))
def test_every_word_of_a_colour_has_one(word: str):
    name = colour_of_word(word.upper())
    assert name is not None
    assert len(bytes.fromhex(colour(name).removeprefix("#"))) == 3


@pytest.mark.parametrize("word", ["leaf", "water", "sand", "skin-fair", "table", ""])
def test_other_words_are_no_colours(word: str):
    assert colour_of_word(word) is None
    assert word not in colour_words()


def test_korean_words_for_colours_are_known():
    assert colour_of_word("빨간") == "red"
    assert colour_of_word("검은색") == "black"


def test_an_unknown_colour_is_an_error():
    with pytest.raises(KeyError):
        colour("ultraviolet")
