"""The engine `rules`: every task has its answer, and each says who gave it."""

from __future__ import annotations

import pytest

from schemas.kinds.reply import ReplyResult
from tests import replies
from tests.integration.calling import Attempt
from tests.tutoring import MadeUpChecker
from workers.engines import engine_class, load_engine
from workers.engines.ports import Asked
from workers.engines.practice.engine import PracticeEngine

TASKS = {
    "conversation": replies.turn(),
    "practice_sentences": replies.sentences(),
    "scenario": replies.scene(),
    "reply_options": replies.options(),
    "grounded_answer": replies.question(),
    "daily_question": replies.daily(),
}


@pytest.fixture
def engine():
    return PracticeEngine(MadeUpChecker())


@pytest.mark.parametrize("asked", TASKS.values(), ids=TASKS)
def test_every_task_has_its_answer_with_a_notice_of_rules(engine: PracticeEngine, asked: Asked):
    reply = engine.answer(asked, Attempt())

    assert reply.answer.type == asked.task.type
    assert reply.notice is not None
    assert "rule-based" in reply.notice
    assert "may miss mistakes" in reply.notice
    ReplyResult(engine=engine.name, model=reply.model, answer=reply.answer, notice=reply.notice)


@pytest.mark.parametrize("asked", TASKS.values(), ids=TASKS)
def test_the_same_task_has_the_same_answer(engine: PracticeEngine, asked: Asked):
    assert engine.answer(asked, Attempt()) == engine.answer(asked, Attempt())


def test_only_a_conversation_has_notes(engine: PracticeEngine):
    kept = {name: engine.answer(asked, Attempt()).memory is not None for name, asked in TASKS.items()}

    assert [name for name, notes in kept.items() if notes] == ["conversation"]


def test_a_conversation_without_its_history_is_a_mistake_of_ours(engine: PracticeEngine):
    with pytest.raises(ValueError, match="history"):
        engine.answer(Asked(task=replies.turn().task), Attempt())


def test_the_settings_know_the_engine_as_rules_and_results_as_offline_rules():
    assert engine_class("reply", "rules") is PracticeEngine
    assert load_engine("reply", "rules").name == "offline-rules"
