"""The tutor's turns: attentive, honest, never the same question twice."""

from __future__ import annotations

import re
from typing import Any

import pytest

from schemas.conversation import MAX_TURNS
from tests.tutoring import Learner, MadeUpChecker, questions_of
from workers.engines.practice.engine import PracticeEngine
from workers.engines.practice.tutor.completing import whole_sentence
from workers.engines.practice.tutor.notes import Pending


def learner(mistakes: dict[str, str | None] | None = None, **settings: Any) -> Learner:
    return Learner(engine=PracticeEngine(MadeUpChecker(mistakes)), **settings)


def test_an_empty_first_message_has_the_tutor_begin_with_the_topic():
    answer = learner(topic="food").say("")

    assert answer.reply.startswith("Hello! Let us talk about food.")
    assert answer.reply.endswith("?")
    assert (answer.turn, answer.topic, answer.found) == (1, "food", None)
    assert answer.vocabulary


def test_a_correction_is_data_and_is_said_as_one_would_say_it():
    answer = learner({"cook": "cooks"}).say("My mother cook it.")

    (correction,) = answer.corrections
    assert answer.message[correction.start : correction.end] == correction.original == "cook"
    assert answer.recast == "My mother cooks it."
    assert "“My mother cooks it.”" in answer.reply
    assert answer.found == "I found 1 thing that one would say in another way."


def test_nothing_found_is_said_to_be_nothing_found_and_never_correct():
    answer = learner().say("My mother cooks it.")

    assert (answer.found, answer.recast, answer.corrections) == ("I found no mistakes.", None, ())
    assert "correct" not in answer.reply.lower()


def test_explanations_are_korean_where_they_are_asked_for():
    answer = learner({"cook": "cooks"}, explain_in="ko").say("My mother cook it because she is kind.")

    assert answer.corrections[0].note == "동사는 주어에 맞춰요."
    assert answer.found is not None
    assert re.search("[가-힣]", answer.found)
    assert answer.praise is not None
    assert re.search("[가-힣]", answer.praise.text)
    assert all(re.search("[가-힣]", word.meaning or "") for word in answer.vocabulary)


def test_nothing_found_is_said_in_korean_too():
    assert learner(explain_in="ko").say("My mother cooks.").found == "틀린 곳을 찾지 못했어요."


def test_asking_for_korean_explains_the_correction_and_the_open_question_and_holds_from_then_on():
    pupil = learner({"cook": "cooks"}, topic="food")
    pupil.says(["", "My mother cook it."])

    explained = pupil.say("Can you explain in Korean, please?").reply
    later = pupil.say("She cook rice.")

    assert "동사는 주어에 맞춰요." in explained
    assert "In Korean" in explained
    assert later.corrections[0].note == "동사는 주어에 맞춰요."


def test_why_explains_the_last_correction():
    pupil = learner({"cook": "cooks"})
    pupil.say("My mother cook it.")

    assert "“cook” → “cooks”: The verb goes with its subject." in pupil.say("Why?").reply
    assert "The verb goes with its subject." not in pupil.say("Why?").reply


def test_the_learners_own_words_come_back_in_the_question():
    pupil = learner(topic="food")
    pupil.say("")

    assert "kimchi stew" in questions_of(pupil.say("I like kimchi stew.").reply)[0]
    assert "your mother" in questions_of(pupil.say("My mother makes soup.").reply)[0]


def test_it_and_she_stand_for_what_was_spoken_of():
    pupil = learner(level="mid")
    pupil.say("I started learning the piano last month.")

    assert "the piano" in pupil.say("It is hard but fun.").reply

    pupil.say("My teacher is strict.")

    assert "your teacher" in pupil.say("She never laughs at me.").reply


@pytest.mark.parametrize(("topic", "opening"), [("my cat", ""), ("food", "Let's talk about my cat.")])
def test_she_is_the_cat_where_the_topic_is_my_cat(topic: str, opening: str):
    pupil = learner(topic=topic)
    pupil.says([opening, "She sleeps all day."])

    assert pupil.history.memory["offline-rules"]["pending"]["id"].startswith("animal/")


@pytest.mark.parametrize(
    ("message", "echo"),
    [
        ("I live near the sea with my uncle.", "you live near the sea with your uncle"),
        ("I live near this in the winter.", None),
        ("I go to concert every week now.", None),
    ],
)
def test_a_sentence_is_said_again_only_where_it_can_be(message: str, echo: str | None):
    pupil = learner()
    pupil.say("")
    reply = pupil.say(message).reply

    assert echo in reply if echo else "you " not in reply.split("?")[0].split(".")[0]


