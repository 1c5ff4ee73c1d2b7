"""Grave messages: who can help is said, nothing is made of their words, and the tutor goes on when the learner does."""

from __future__ import annotations

import re

import pytest

from tests.tutoring import Learner, questions_of
from workers.engines.practice.tutor.bank import read
from workers.engines.practice.tutor.care import care_for, is_grave
from workers.engines.practice.tutor.moves import heard


@pytest.mark.parametrize(
    "message",
    [
        "죽고싶어요",
        "죽고 싶어요",
        "더이상 살기싫어",
        "나 자살할래",
        "I cut myself every night",
        "I feel suicidal",
        "I want to disappear",
        "I don't want to live anymore.",
        "I don\u2019t want to live in this world.",
    ],
)
def test_a_cry_for_help_is_heard_however_it_is_spelt(message: str):
    assert "crisis" in heard(message).moves
    assert "109" in Learner().say(message).reply


@pytest.mark.parametrize(
    "message",
    [
        "과자살까요?",
        "여자살구를 먹어요",
        "혼자 살기 싫어요",
        "서울에 살기 싫어요",
        "배고파 죽겠어요",
        "꽃이 죽어버렸어요",
        "I cut myself while cooking.",
        "I don't want to live in Seoul.",
        "I killed time at a cafe.",
        "I hit the gym every day.",
        "I killed a spider.",
        "I killed ten players yesterday!",
        "I will kill the dragon tomorrow.",
        "I beat my brother at chess.",
        "Many students commit suicide because of exams.",
        "자살 문제가 심각해요",
        "We took part in sex education.",
    ],
)
def test_what_only_looks_like_a_cry_for_help_is_none(message: str):
    assert "crisis" not in heard(message).moves
    assert care_for(message) is None


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("My father hits me every day.", "1366"),
        ("아빠가 저를 때려요", "1366"),
        ("My friends bully me at school.", "117"),
        ("My friend was raped.", "112"),
        ("My father beats my mother.", "112"),
        ("I was hit by a car last week.", "everybody is all right"),
        ("I want to kill my brother.", "nobody gets hurt"),
        ("I will hit you", "nobody gets hurt"),
        ("kill all foreigners", "nobody gets hurt"),
        ("I killed my dog.", "hard to carry"),
        ("I want to have sex with you.", "I can't talk about that"),
        ("I hate Black people.", "rather not speak of people like that"),
        ("My friend committed suicide.", "109"),
    ],
)
@pytest.mark.parametrize("level", ["low", "mid", "high"])
def test_a_grave_message_is_answered_with_care_and_its_words_are_not_asked_about(message: str, says: str, level: str):
    answer = Learner(level=level, topic="daily life").say(message)

    assert says in answer.reply
    assert answer.praise is None
    asked = " ".join(questions_of(answer.reply))
    assert not re.search(r"father|friend|brother|dog|car|kill|hit|sex|rape|beat|mother", asked)


@pytest.mark.parametrize(
    "message", ["My hobby is watching dramas about murder.", "My phone died.", "I like dead bodies."]
)
def test_no_question_is_made_of_grave_words(message: str):
    asked = questions_of(Learner(level="mid", topic="food").say(message).reply)

    assert not re.search(r"murder|dramas|phone|died|dead|that\b", asked[0])


@pytest.mark.parametrize("topic", ["suicide", "rape"])
def test_a_grave_topic_is_not_taken_up(topic: str):
    pupil = Learner(topic=topic, level="mid")

    assert topic not in pupil.say("").reply
    pupil.topic = None
    assert topic not in pupil.say(f"Let's talk about {topic}").reply


@pytest.mark.parametrize(
    "message",
    ["Sorry, just joking. Let's talk about something else", "just kidding", "I like pizza.", "Let's talk about food."],
)
def test_a_learner_who_goes_on_is_followed_at_once(message: str):
    pupil = Learner()
    pupil.say("I want to die")
    asked = questions_of(pupil.say(message).reply)[0]

    assert asked not in {" ".join(re.findall(r"\w+", text)).lower() for text in read("phrases.toml")["crisis_ask"]}


@pytest.mark.parametrize("messages", [["no", "no"], ["nobody is here", "I am alone"], ["ㅠㅠ", "네"]])
def test_who_is_there_is_asked_once_more_and_no_third_time(messages: list[str]):
    pupil = Learner(topic="food")
    crisis = {" ".join(re.findall(r"\w+", text)).lower() for text in read("phrases.toml")["crisis_ask"]}
    asked = [questions_of(answer.reply)[-1] in crisis for answer in pupil.says(["I want to die", *messages])]

    assert asked == [True, True, False]


def test_who_is_there_is_not_asked_about_as_if_nothing_had_been():
    pupil = Learner(level="high", topic="food")
    pupil.say("I want to die")

    assert "sister" not in questions_of(pupil.say("My sister is with me.").reply)[0]


def test_a_thing_that_a_grave_sentence_names_is_not_asked_about_later():
    pupil = Learner(level="mid", topic="daily life")
    pupil.says(["My grandmother makes soup.", "She died in June.", "My grandmother died.", "ok", "ok", "ok", "ok"])

    assert "grandmother" not in " ".join(questions_of(pupil.say("She was kind.").reply))


def test_a_topic_of_the_learners_own_that_met_with_something_grave_is_left():
    pupil = Learner(level="high", topic="my dog")
    pupil.says(["", "My dog was run over by a truck yesterday."])

    assert "dog" not in questions_of(pupil.say("I can't stop thinking about it.").reply)[0]


@pytest.mark.parametrize("message", ["Many students commit suicide because of exams.", "I am happy that he is dead."])
def test_nothing_grave_is_called_good(message: str):
    assert not re.search(r"good|nice|lovely|glad|reason|great", Learner(level="mid").say(message).reply.split("?")[0])


def test_every_care_says_something_in_both_languages():
    for sort, data in read("care.toml").items():
        if sort != "words":
            assert re.search("[가-힣]", data["says_ko"])
            assert all(question.endswith("?") for question in data["asks"])
            assert data["says"]
            assert not is_grave(" ".join(data["asks"]))
