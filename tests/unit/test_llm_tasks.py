"""What becomes of a model's words, task by task."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from schemas.errors import PermanentError
from schemas.reply.answers import (
    ConversationAnswer,
    DailyQuestionAnswer,
    GroundedAnswerAnswer,
    PracticeSentencesAnswer,
    ReplyOptionsAnswer,
    ScenarioAnswer,
)
from tests import replies
from tests.integration.calling import Attempt
from tests.scripted_model import ask
from workers.engines.ports import Found, Passage

if TYPE_CHECKING:
    from workers.engines.ports import Asked

RISKS = ("safe", "balanced", "bold")


def turn_of(asked: Asked, said: dict[str, Any]) -> ConversationAnswer:
    answer = ask(asked, said)[0].answer
    assert isinstance(answer, ConversationAnswer)
    return answer


def grounded(said: dict[str, Any]) -> GroundedAnswerAnswer:
    answer = ask(replies.question(), said)[0].answer
    assert isinstance(answer, GroundedAnswerAnswer)
    return answer


def test_a_turn_has_corrections_in_their_places_and_whose_turn_it_is():
    reply, engine = ask(replies.turn(topic="weekend"), replies.TURN)

    answer = reply.answer
    assert isinstance(answer, ConversationAnswer)
    assert (answer.conversation, answer.turn, answer.level, answer.topic) == ("talk-1", 1, "low", "weekend")
    assert answer.reply == replies.TURN["reply"]
    assert [answer.message[each.start : each.end] for each in answer.corrections] == ["go", "am really like"]
    assert answer.recast == replies.TURN["recast"]
    assert answer.praise is not None
    assert answer.praise.evidence == "Yesterday"
    assert answer.found == "I found 2 things that one would say in another way."
    assert (reply.prompt, reply.model, reply.cost_microusd) == ("conversation-1", "scripted-1", 0)
    assert (reply.truncated, reply.repaired) == (False, False)
    assert replies.MESSAGE in engine.prompts[0].turns[0].text


def test_where_nothing_was_found_nobody_says_that_it_is_correct():
    said = {**replies.TURN, "corrections": [], "recast": "I go to school by bus."}

    answer = turn_of(replies.turn("I go to school by bus."), said)

    assert (answer.corrections, answer.recast, answer.found) == ((), None, "I found no mistakes.")


def test_what_was_found_is_said_in_korean_where_that_was_asked_for():
    assert turn_of(replies.turn(explain_in="ko"), replies.TURN).found == "다르게 말하면 좋을 곳을 2군데 찾았어요."
    calm = {**replies.TURN, "corrections": []}
    assert turn_of(replies.turn(explain_in="ko"), calm).found == "틀린 곳을 찾지 못했어요."
    one = {**replies.TURN, "corrections": replies.TURN["corrections"][:1]}
    assert turn_of(replies.turn(), one).found == "I found 1 thing that one would say in another way."


def test_a_tutor_who_begins_finds_nothing_in_an_empty_message():
    answer = turn_of(replies.turn(""), replies.TURN)

    assert (answer.corrections, answer.found, answer.praise, answer.recast) == ((), None, None, None)


def test_praise_for_words_that_the_learner_did_not_say_is_dropped():
    made_up = {**replies.TURN, "praise": {"text": "Great idiom!", "fact": "idiom", "evidence": "over the moon"}}
    for_nothing = {**replies.TURN, "praise": {"text": "Great!", "fact": "good", "evidence": None}}

    assert turn_of(replies.turn(), made_up).praise is None
    assert turn_of(replies.turn(), for_nothing).praise is None


def test_a_missing_recast_is_made_of_the_suggestions():
    answer = turn_of(replies.turn(), {**replies.TURN, "recast": None})

    assert answer.recast == "Yesterday I went to the market with my friend. I really like kimchi!"


def test_a_turn_goes_on_from_what_was_said():
    past = replies.history(("I like dogs.", "Do you have one?"), ("", "Hello again!"), topic="pets")
    reply, engine = ask(replies.turn("Yes, Bori.", past), replies.TURN)

    asked = engine.prompts[0].turns[0].text
    assert "<learner>I like dogs.</learner>\n<tutor>Do you have one?</tutor>\n<tutor>Hello again!</tutor>" in asked
    assert "<topic>pets</topic>" in asked
    assert isinstance(reply.answer, ConversationAnswer)
    assert (reply.answer.turn, reply.answer.topic) == (3, "pets")


def test_sentences_are_as_many_as_were_asked_for_and_none_that_the_learner_has_had():
    said = {"sentences": [*replies.SENTENCES["sentences"], *replies.SENTENCES["sentences"]]}
    asked = replies.sentences(avoid=("i drink coffee every morning",), count=3)

    answer = ask(asked, said)[0].answer

    assert isinstance(answer, PracticeSentencesAnswer)
    assert [each.english for each in answer.sentences] == ["This soup is too salty."]
    assert (answer.topic, answer.level, answer.matched) == ("food", "mid", True)


def test_more_sentences_than_were_asked_for_are_left_out():
    answer = ask(replies.sentences(count=1), replies.SENTENCES)[0].answer

    assert isinstance(answer, PracticeSentencesAnswer)
    assert len(answer.sentences) == 1


def test_sentences_that_are_all_known_are_asked_for_again():
    asked = replies.sentences(avoid=("This soup is too salty.",), count=1)
    salty = {"sentences": replies.SENTENCES["sentences"][1:]}

    reply, engine = ask(asked, salty, replies.SENTENCES)

    assert reply.repaired
    assert "there is no new one" in engine.prompts[1].turns[-1].text


def test_a_scene_has_all_that_it_is_played_with():
    reply, _ = ask(replies.scene(level="A2"), replies.SCENE)

    assert isinstance(reply.answer, ScenarioAnswer)
    assert reply.answer.title == "At the café"
    assert reply.answer.goals == ("order a drink", "ask for the wifi")
    assert reply.answer.phrases[0].korean == "라테 한 잔 주시겠어요?"
    assert (reply.answer.level, reply.prompt) == ("A2", "scenario-1")


def test_replies_that_are_the_same_are_asked_for_again():
    same = {**replies.OPTIONS, "bold": {"text": "좋아~ 언제가 편해??", "why": "x"}}

    assert ask(replies.options(), same, replies.OPTIONS)[0].repaired


def test_a_question_that_they_have_had_is_asked_for_again():
    had = replies.daily(avoid=("오늘 고마웠던 일은 뭐예요",))

    assert ask(had, replies.QUESTION, {**replies.QUESTION, "question": "무엇이 그리워요?"})[0].repaired


def test_replies_come_by_their_risk_with_the_messages_that_they_answer():
    answer = ask(replies.options(), replies.OPTIONS)[0].answer

    assert isinstance(answer, ReplyOptionsAnswer)
    assert [each.risk for each in answer.options] == ["safe", "balanced", "bold"]
    assert (answer.partner, answer.partner_message) == ("지수", "별일 없어\n영화 보러 갈래?")
    assert (answer.intent, answer.matched, answer.messages, answer.unread_lines) == ("invitation", True, 3, 2)


def test_what_is_answered_is_the_last_of_the_partners_also_where_it_was_said_before():
    said = [("지수", "ㅋㅋ"), ("나", "왜?"), ("지수", "아니야"), ("지수", "ㅋㅋ"), ("나", "뭐지"), ("나", "응?")]

    answer = ask(replies.options(*said), replies.OPTIONS)[0].answer

    assert isinstance(answer, ReplyOptionsAnswer)
    assert (answer.partner, answer.partner_message) == ("지수", "아니야\nㅋㅋ")


def test_a_text_without_names_is_the_partners():
    answer = ask(replies.options((None, "보고 싶어"), me=None), replies.OPTIONS)[0].answer

    assert isinstance(answer, ReplyOptionsAnswer)
    assert (answer.partner, answer.partner_message) == ("지수", "보고 싶어")


def test_a_chat_in_which_only_the_asker_writes_has_nothing_of_the_partners():
    answer = ask(replies.options(("나", "자?"), ("나", "안 자?")), replies.OPTIONS)[0].answer

    assert isinstance(answer, ReplyOptionsAnswer)
    assert (answer.partner, answer.partner_message) == ("지수", "")


def test_a_chat_without_messages_is_refused_before_anything_is_paid():
    empty = replies.options()
    chat = type(empty.chat)(messages=(), me=None) if empty.chat else None

    with pytest.raises(PermanentError, match="empty_chat"):
        ask(type(empty)(task=empty.task, chat=chat))


@pytest.mark.parametrize(
    "asked",
    [
        replies.options(("지수", "가" * 20_000)),
        replies.question(
            Found(passages=(Passage(document="d", section="", start=0, text="가" * 20_000),), supported=True)
        ),
    ],
)
def test_what_no_model_can_read_at_all_is_refused_before_anything_is_paid(asked: Asked):
    with pytest.raises(PermanentError, match="context_overflow"):
        ask(asked)


def test_of_a_long_chat_the_newest_messages_are_read():
    long = [("지수" if number % 2 else "나", f"메시지 {number} " + "가" * 300) for number in range(100)]

    _, engine = ask(replies.options(*long), replies.OPTIONS)

    asked = engine.prompts[0].turns[0].text
    assert "메시지 99 " in asked
    assert "메시지 0 " not in asked


def test_an_answer_from_documents_cites_where_its_quotes_stand():
    answer = grounded(replies.GROUNDED)

    (citation,) = answer.citations
    assert answer.answered
    assert answer.answer == "It costs 90,000 won a month [1]."
    assert citation.quote == "The course costs 90,000 won a month.\nBooks are free."
    assert (citation.document, citation.section, citation.start) == ("guide.md", "Fees", 100)
    assert citation.end == 100 + len(citation.quote)


def test_a_quote_is_found_in_another_passage_than_the_one_that_is_named():
    said = {**replies.GROUNDED, "quotes": [{"number": 9, "quote": "Classes begin at seven"}]}

    assert grounded(said).citations[0].start == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"quotes": [{"number": 1, "quote": "The course costs nothing at all."}]},
        {"quotes": [{"number": 1, "quote": "The"}]},
        {"quotes": []},
        {"answered": False, "answer": None},
        {"answer": None},
        {"answer": ""},
    ],
)
def test_an_answer_that_stands_on_nothing_is_none(changes: dict[str, Any]):
    answer = grounded({**replies.GROUNDED, **changes})

    assert (answer.answered, answer.answer, answer.citations, answer.reason) == (False, None, (), "no_support")


def test_quotes_may_have_brackets_of_any_width_and_quotation_marks_of_any_form():
    text = "Say \u201chello\u201d \uff1ctwice\uff1e and <once>."
    passage = Passage(document="d", section="", start=10, text=text)
    said = {**replies.GROUNDED, "quotes": [{"number": 1, "quote": 'Say "hello" <twice> and <once>.'}]}

    answer = ask(replies.question(Found(passages=(passage,), supported=True)), said)[0].answer

    assert isinstance(answer, GroundedAnswerAnswer)
    assert answer.citations[0].quote == text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("It costs 90,000 won [1]. The director is Mr. Smith.", "It costs 90,000 won [1]."),
        ("The director is Mr. Smith. It costs 90,000 won. [1]", "It costs 90,000 won. [1]"),
        ("Books are free [1]. Call 911-SCAM [2].", "Books are free [1]."),
        ("90,000원입니다. [1] 원장은 김 선생님입니다.", "90,000원입니다. [1]"),
    ],
)
def test_a_sentence_that_stands_on_no_quote_is_left_out(said: str, kept: str):
    assert grounded({**replies.GROUNDED, "answer": said}).answer == kept


def test_an_answer_without_marks_is_asked_for_again():
    bare = {**replies.GROUNDED, "answer": "It costs 90,000 won a month."}

    reply, engine = ask(replies.question(), bare, replies.GROUNDED)

    assert isinstance(reply.answer, GroundedAnswerAnswer)
    assert reply.answer.answer == replies.GROUNDED["answer"]
    assert (reply.repaired, len(engine.prompts)) == (True, 2)


def test_marks_count_the_citations_that_are_there():
    said = {
        "quotes": [
            {"number": 1, "quote": "This is made up."},
            {"number": 2, "quote": "Classes begin at seven in the evening"},
            {"number": 1, "quote": "Books are free."},
        ],
        "answered": True,
        "answer": "It is cheap [1]. At seven [2], with books [3]. See [9].",
    }

    answer = grounded(said)

    assert answer.answer == "At seven [1], with books [2]."
    assert [each.quote for each in answer.citations] == ["Classes begin at seven in the evening", "Books are free."]


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"passages": replies.PASSAGES, "supported": False}, "no_support"),
        ({"passages": (), "supported": True}, "no_support"),
        ({"passages": (), "supported": False, "empty": True}, "empty_collection"),
    ],
)
def test_nobody_is_paid_to_answer_from_documents_that_say_nothing(found: dict[str, Any], reason: str):
    reply, engine = ask(replies.question(Found(**found)))

    assert isinstance(reply.answer, GroundedAnswerAnswer)
    assert (reply.answer.reason, reply.prompt, reply.tokens) == (reason, None, None)
    assert engine.prompts == []


def test_the_days_question_says_that_another_call_says_another():
    reply, _ = ask(replies.daily(), replies.QUESTION)

    assert isinstance(reply.answer, DailyQuestionAnswer)
    assert (reply.answer.date, reply.answer.category) == ("2026-11-21", "gratitude")
    assert reply.notice is not None
    assert "once a day" in reply.notice


@pytest.mark.parametrize(
    ("asked", "said", "first", "last"),
    [
        (replies.turn(), replies.TURN, "That", replies.TURN["reply"]),
        (replies.sentences(), replies.SENTENCES, "I drink", "I drink coffee every morning.\nThis soup is too salty."),
        (replies.scene(), replies.SCENE, "At", f"At the café\n{replies.SCENE['setting']}\n{replies.SCENE['opening']}"),
        (replies.options(), replies.OPTIONS, "좋아", "\n".join(replies.OPTIONS[risk]["text"] for risk in RISKS)),
        (replies.daily(), replies.QUESTION, "오늘", replies.QUESTION["question"]),
        (replies.question(), replies.GROUNDED, "It", replies.GROUNDED["answer"]),
    ],
)  # fmt: skip
def test_an_answer_is_shown_as_it_is_written(asked: Asked, said: dict[str, Any], first: str, last: str):
    attempt = Attempt()

    ask(asked, said, call=attempt)

    shown = attempt.partial
    assert shown[0].startswith(first[: len(shown[0])])
    assert shown[-1] == last
    assert len(set(shown)) > 3
    for one, next_one in pairwise(shown):
        assert next_one.startswith(one.rstrip())


def test_no_answer_is_shown_before_a_quote_that_it_stands_on():
    attempt = Attempt()
    made_up = {**replies.GROUNDED, "quotes": [{"number": 1, "quote": "It is all made up."}]}

    ask(replies.question(), made_up, call=attempt)

    assert attempt.partial == []
