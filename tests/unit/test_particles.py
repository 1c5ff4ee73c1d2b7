import pytest

from workers.engines.practice.particles import final_of, with_particle


@pytest.mark.parametrize(
    ("word", "particle", "whole"),
    [
        ("국", "을", "국을"),
        ("차", "을", "차를"),
        ("책", "은", "책은"),
        ("커피", "은", "커피는"),
        ("빵", "이", "빵이"),
        ("피자", "이", "피자가"),
        ("동료들", "과", "동료들과"),
        ("친구", "과", "친구와"),
        ("봄", "이에요", "봄이에요"),
        ("요리", "이에요", "요리예요"),
        ("점", "이었어요", "점이었어요"),
        ("향신채", "이었어요", "향신채였어요"),
        ("교사", "이세요", "교사세요"),
    ],
)
def test_a_particle_takes_the_form_of_the_sound_before_it(word: str, particle: str, whole: str):
    assert with_particle(word, particle) == whole


@pytest.mark.parametrize(("word", "whole"), [("지하철", "지하철로"), ("버스", "버스로"), ("산책", "산책으로")])
def test_after_rieul_as_after_a_vowel_one_goes_by_ro(word: str, whole: str):
    assert with_particle(word, "으로") == whole


def test_a_particle_of_one_form_is_put_behind_anything():
    assert with_particle("Seoul", "에서") == "Seoul에서"


@pytest.mark.parametrize("word", ["Seoul", "3", ""])
def test_how_a_word_that_is_not_hangul_is_read_is_not_guessed(word: str):
    assert final_of(word) is None
    with pytest.raises(ValueError, match="Hangul"):
        with_particle(word, "을")
