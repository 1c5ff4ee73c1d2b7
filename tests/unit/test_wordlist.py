"""Frequencies of words are those of wordfreq, whose list is read without its code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wordfreq import get_frequency_dict, zipf_frequency

from workers.engines.hashed import HashIndex
from workers.engines.wordlist import shipped_words, words_from

#: In small letters of Western Europe, with apostrophes inside.
WORDS = [word for word in get_frequency_dict("en") if re.fullmatch(r"[a-zà-öø-ž]+(?:'[a-z]+)*", word)]


def test_each_word_is_as_frequent_as_wordfreq_says():
    asked = [*WORDS[:2_000], *WORDS[::50], "Seoul", "NASA", "don\u2019t", "'cause", "xyzzyx", "김치", ""]
    zipf = shipped_words().zipf
    assert [word for word in asked if zipf(word) != zipf_frequency(word, "en")] == []
    assert len(asked) > 7_000


def test_the_least_frequency_is_where_wordfreqs_small_list_ends():
    zipf = shipped_words().zipf
    asked = [*WORDS[:2_000], *WORDS[25_000:32_000]]
    found = {word: zipf(word, least=3.01) for word in asked}
    assert [word for word in asked if found[word] != zipf_frequency(word, "en", wordlist="small")] == []
    assert 0.0 in found.values()


@pytest.mark.parametrize(
    "text", ["a lot", "well-known", "I'am", "it'is", "o'clock", "in front of", "U.S. dollar", "café au lait"]
)
def test_several_words_are_together_as_frequent_as_wordfreq_says(text: str):
    # It rounds twice.
    assert shipped_words().zipf(text) == pytest.approx(zipf_frequency(text, "en"), abs=0.0101)
    assert shipped_words().zipf(text) > 0
    assert shipped_words().zipf(f"{text} xyzzyx") == 0


def test_numbers_of_several_digits_are_not_in_the_list():
    assert shipped_words().zipf("2026") == 0


def test_the_most_frequent_words_come_first():
    expected = [word for word, share in get_frequency_dict("en").items() if share >= 10**-4.5]
    assert list(words_from(4.5)) == expected
    assert expected[0] == "the"


@given(st.lists(st.text(), unique=True), st.text())
def test_an_index_knows_its_strings_numbers_and_no_others(strings: list[str], other: str):
    index = HashIndex([hash(one) for one in strings])
    assert [index.number(one) for one in strings] == list(range(len(strings)))
    assert (index.number(other) is None) == (other not in strings)
