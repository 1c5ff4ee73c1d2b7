"""Conversations with the offline tutor, turn by turn, as the pipeline would keep them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from schemas.conversation import History, Turn
from schemas.reply.tasks import Conversation
from tests.integration.calling import Attempt
from workers.engines.ports import Asked
from workers.engines.practice.engine import PracticeEngine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from schemas.reply.answers import ConversationAnswer

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True)
class Finding:
    """What a made-up checker finds."""

    start: int
    end: int
    original: str
    suggestion: str | None
    rule: str = "agreement"
    note_en: str = "The verb goes with its subject."
    note_ko: str = "동사는 주어에 맞춰요."


class MadeUpChecker:
    """Knows a few mistakes and nothing else, so that tests do not hang on the real one's rules."""

    def __init__(self, mistakes: dict[str, str | None] | None = None) -> None:
        self._mistakes = mistakes or {}

    def check(self, text: str) -> Sequence[Finding]:
        return [
            Finding(place, place + len(wrong), wrong, better)
            for wrong, better in self._mistakes.items()
            if (place := text.find(wrong)) >= 0
        ]


@dataclass
class Learner:
    """One learner's side of a conversation; each message is answered, and the turn kept as JSON."""

    engine: PracticeEngine = field(default_factory=lambda: PracticeEngine(MadeUpChecker()))
    level: str = "low"
    topic: str | None = None
    role: str = "a friendly tutor"
    explain_in: str = "en"
    history: History = field(
        default_factory=lambda: History(id="c", created_at=NOW, level="low", role="a friendly tutor", topic=None)
    )
    answers: list[ConversationAnswer] = field(default_factory=list)

    def say(self, message: str) -> ConversationAnswer:
        """Say something, and return the tutor's answer."""
        settings: dict[str, Any] = {"level": self.level, "role": self.role, "explain_in": self.explain_in}
        # Longer messages than the API lets through are answered as well.
        task = Conversation.model_construct(
            type="conversation", message=message, conversation="c", turn=None, topic=self.topic, **settings
        )
        number = len(self.history.turns) + 1
        reply = self.engine.answer(Asked(task=task, history=task.continued(self.history), turn=number), Attempt())
        answer: Any = reply.answer
        turn = Turn(number=number, job_id="j", at=NOW, message=message, reply=answer.reply, recast=answer.recast)
        notes = json.loads(json.dumps({self.engine.name: reply.memory}))
        self.history = self.history.model_copy(
            update={"turns": (*self.history.turns, turn), "memory": notes, "topic": answer.topic}
        )
        self.answers.append(answer)
        return self.answers[-1]

    def says(self, messages: Iterable[str]) -> list[ConversationAnswer]:
        """Say several things one after the other."""
        return [self.say(message) for message in messages]

    @property
    def replies(self) -> list[str]:
        """All that the tutor said."""
        return [answer.reply for answer in self.answers]


def questions_of(reply: str) -> list[str]:
    """Return the sentences of a reply that ask, as plain words; what is quoted belongs to its sentence."""
    flat = re.sub(r"“[^”]*[.!?]”(?=\s)", ".", reply)
    flat = re.sub(r"“([^”]*)”", lambda match: re.sub(r"[^\w\s]", " ", match[1]), flat)
    found = [" ".join(re.findall(r"\w+", match)) for match in re.findall(r"[^.!?]+\?", flat)]
    return [question.lower() for question in found if question]
