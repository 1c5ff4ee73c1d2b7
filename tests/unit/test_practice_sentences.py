import re
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reply.levels import Band
from schemas.reply.tasks import PracticeSentences
from workers.engines.practice.frames import Pair, topics
from workers.engines.practice.frequency import rarest
from workers.engines.practice.sentences import BANDS, graded, practice_sentences, within

ALL = [(name, band) for name in topics() for band in get_args(Band)]


def asked(**fields: Any):
    return practice_sentences(PracticeSentences(type="practice_sentences", **{"topic": "food", "count": 20} | fields))


def english(**fields: Any):
    return [sentence.english for sentence in asked(**fields).sentences]


def test_there_are_a_dozen_topics():
    assert len(topics()) >= 12


@pytest.mark.parametrize(("topic", "band"), ALL)
def test_every_topic_has_twenty_sentences_at_every_level(topic: str, band: Band):
    answer = asked(topic=topic, level=band)
    assert (answer.topic, answer.matched) == (topic, True)
    assert len({sentence.english for sentence in answer.sentences}) == 20
    assert len({sentence.korean for sentence in answer.sentences}) == 20


@pytest.mark.parametrize(("topic", "band"), ALL)
def test_their_rarest_words_are_as_rare_as_the_level_allows(topic: str, band: Band):
    least, most = BANDS[band]
    for sentence in asked(topic=topic, level=band).sentences:
        assert least <= sentence.frequency <= most
        assert sentence.hardest_word in sentence.english.lower()


def test_a_word_that_is_too_rare_or_too_common_for_the_level_is_left_out():
    pairs = (Pair("I like tea.", "-"), Pair("I like serendipity.", "-"))
    assert [one.english for one in within(pairs, "low")] == ["I like tea."]
    assert [one.english for one in within(pairs, "high")] == ["I like serendipity."]


def test_names_and_words_from_korean_are_not_what_makes_a_sentence_hard():
    assert rarest("I ate kimchi in Gyeongju.") == rarest("I ate in it.")
    assert rarest("Kimchi!") is None


@pytest.mark.parametrize(("topic", "band"), ALL)
def test_english_and_korean_are_whole_sentences(topic: str, band: Band):
    for sentence in (one for frame in graded(topic, band) for one in frame):
        assert re.fullmatch(r"[A-Z][A-Za-z0-9',:\- ]*[.?!]", sentence.english.replace(". I", ", I"))
        assert re.fullmatch(r"[가-힣0-9,:. ]+[.?]", sentence.korean)
        assert "  " not in sentence.english + sentence.korean


def test_no_sentence_stands_under_two_topics():
    every = [one.english for topic, band in ALL for frame in graded(topic, band) for one in frame]
    assert len(every) == len(set(every))


def test_few_sentences_are_of_different_frames():
    frames = graded("food", "low")
    chosen = english(level="low", count=len(frames))
    assert [sum(one.english in chosen for one in frame) for frame in frames] == [1] * len(frames)


def test_what_the_learner_has_had_does_not_come_again():
    had = english(count=5)
    assert not set(english(avoid=tuple(one.upper().replace(".", "") for one in had))) & set(had)


def test_when_all_are_used_up_there_are_fewer():
    every = tuple(one.english for frame in graded("food", "mid") for one in frame)
    assert set(english(avoid=every[3:])) == set(every[:3])
    assert english(avoid=every) == []


def test_the_same_task_has_the_same_sentences_and_another_seed_others():
    assert english(count=5, seed=1) == english(count=5, seed=1)
    assert english(count=5, seed=1) != english(count=5, seed=2)


def test_an_unknown_topic_is_answered_with_another_one_and_says_so():
    answer = asked(topic="quantum physics", count=3)
    assert (answer.topic, answer.matched, len(answer.sentences)) == ("daily life", False, 3)


def test_a_level_of_the_cefr_is_kept():
    assert asked(level="B2").level == "B2"
    assert english(level="B2") == english(level="mid")


@given(
    topic=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=100).filter(str.strip),
    seed=st.integers(0, 2**31 - 1),
)
def test_any_topic_gets_sentences(topic: str, seed: int):
    assert len(asked(topic=topic, seed=seed, count=3).sentences) == 3
