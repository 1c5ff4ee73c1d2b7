"""The tutor's topics, roles, follow-up questions and phrases: enough of them, whole, and no two alike."""

from __future__ import annotations

import re
from itertools import chain
from typing import get_args

import pytest

from schemas.reply.levels import Band
from workers.engines.practice.tutor import asides, followups, moves, speaking
from workers.engines.practice.tutor.bank import (
    BANDS,
    Question,
    Role,
    Topic,
    anything,
    named_topic,
    read,
    role_of,
    roles,
    topics,
)
from workers.engines.practice.tutor.mention import Mention
from workers.engines.practice.tutor.notes import plain
from workers.engines.practice.tutor.things import korean_words, things

TOPICS = list(topics().values())
FILLERS = {
    "at",
    "np",
    "bare",
    "base",
    "gerund",
    "past",
    "adjective",
    "it",
    "It",
    "them",
    "their",
    "is",
    "was",
    "has",
    "do",
}
KINDS_OF_ACTIVITY = {"play", "do", "go", "listen"}
HANGUL = re.compile("[가-힣]")


def test_there_are_at_least_eight_topics_and_six_roles():
    assert len(TOPICS) >= 8
    assert len(roles()) >= 6
    assert set(BANDS) == set(get_args(Band))


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.key)
@pytest.mark.parametrize("band", BANDS)
def test_a_topic_has_fourteen_questions_and_six_words_at_each_level(topic: Topic, band: Band):
    questions, words = topic.questions[band], topic.words[band]

    assert len(questions) >= 14
    assert len({question.aspect for question in questions}) == len(questions)
    assert len(words) >= 6
    assert all(HANGUL.search(word.korean) and word.english and word.example for word in words)


def _all_questions() -> list[Question]:
    owners: list[Topic | Role] = [*TOPICS, *roles()]
    return [question for owner in owners for band in BANDS for question in owner.questions[band]]


def test_every_question_asks_once_has_its_korean_and_a_beginning_of_an_answer():
    for question in [*_all_questions(), *chain.from_iterable(anything().values())]:
        assert question.text.endswith("?"), question
        assert question.text.count("?") == 1, question
        assert not re.search(r"[.!…]", question.text), question
        assert HANGUL.search(question.korean), question
        assert "…" in question.starter, question


def test_no_two_questions_of_topics_are_the_same():
    texts = [plain(question.text) for topic in TOPICS for band in BANDS for question in topic.questions[band]]

    assert sorted({text for text in texts if texts.count(text) > 1}) == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.key)
def test_what_a_learner_may_have_told_already_is_something_that_is_asked(topic: Topic):
    aspects = {question.aspect for band in BANDS for question in topic.questions[band]}

    assert set(topic.told) <= aspects


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.key)
def test_a_topic_is_known_by_its_name_in_both_languages(topic: Topic):
    assert named_topic(topic.name) is topic
    assert named_topic(topic.korean) is topic


def test_a_topic_that_nobody_has_heard_of_is_none():
    assert named_topic("quantum gravity") is None


def test_follow_up_questions_are_filled_with_what_mentions_have():
    for sort, blocks in read("followups.toml").items():
        for block in {} if sort == "told" else blocks:
            for _, question in followups.lines(sort, block):
                names = set(re.findall(r"{(\w+)}", question.text + question.starter + question.korean))
                assert names <= FILLERS, question
                assert question.text.endswith("?"), question
                assert HANGUL.search(question.korean), question


def test_every_sort_of_thing_has_follow_up_questions_at_every_level():
    sorts = {thing.sort for thing in things().values()} - KINDS_OF_ACTIVITY - {"plain"}
    for sort in sorts | set(followups.ORDER):
        for band in BANDS:
            assert followups.lines(sort, band), (sort, band)


def test_a_follow_up_question_leaves_nothing_unfilled():
    words = dict.fromkeys(FILLERS, "x")
    for sort in followups.ORDER:
        for band in BANDS:
            for tense in ("past", "now", "will"):
                mention = Mention(sort=sort, key="x", tense=tense, words=words, own=True)
                for question in followups.follow_ups(mention, band, ()):
                    assert "{" not in question.text + question.starter


def test_a_word_of_the_list_has_one_sort_and_korean_words_have_english():
    assert things()["kimchi stew"].sort == "food"
    assert not things()["kimchi"].countable
    assert all(HANGUL.search(korean) and english for korean, english in korean_words())


def test_phrases_that_code_asks_for_are_there():
    known = speaking.phrases()
    for band in BANDS:
        for key in ("neutral", "opinion", "glad", "sorry", "finish", "more", "try"):
            assert f"{key}_{band}" in known
    assert all(known.values())


def test_no_phrase_says_that_something_is_correct():
    said = [
        phrase
        for phrases in speaking.phrases().values()
        for phrase in ([phrases] if isinstance(phrases, str) else phrases)
    ]

    assert [phrase for phrase in said if re.search(r"\b(?:is|are|was) (?:all )?(?:correct|perfect)\b", phrase)] == []


def test_every_question_to_the_tutor_has_an_answer_and_none_claims_a_life():
    for question in ("Do you like kimchi?", "Where do you live?", "What is 2 + 2?", "How old are you?", "Who won?"):
        answers = asides.answers_to(question, name=None, things="", role=None)
        assert answers, question
        assert not any(re.search(r"\bI (?:like|love|live in Seoul|eat)\b(?! to hear)", answer) for answer in answers)


def test_patterns_of_moves_compile_and_name_what_they_catch():
    kinds = moves.patterns()

    assert {"bye", "idk", "topic", "explain", "unclear", "crisis", "yes", "no"} <= kinds.keys()
    assert "topic" in kinds["topic"][0].groupindex


@pytest.mark.parametrize(
    ("name", "key"),
    [("a waiter in a café", "waiter"), ("job interviewer", "interviewer"), ("의사", "doctor"), ("a pirate", None)],
)
def test_a_role_is_known_by_its_words(name: str, key: str | None):
    role = role_of(name)

    assert (role.key if role else None) == key
