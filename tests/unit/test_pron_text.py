from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.pronunciation.text.numbers import cardinal
from workers.engines.pronunciation.text.readings import parts_of
from workers.engines.pronunciation.text.words import words_of


def spoken(text: str) -> list[str]:
    """Each word's parts, joined by a plus; ways to read a part, by a bar."""
    return ["+".join("|".join(" ".join(reading) for reading in part) for part in word.parts) for word in words_of(text)]


def written(text: str) -> list[str]:
    return [text[word.start : word.end] for word in words_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I have 3 cats.", ["i", "have", "three", "cats"]),
        ("3.5", ["three+point+five"]),
        ("1st of the 21st", ["first", "of", "the", "twenty+first"]),
        ("10:30", ["ten+thirty"]),
        ("7:05", ["seven oh|seven zero|seven+five"]),
        ("50%", ["fifty+percent"]),
        ("5km", ["five+kilometers"]),
        ("20 °C", ["twenty+degrees+celsius"]),
        ("-5", ["minus|negative+five"]),
        ("well-known", ["well", "known"]),
        ("didn't", ["didn't"]),
        ("It\u2019s", ["it's"]),
        ("'hello'", ["hello"]),
        ("'cause", ["'cause"]),
        ("Mr. Kim", ["mister", "kim"]),
        ("salt & pepper", ["salt", "and", "pepper"]),
        ("NASA flew", ["nasa|n. a. s. a.", "flew"]),
        ("HE FLEW", ["he", "flew"]),
        ("U.S.", ["u.+s."]),
        ("caf\u00e9 cafe\u0301", ["cafe", "cafe"]),
        ("\uff21\uff22\uff23 \u0967\u0968", ["abc", "twelve"]),
        (
            "2\u00bd cups",
            ["two", "a half|one half|half|and a half|one two|one over two|one slash two|one out of two", "cups"],
        ),
        ("1990s", ["nineteen|one thousand nine hundred+nineties"]),
        ("\uc548\ub155 hello", ["", "hello"]),
        ("No. I don't.", ["number|no", "i", "don't"]),
    ],
)
def test_a_written_word_is_read_out_as_readers_do(text: str, expected: list[str]):
    assert spoken(text) == expected


def test_a_year_may_be_read_in_pairs_or_as_a_number():
    (reading,) = spoken("2024")
    assert reading == "two thousand twenty|two thousand and twenty|twenty twenty|two zero two|two oh two+four"


def test_money_may_be_read_in_full_or_short():
    assert spoken("$3.50") == ["three+dollars fifty cents|dollars and fifty cents|dollars fifty|fifty"]
    assert spoken("\u20a95,000") == ["five+thousand+won"]
    assert spoken("$1") == ["one+dollar"]


def test_thousands_may_have_an_and():
    assert "one thousand two hundred and" in spoken("1,250")[0]


def test_a_telephone_number_is_read_digit_by_digit():
    assert spoken("010-1234")[0].startswith("zero|oh+one+zero|oh") or "zero one zero" in spoken("010-1234")[0]
    assert spoken("010-1234-5678") == ["zero|oh+one+zero|oh+one+two+three+four+five+six+seven+eight"]


def test_a_number_too_long_for_a_name_is_read_digit_by_digit():
    assert spoken("1" * 20) == ["+".join(["one"] * 20)]


def test_spans_are_those_of_the_original_text():
    text = "\u201cNa\u00efve\u201d \u2014 Mr.\u00a0Kim\u2019s $3.50, e\u0301te\u0301 \U0001f600 well-known."
    assert written(text) == ["Na\u00efve", "Mr.", "Kim\u2019s", "$3.50", "e\u0301te\u0301", "well", "known"]


def test_punctuation_asks_for_a_pause_and_a_hyphen_does_not():
    pauses = [word.pause_after for word in words_of("Yes, well-known. Really")]
    assert pauses == [True, False, True, False]


@pytest.mark.parametrize("text", ["", "   ", "...!?", "\U0001f600\U0001f44d\U0001f3fd", "\u200b\u200d", "\u0301"])
def test_a_text_without_words_has_none(text: str):
    assert words_of(text) == ()


@given(st.text(max_size=120))
def test_any_text_has_words_whose_spans_lie_in_it_in_order(text: str):
    reached = 0
    for word in words_of(text):
        assert 0 <= word.start < word.end <= len(text)
        # A ligature or a fraction is one character with two words in it.
        assert word.start >= reached or text[word.start] not in "abcdefghijklmnopqrstuvwxyz"
        reached = word.end
        assert all(reading and all(reading) for part in word.parts for reading in part)


@given(st.text(alphabet="0123456789.,:/-$%' stndrhkm\u00bd", max_size=40))
def test_any_mixture_of_digits_and_signs_can_be_read(text: str):
    for word in words_of(text):
        assert all(part and all(part) for part in word.parts)


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_a_number_in_words_says_the_same_number(number: int):
    assert value(cardinal(number)) == number
    assert value(cardinal(number, with_and=True)) == number


def value(words: tuple[str, ...]) -> int:
    small = {word: index for index in range(20) for word in cardinal(index)}
    small |= {cardinal(tens * 10)[0]: tens * 10 for tens in range(2, 10)}
    total, group = 0, 0
    for word in words:
        if word in small:
            group += small[word]
        elif word == "hundred":
            group *= 100
        elif word != "and":
            total += group * {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}[word]
            group = 0
    return total + group


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map(tuple), min_size=1, max_size=4))
def test_parts_cover_every_reading_and_none_is_empty(readings: list[tuple[str, ...]]):
    parts = parts_of(tuple(readings))
    assert all(option for part in parts for option in part)
    for reading in readings:
        assert covers(parts, reading)


def covers(parts: tuple[tuple[tuple[str, ...], ...], ...], reading: tuple[str, ...]) -> bool:
    if not parts:
        return not reading
    return any(reading[: len(option)] == option and covers(parts[1:], reading[len(option) :]) for option in parts[0])
