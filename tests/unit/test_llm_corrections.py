from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workers.engines.llm.corrections import SaidCorrection, corrected, find, placed


def said(original: str, suggestion: str | None = "x") -> SaidCorrection:
    return SaidCorrection(original=original, suggestion=suggestion, rule="r", note="n")


def test_corrections_stand_where_their_words_do_in_code_points():
    message = "🎉 오늘 I go to a school."

    (found,) = placed([said("go", "went")], message)

    assert (found.start, found.end, found.original) == (7, 9, "go")
    assert message[found.start : found.end] == "go"


def test_words_that_are_not_in_the_message_are_dropped():
    assert placed([said("goed"), said(""), said("  ")], "I go home.") == ()


def test_a_correction_that_changes_nothing_is_dropped():
    assert placed([said("go", "go")], "I go home.") == ()


def test_whole_words_are_meant_before_parts_of_words():
    (found,) = placed([said("a", "the")], "I eat a banana.")

    assert found.start == 6


def test_the_same_word_twice_is_each_in_its_place():
    found = placed([said("go", "went"), said("go", "went")], "I go and you go.")

    assert [each.start for each in found] == [2, 13]


def test_a_word_that_is_repeated_is_looked_for_after_the_one_before():
    first, second = placed([said("want eat", "want to eat"), said("a", "an")], "a cat; I want eat a apple")

    assert (first.start, second.start) == (9, 18)


def test_corrections_do_not_overlap_and_are_in_order():
    found = placed([said("to school", "x"), said("go to", "y"), said("I", "We")], "I go to school")

    assert [(each.start, each.end) for each in found] == [(0, 1), (5, 14)]


def test_straight_and_curly_quotes_are_the_same():
    (found,) = placed([said("don't likes", "don't like")], "I don\u2019t likes it")

    assert found.original == "don\u2019t likes"


def test_the_models_capitals_need_not_be_the_learners():
    (found,) = placed([said("yesterday", "Last week")], "Yesterday I went.")

    assert found.start == 0


def test_the_message_is_rewritten_by_its_suggestions():
    message = "I am go to the home"

    assert corrected(message, placed([said("am go", "go"), said("to the home", "home")], message)) == "I go home"
    assert corrected(message, placed([said("am go", None)], message)) == message
    assert corrected(message, placed([said("the", "")], message)) == "I am go to  home"


texts = st.text(alphabet=st.sampled_from("ab Ac'\u2019가나🎉.?(["), max_size=40)


@given(texts, st.lists(texts, max_size=6))
def test_places_always_hold_what_is_said_to_stand_there(message: str, words: list[str]):
    found = placed([said(word) for word in words], message)

    for one, next_one in pairwise(found):
        assert one.end <= next_one.start
    assert all(message[each.start : each.end] == each.original and each.original for each in found)


@given(texts, st.integers(0, 40), st.integers(1, 10))
def test_words_that_stand_in_the_message_are_found(message: str, start: int, length: int):
    words = message[start : start + length].strip()

    assert (find(words, message) is not None) == bool(words)
