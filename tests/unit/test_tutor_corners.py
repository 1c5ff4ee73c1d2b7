"""What has been told is not asked, goodbyes are heard, explanations come once, noise is noise."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.tutoring import Finding, Learner, MadeUpChecker, questions_of
from workers.engines.practice.engine import PracticeEngine
from workers.engines.practice.tutor.feedback import feedback_on
from workers.engines.practice.tutor.followups import told_in
from workers.engines.practice.tutor.mentions import mentions
from workers.engines.practice.tutor.moves import heard
from workers.engines.practice.tutor.parsing import gerund, plural


def learner(mistakes: dict[str, str | None] | None = None, **settings: Any) -> Learner:
    return Learner(engine=PracticeEngine(MadeUpChecker(mistakes)), **settings)


@pytest.mark.parametrize(
    "message",
    [
        "I want to go to Japan next month",
        "I want to go to Jeju in May because I love the sea.",
        "I want to visit Paris in 2027.",
        "I hope to see Busan on Friday.",
    ],
)
def test_when_is_not_asked_where_it_was_said(message: str):
    pupil = learner(topic="travel")
    pupil.says([message, *["ok"] * 6])

    assert not any(
        question.startswith(("when do you want", "when will")) for r in pupil.replies for question in questions_of(r)
    )


def test_a_time_is_no_part_of_what_somebody_wishes():
    (wish,) = [mention for mention in mentions("I want to go to Jeju in May.") if mention.sort == "wish"]

    assert wish.words["base"] == "go to Jeju"


@pytest.mark.parametrize(
    ("message", "aspect"),
    [
        ("I saw it two weeks ago.", "when"),
        ("I play with friends.", "who"),
        ("I went by train.", "how"),
        ("That's why I like it.", "why"),
    ],
)
def test_what_a_message_tells_is_known(message: str, aspect: str):
    assert aspect in told_in(message)


def test_where_is_not_asked_where_a_place_was_named():
    pupil = learner(topic="shopping")
    pupil.say("I bought my bag in Seoul.")

    assert "where" in pupil.history.memory["offline-rules"]["just_told"]


@pytest.mark.parametrize(
    "message",
    [
        "bye, thanks",
        "ok bye see you tomorrow",
        "I have to go now, bye!",
        "See you next week",
        "I have to leave, my mom is calling me",
        "Thanks for today, bye!",
        "내일 봐요",
    ],
)
def test_a_goodbye_is_heard_in_any_clause(message: str):
    assert "bye" in heard(message).moves


@pytest.mark.parametrize(
    "message",
    [
        "I have to go to school.",
        "I have to go, but I am not ready",
        "I said bye, and he cried.",
        "I have to go and cook dinner",
        "We said hello and good night.",
        "I will see you next week",
    ],
)
def test_what_only_speaks_of_leaving_is_no_goodbye(message: str):
    assert "bye" not in heard(message).moves


def test_one_rule_is_explained_once_with_all_that_it_is_about():
    pupil = learner({"She go": "She goes", "he go": "he goes"})
    pupil.say("She go there and he go home.")
    reply = pupil.say("Why is it wrong?").reply

    assert reply.count("The verb goes with its subject.") == 1
    assert "“She go” → “She goes”, “he go” → “he goes”" in reply


class _Twice(MadeUpChecker):
    """Finds each `go`."""

    def check(self, text: str) -> list[Finding]:
        return [Finding(m.start(), m.end(), "go", "goes") for m in re.finditer(r"\bgo\b", text)]


def test_the_same_correction_is_explained_once():
    pupil = Learner(engine=PracticeEngine(_Twice()))
    pupil.say("She go there and he go home.")

    assert pupil.say("Why?").reply.count("“go” → “goes”") == 1


def test_a_change_of_language_explains_nothing():
    pupil = learner({"cook": "cooks"})
    pupil.says(["My mother cook it.", "I like math."])

    assert "동사는 주어에 맞춰요." not in pupil.say("Let's switch to Korean please").reply
    assert "동사는 주어에 맞춰요." in pupil.say("왜 틀렸어요?").reply


def test_the_question_why_is_not_what_is_explained():
    pupil = learner({"cook": "cooks", "why": "Why"})
    pupil.say("My mother cook it.")

    assert "“cook” → “cooks”" in pupil.say("why").reply


@pytest.mark.parametrize(
    ("message", "evidence"),
    [
        ("I went to the park with my friend and we ate lunch.", "with my friend"),
        ("I always with my brother play the game.", "with my brother"),
        ("I live with my parents in Busan.", "with my parents"),
        ("I met him with my best friend here.", "with my best friend"),
        ("I watch with my girlfriend sister movies.", "with my girlfriend"),
        ("I play with my old guitar now.", None),
    ],
)
def test_who_was_there_is_praised_with_the_person_and_no_more(message: str, evidence: str | None):
    praise = learner().say(message).praise
    company = praise.evidence if praise and praise.fact == "said_with_whom" else None

    assert company == evidence


@pytest.mark.parametrize(
    "message",
    [
        "my my my name name is is",
        "SELECT * FROM users",
        "<script>alert(1)</script>",
        "function(){ return 1; }",
        "{{7*7}}",
        "asdf asd sdf",
    ],
)
def test_of_noise_nothing_is_claimed(message: str):
    answer = learner().say(message)

    assert heard(message).script == "gibberish"
    assert (answer.found, answer.corrections, answer.recast) == (None, (), None)


def test_of_a_number_nothing_is_claimed():
    assert learner().say("12345").found is None


@pytest.mark.parametrize(
    "message",
    ["I love it very very much", "I select a book from the shelf", "We were pretty glad", "I <3 you", "dad was glad"],
)
def test_english_is_no_noise(message: str):
    assert heard(message).script == "english"


def test_a_word_that_nobody_writes_is_not_suggested_unless_the_learner_wrote_it():
    made_up = feedback_on("I'm very exciting about it.", MadeUpChecker({"exciting": "excitinged"}))
    own = feedback_on("I saw Qwxzville.", MadeUpChecker({"saw Qwxzville": "have seen Qwxzville"}))

    assert (made_up.findings, made_up.recast) == ([], None)
    assert own.recast == "I have seen Qwxzville."


def test_forms_that_nobody_writes_are_not_made():
    assert (gerund("play"), plural("dog")) == ("playing", "dogs")
    assert (gerund("qwxz"), plural("qwxz")) == ("qwxz", "qwxz")


def test_who_hates_something_is_not_asked_how_it_became_a_hobby():
    (shopping,) = mentions("I hate shopping.")

    assert shopping.disliked
