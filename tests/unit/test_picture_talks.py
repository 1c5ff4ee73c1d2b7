"""Conversations about a picture of the learner's own."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.errors import PermanentError
from schemas.reply.tasks import Conversation
from tests import replies
from tests.scripted_model import ScriptedEngine
from tests.unit.test_reply_handler import JOB, Talk, Work, handled
from workers.engines.ports import Asked
from workers.engines.practice.engine import PracticeEngine
from workers.handlers import reply as handling

SEEN = "A black cat is sleeping under the table."
FILE = {"key": "k", "mime": "image/webp", "bytes": 1, "sha256": "0" * 64, "width": 1, "height": 1}
OF_ITS_KIND: dict[str, dict[str, Any]] = {"image": {"seed": None}, "picture": {"format": "png", "frames": 1}}


def shown(kind: str, **about: Any) -> dict[tuple[str, str], Any]:
    """The results of the owner's jobs: one has made a picture."""
    result: dict[str, Any] = {
        "engine": "e",
        "model": "m",
        "description": SEEN,
        **dict.fromkeys(("original", "processed", "thumbnail"), FILE),
        "category": "daily",
        "level": "low",
        "keywords": ["cat", "탁자"],
        **OF_ITS_KIND[kind],
    }
    return {(JOB, kind): result | about}


class Listening(Work):
    """An attempt that remembers which turn was taken."""

    held: Conversation | None = None

    def conversation(self, task: Conversation) -> Talk:
        self.held = task
        return super().conversation(task)


def told(engine: ScriptedEngine) -> str:
    """What the model was told to talk about."""
    text = engine.prompts[0].turns[0].text
    return text.partition("<topic>")[2].partition("</topic>")[0]


def talked(results: dict[tuple[str, str], Any], **task: Any) -> tuple[Listening, ScriptedEngine]:
    engine = ScriptedEngine(replies.TURN)
    work = Listening(engine=engine, results=results)
    handled(work, type="conversation", message=replies.MESSAGE, image=JOB, **task)
    return work, engine


@pytest.mark.parametrize("kind", ["image", "picture"])
def test_a_language_model_is_told_what_the_picture_shows(kind: str):
    _, engine = talked(shown(kind))
    assert told(engine).endswith(f"a picture that the learner and you look at; it shows: {SEEN}")


def test_without_a_topic_the_first_keyword_is_the_conversations():
    work, _ = talked(shown("image"))
    assert work.held is not None
    assert work.held.topic == "the cat in the picture"


def test_the_turns_own_topic_stays():
    work, _ = talked(shown("image"), topic="weather")
    assert work.held is not None
    assert work.held.topic == "weather"


def test_a_picture_without_a_description_is_told_by_its_keywords():
    _, engine = talked(shown("picture", description=""))
    assert told(engine).endswith("it shows: cat, 탁자")


def test_one_without_any_words_is_the_topic_and_no_more():
    work, engine = talked(shown("picture", description="", keywords=[]))
    assert work.held is not None
    assert work.held.topic == "the picture"
    assert "shows" not in told(engine)


def test_the_answer_names_the_topic_and_not_the_description():
    engine = ScriptedEngine(replies.TURN)
    work = Work(engine=engine, results=shown("image"))
    answer = handled(work, type="conversation", message=replies.MESSAGE, image=JOB).answer
    assert answer.type == "conversation"
    assert SEEN not in (answer.topic or "")


def test_one_that_is_not_the_learners_is_unknown_and_takes_no_turn():
    engine = ScriptedEngine()
    work = Listening(engine=engine)
    with pytest.raises(PermanentError, match="unknown_image"):
        handled(work, type="conversation", message="I see a cat.", image=JOB)
    assert work.held is None
    assert not engine.prompts


def test_the_offline_tutor_begins_with_what_is_to_be_seen():
    task = Conversation(type="conversation", image=JOB, level="low")
    work = Listening(results=shown("image"))
    seen, _ = handling._seen(task, work)  # type: ignore[arg-type]  # noqa: SLF001 - what the tutor is given
    engine = PracticeEngine()
    try:
        history = replies.history().model_copy(update={"topic": None})
        answer = engine.answer(Asked(task=seen, history=history), work).answer
    finally:
        engine.close()
    assert answer.type == "conversation"
    assert "Let us talk about the cat in the picture." in answer.reply
