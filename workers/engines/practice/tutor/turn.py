"""One turn of the tutor's: what it hears, what it says to that, and what it asks next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.reply.answers import ConversationAnswer
from schemas.reply.levels import band_of
from workers.engines.practice.tutor.feedback import feedback_on
from workers.engines.practice.tutor.moves import heard
from workers.engines.practice.tutor.notes import Asked, notes_of
from workers.engines.practice.tutor.responses import respond
from workers.engines.practice.tutor.scene import Scene
from workers.engines.practice.tutor.script import ENGLISH_WORD
from workers.engines.practice.tutor.speaking import Speech

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.conversation import History
    from schemas.reply.tasks import Conversation
    from workers.engines.practice.tutor.feedback import GrammarChecker


def answer_turn(
    task: Conversation, history: History, turn: int, checker: GrammarChecker
) -> tuple[ConversationAnswer, Mapping[str, object]]:
    """Answer a learner's message.

    Returns:
        The answer, and the notes for the next turn, JSON.
    """
    scene = _scene(task, history, turn, checker)
    question = respond(scene)
    reply = [*scene.speech.parts, *([question.text] if question else [])]
    return _answer(scene, " ".join(reply)), scene.notes.model_dump(mode="json")


def _scene(task: Conversation, history: History, turn: int, checker: GrammarChecker) -> Scene:
    notes, asked, message = notes_of(history), Asked(history), heard(task.message)
    english = message.script == "english" and bool(ENGLISH_WORD.search(message.text))
    return Scene(
        task=task,
        history=history,
        turn=turn,
        band=band_of(history.level),
        checker=checker,
        notes=notes,
        asked=asked,
        heard=message,
        speech=Speech(notes),
        feedback=feedback_on(task.message, checker) if english else None,
    )


def _answer(scene: Scene, reply: str) -> ConversationAnswer:
    task, feedback = scene.task, scene.feedback
    whole = feedback is None or feedback.checked == len(task.message)
    return ConversationAnswer(
        conversation=scene.history.id,
        turn=scene.turn,
        reply=reply,
        message=task.message,
        corrections=feedback.corrections(scene.explain_in) if feedback else (),
        recast=feedback.recast if feedback else None,
        found=feedback.found(scene.explain_in, whole=whole) if feedback else None,
        praise=scene.praise,
        vocabulary=tuple(scene.vocabulary),
        level=scene.history.level,
        topic=scene.notes.topic,
        role=scene.history.role,
    )