def test_a_capital_letter_is_not_what_a_farewell_recalls():
    pupil = learner({"english": "English"})
    pupil.say("I study english.")

    assert "remember: “english”" not in pupil.say("bye").reply


def test_a_short_answer_is_made_a_sentence():
    pupil = learner(topic="food")
    pupil.say("")

    assert "“I like pizza.”" in pupil.say("pizza").reply


def test_a_short_answer_that_does_not_fit_is_left_as_it_is():
    pupil = learner(topic="food")
    pupil.say("")

    assert "sentence" not in pupil.say("because spicy").reply


@pytest.mark.parametrize(
    ("told", "starter", "sentence"),
    [
        ("pizza", "I like …", "I like pizza."),
        ("with my mother", "I eat dinner with …", "I eat dinner with my mother."),
        ("Busan", "I want to go to …", "I want to go to Busan."),
        ("japan", "I want to go to …", "I want to go to Japan."),
        ("music", "I like to …", None),
        ("dog", "At home I have …", None),
        ("park", "I have free time …", None),
        ("very often", "I go there …", None),
        ("every day", "They are …", None),
        ("because spicy", "I like …", None),
        ("{np} %s", "I like …", None),
    ],
)
def test_a_short_answer_is_completed_only_where_it_makes_a_good_sentence(told: str, starter: str, sentence: str | None):
    pending = Pending(id="x", aspect="x", text="x", korean="x", starter=starter)

    assert whole_sentence(told, pending, MadeUpChecker()) == sentence


def test_a_completed_sentence_that_the_checker_would_change_is_not_said():
    pending = Pending(id="x", aspect="x", text="x", korean="x", starter="I like …")

    assert whole_sentence("pizza", pending, MadeUpChecker({"like pizza": "like pizzas"})) is None


def test_what_was_told_without_being_asked_is_not_asked():
    pupil = learner(topic="food")
    pupil.say("My mother cooks every day, and I eat dinner with my brother.")
    pupil.says(["ok"] * 20)

    assert not any("Who cooks at your home?" in reply for reply in pupil.replies)
    assert not any("Who do you eat dinner with?" in reply for reply in pupil.replies)


@pytest.mark.parametrize("message", ["", "yes", "I don't know.", "My mother cooks kimchi stew every weekend."])
def test_no_question_comes_twice_however_long_it_goes_on(message: str):
    pupil = learner(topic="food")
    asked: list[str] = []
    for answer in pupil.says([message] * 150):
        assert answer.reply.endswith("?")
        asked += questions_of(answer.reply)

    assert len(asked) == len(set(asked))
    assert len(asked) >= 150


def test_there_are_more_questions_than_a_conversation_has_turns():
    from workers.engines.practice.tutor.bank import BANDS, topics  # noqa: PLC0415 - this test alone counts

    of_topics = [len(topic.questions[band]) + len(topic.words[band]) for topic in topics().values() for band in BANDS]

    assert sum(of_topics) > MAX_TURNS


def test_a_question_of_an_earlier_session_is_not_asked_again():
    first = learner(topic="food")
    first.says(["", "I like pizza.", "bye"])
    asked = {question for reply in first.replies for question in questions_of(reply)}

    later = learner(topic="food")
    later.history = first.history
    again = later.says(["hello", "ok", "ok"])

    assert "Welcome back" in again[0].reply
    assert not asked & {question for answer in again for question in questions_of(answer.reply)}


def test_notes_of_another_version_are_begun_anew_and_still_nothing_is_asked_twice():
    pupil = learner(topic="food")
    first = questions_of(pupil.say("").reply)
    pupil.history = pupil.history.model_copy(update={"memory": {"offline-rules": {"version": 0}}})

    assert questions_of(pupil.say("").reply) != first


def test_korean_is_put_into_english_words_to_try_with():
    answer = learner(topic="daily life").say("오늘 회사에 갔어요")

    assert "“회사” is “company”" in answer.reply
    assert [word.text for word in answer.vocabulary] == ["today", "company", "went"]
    assert (answer.corrections, answer.found) == ((), None)


def test_korean_words_within_english_are_said_in_english():
    assert "“I like spicy food.”" in learner(topic="food").say("I like 매운 음식").reply


def test_not_understanding_has_the_question_in_korean_and_a_beginning():
    pupil = learner(topic="food")
    pupil.say("")
    reply = pupil.say("I don't understand.").reply

    assert "어떤 음식을 가장 좋아하세요?" in reply
    assert "I like …" in reply


