"""Extractive answers: the documents' own sentences, cited to the character."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reply.tasks import DailyQuestion, GroundedAnswer
from tests.retrieval import document
from workers.engines.ports import Asked, Document, Found
from workers.engines.practice.grounded import grounded

if TYPE_CHECKING:
    from schemas.reply.answers import GroundedAnswerAnswer

COURSE = document(
    "guide.md",
    "The fee is 240,000 won and includes the book. Whoever withdraws early gets all of it back.",
    "The test takes ten minutes. It may be repeated once. Bring a pen.",
    "You need:\n- a notebook\n- headphones\n\nHow do I park? Use the car park at the gate.",
    "문의는 평일 오전 9시부터 오후 6시까지입니다. 주차는 지하 2층에서 두 시간 동안 무료입니다.",
)


def answer_to(question: str, source: Document = COURSE, found: Found | None = None) -> GroundedAnswerAnswer:
    task = GroundedAnswer(type="grounded_answer", question=question, collection="course")
    return grounded(Asked(task=task, found=found or Found(passages=source.passages, supported=True)))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much is the fee?", "The fee is 240,000 won and includes the book. [1]"),
        ("주차는 무료인가요?", "주차는 지하 2층에서 두 시간 동안 무료입니다. [1]"),
    ],
)
def test_the_best_sentence_answers(question: str, answer: str):
    assert answer_to(question).answer == answer


def test_a_sentence_that_leans_on_the_one_before_is_told_with_it():
    assert answer_to("May it be repeated?").answer == "The test takes ten minutes. It may be repeated once. [1]"


def test_a_list_is_told_with_what_introduces_it():
    answer = answer_to("What do you need?")
    assert answer.answer == "You need: - a notebook - headphones. [1]"
    assert answer.citations[0].quote == "You need:\n- a notebook\n- headphones"


def test_a_question_in_the_text_is_answered_by_what_follows_it():
    assert answer_to("How do I park?").answer == "Use the car park at the gate. [1]"


def test_no_support_is_no_answer():
    answer = answer_to("Who painted the Mona Lisa?", found=Found(passages=COURSE.passages, supported=False))
    assert (answer.answered, answer.answer, answer.citations, answer.reason) == (False, None, (), "no_support")


def test_an_empty_collection_is_no_answer():
    assert answer_to("What?", found=Found(passages=(), supported=False, empty=True)).reason == "empty_collection"


def test_another_task_is_a_mistake():
    with pytest.raises(TypeError):
        grounded(Asked(task=DailyQuestion(type="daily_question", date="2026-11-21"), found=None))


TEXT = st.text(alphabet="ab가 나.?!:\n-1It", min_size=1, max_size=120).filter(str.strip)


@given(st.text(min_size=1, max_size=60).filter(str.strip), st.lists(TEXT.map(str.strip), min_size=1, max_size=6))
def test_citations_are_exact_and_short_and_the_answer_refers_to_each_once(question: str, texts: list[str]):
    source = document("a", *texts, section="One")
    answer = answer_to(question, source)
    assert answer.answered
    assert answer.answer
    for citation in answer.citations:
        assert source.text[citation.start : citation.end] == citation.quote
        assert citation.quote == citation.quote.strip() != ""
        assert (citation.document, citation.section) == ("a", "One")
    assert [int(number) for number in re.findall(r"\[(\d+)\]", answer.answer)] == [
        number for number, _ in enumerate(answer.citations, 1)
    ]
    assert answer == answer_to(question, source)
