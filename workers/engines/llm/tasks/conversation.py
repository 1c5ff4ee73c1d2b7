"""The tutor's turn in a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from schemas.reply.answers import ConversationAnswer, Praise, Word
from schemas.reply.levels import band_of
from workers.engines.llm.corrections import SaidCorrection, corrected, find, placed
from workers.engines.llm.form import Form, text_of
from workers.engines.llm.prompts import Prompt
from workers.engines.llm.said import Said
from workers.engines.llm.tasks.summary import Background, newest_turns
from workers.engines.llm.texts import tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.conversation import History
    from schemas.job import JsonObject
    from schemas.reply.answers import Correction
    from schemas.reply.tasks import Conversation, Explained
    from workers.engines.llm.options import LanguageModelOptions

_WORDS = 3


class SaidPraise(Said):
    """What was done well."""

    text: str
    fact: str
    evidence: str | None = None


class SaidWord(Said):
    """A word worth learning."""

    text: str = Field(min_length=1)
    meaning: str | None = None
    example: str | None = None


class SaidTurn(Said):
    """What the model answers; the reply first, so that it can be shown while the rest is written."""

    reply: str = Field(min_length=1)
    corrections: tuple[SaidCorrection, ...] = ()
    recast: str | None = None
    praise: SaidPraise | None = None
    vocabulary: tuple[SaidWord, ...] = ()


class ConversationForm(Form[SaidTurn, ConversationAnswer]):
    """Asks for it."""

    prompt: ClassVar = Prompt("conversation-1")
    said = SaidTurn

    def __init__(  # noqa: PLR0913 - all that a turn rests on
        self,
        task: Conversation,
        history: History,
        past: Background,
        turn: int,
        options: LanguageModelOptions,
        *,
        picture: str | None = None,
    ) -> None:
        super().__init__(options)
        self._task = task
        self._history = history
        self._past = past
        self._turn = turn
        self._picture = picture
        self._forgotten = 0
        """How many turns the last prompt had no room for."""

    def system(self) -> Mapping[str, object]:
        """Return level and language."""
        return {
            "level": self._history.level,
            "band": band_of(self._history.level),
            "explain_in": self._task.explain_in,
        }

    def user(self, budget: int) -> Mapping[str, object]:
        """Return the message, and as many of the last turns as fit."""
        turns = newest_turns(self._past.turns, self.room(budget))
        self._forgotten = len(self._past.turns) - len(turns)
        return {
            "role": self._history.role,
            "topic": self._about,
            "summary": self._past.summary,
            "turns": turns,
            "message": self._task.message,
        }

    def room(self, budget: int) -> int:
        """Return how many tokens of the budget are there for turns."""
        beside = (self._task.message, self._history.role, self._past.summary, self._about)
        return budget - tokens_of("".join(filter(None, beside)))

    def shown(self, said: JsonObject) -> str:
        """Return the reply."""
        return text_of(said, "reply")

    def answer(self, said: SaidTurn) -> ConversationAnswer:
        """Return it with the corrections in their places."""
        message = self._task.message
        corrections = placed(said.corrections, message)
        return ConversationAnswer(
            conversation=self._history.id,
            turn=self._turn,
            reply=said.reply,
            message=message,
            corrections=corrections,
            recast=_recast(said, message, corrections),
            found=_found(message, len(corrections), self._task.explain_in),
            praise=_praise(said.praise, message),
            vocabulary=tuple(
                Word(text=word.text, meaning=word.meaning, example=word.example) for word in said.vocabulary[:_WORDS]
            ),
            level=self._history.level,
            topic=self._topic,
            role=self._history.role,
            forgotten_turns=self._forgotten,
        )

    @property
    def _topic(self) -> str | None:
        return self._history.topic

    @property
    def _about(self) -> str | None:
        """The topic, and what both look at."""
        seen = self._picture and f"a picture that the learner and you look at; it shows: {self._picture}"
        return "; ".join(filter(None, (self._topic, seen))) or None


def _recast(said: SaidTurn, message: str, corrections: tuple[Correction, ...]) -> str | None:
    return (said.recast or corrected(message, corrections)) if corrections else None


def _found(message: str, corrections: int, language: Explained) -> str | None:
    """Say how many mistakes were found; that there are none nobody knows."""
    if not message.strip():
        return None
    if language == "ko":
        return f"다르게 말하면 좋을 곳을 {corrections}군데 찾았어요." if corrections else "틀린 곳을 찾지 못했어요."
    if not corrections:
        return "I found no mistakes."
    return f"I found {corrections} thing{'s' if corrections > 1 else ''} that one would say in another way."


def _praise(said: SaidPraise | None, message: str) -> Praise | None:
    """Return the praise, where the words that it is for are the learner's."""
    span = find(said.evidence or "", message) if said else None
    if said is None or span is None:
        return None
    return Praise(text=said.text, fact=said.fact, evidence=message[span.start : span.end])