def test_the_learner_changes_the_topic_and_the_tutor_follows():
    pupil = learner(topic="food")
    pupil.say("")
    known = pupil.say("Can we talk about movies?")
    other = pupil.say("Let's talk about my cat.")

    assert known.topic == "movies and music"
    assert "movie" in known.reply
    assert other.topic == "my cat"
    assert "your cat" in other.reply
    assert pupil.say("ok").topic == "my cat"


def test_the_client_changes_the_topic():
    pupil = learner(topic="food")
    pupil.say("")
    pupil.topic = "travel"

    assert pupil.say("ok").topic == "travel"


def test_a_farewell_asks_nothing_and_says_what_was_talked_about():
    pupil = learner({"go": "went"}, topic="travel")
    pupil.says(["My name is Minji.", "Yesterday I go to Busan with my sister."])
    reply = pupil.say("Bye!").reply

    assert questions_of(reply) == []
    assert "Busan" in reply
    assert "“go” → “went”" in reply
    assert "Minji" in reply


def test_a_question_to_the_tutor_is_answered_honestly_and_followed_by_another():
    reply = learner(topic="food").say("Are you a real person?").reply

    assert "practice program" in reply
    assert reply.endswith("?")


def test_names_and_things_are_remembered_when_asked_for():
    pupil = learner(topic="food")
    pupil.says(["My name is Minji.", "I like kimchi stew."])

    assert "Your name is Minji." in pupil.say("What is my name?").reply
    assert "kimchi stew" in pupil.say("Do you remember what I said?").reply


def test_the_same_message_again_is_noticed():
    pupil = learner()
    pupil.say("I have one sister.")

    assert "already" in pupil.say("I have one sister.").reply


def test_bad_news_are_not_followed_by_a_cheerful_change_of_topic():
    pupil = learner(level="mid", topic="food")
    pupil.say("")
    loss, after = pupil.says(["I am sad because my dog died.", "He was with us for twelve years."])

    assert "sorry" in loss.reply
    assert loss.praise is not None
    assert loss.praise.text not in loss.reply
    assert "food" not in loss.reply + after.reply
    assert "something else" not in after.reply
    assert "your mother" not in questions_of(pupil.say("I walked home with my mother.").reply)[0]


def test_a_cry_for_help_is_answered_with_who_can_help():
    pupil = learner()
    first, second = pupil.says(["I want to die", "nobody is here"])

    assert "109" in first.reply
    assert questions_of(first.reply) != questions_of(second.reply)
    assert re.search(r"somebody|someone|who|family", questions_of(second.reply)[0])


def test_a_role_asks_what_such_a_person_asks():
    pupil = learner(topic="food", role="a waiter")
    first, second = pupil.says(["", "We are two people."])

    assert "How many people are you?" in first.reply
    assert "inside or outside" in second.reply


@pytest.mark.parametrize(
    ("level", "word"), [("low", "What food do you like best?"), ("A2", "What food do you like best?")]
)
def test_a_level_of_the_cefr_is_one_of_three_bands(level: str, word: str):
    assert word in learner(topic="food", level=level).say("").reply


def test_levels_have_questions_of_their_own():
    openings = {learner(topic="food", level=level).say("").reply for level in ("low", "mid", "high")}

    assert len(openings) == 3


def test_praise_is_tied_to_words_of_the_message_that_no_correction_touches():
    praised = learner().say("I stayed at home because it rained.").praise
    touched = learner({"because": "as"}).say("I stayed at home because it rained.").praise

    assert praised is not None
    assert (praised.fact, praised.evidence) == ("gave_reason", "because")
    assert touched is None or touched.fact != "gave_reason"


def test_a_taught_word_that_is_used_is_praised():
    pupil = learner(topic="food")
    taught = pupil.say("").vocabulary[0].text
    praise = pupil.say(f"The soup is {taught}.").praise

    assert praise is not None
    assert (praise.fact, praise.evidence) == ("used_taught_word", taught)


def test_a_long_message_is_looked_at_as_far_as_it_says():
    answer = learner().say("I like my home. " * 300)

    assert answer.found is not None
    assert re.fullmatch(r"I looked at the first \d+ characters. I found no mistakes.", answer.found)
    assert len(answer.reply) < 500


def test_the_same_conversation_has_the_same_answers():
    messages = ["", "I like kimchi stew.", "My mother cook it.", "모르겠어요", "And you?", "bye"]

    assert learner(topic="food").says(messages) == learner(topic="food").says(messages)
