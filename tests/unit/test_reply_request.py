"""What is asked of the kind `reply` is refused at the door where no worker could do it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.conversation import MAX_TURNS
from schemas.kinds.document import DocumentRequest
from schemas.kinds.reply import ReplyRequest

TALK: dict[str, Any] = {"type": "conversation", "message": "안녕하세요", "conversation": "one"}
DAILY: dict[str, Any] = {"type": "daily_question", "date": "2026-11-21"}


def refused(task: dict[str, Any]) -> list[tuple[Any, ...]]:
    with pytest.raises(ValidationError) as error:
        ReplyRequest.model_validate({"task": task})
    return [fault["loc"][2:] for fault in error.value.errors()]


@pytest.mark.parametrize("turn", [0, MAX_TURNS + 1, 2**70, "2", True])
def test_a_turn_that_can_not_be_is_refused(turn: Any):
    assert refused({**TALK, "turn": turn}) == [("turn",)]


def test_a_later_turn_needs_the_conversations_name():
    assert refused({**TALK, "conversation": None, "turn": 2}) == [()]
    ReplyRequest.model_validate({"task": {**TALK, "conversation": None, "turn": 1}})


@pytest.mark.parametrize("text", ["", " ", "\x00\n", "a\x1b[2Jb", "two\nlines", "x" * 101])
def test_a_role_and_a_topic_are_a_line_of_text(text: str):
    assert refused({**TALK, "role": text}) == [("role",)]
    assert refused({**TALK, "topic": text}) == [("topic",)]


def test_white_space_around_a_line_is_left_out():
    request = ReplyRequest.model_validate({"task": {**TALK, "role": "  의사 "}})

    assert request.task.model_dump()["role"] == "의사"


@pytest.mark.parametrize("day", [0, 1.5, "yesterday", "2026-13-01", None])
def test_a_day_is_written_as_a_date(day: Any):
    assert refused({**DAILY, "date": day}) == [("date",)]


def test_a_documents_name_is_a_line():
    ref = f"document:{'0' * 32}"
    with pytest.raises(ValidationError):
        DocumentRequest(document=ref, collection="course", name="a\nb")
