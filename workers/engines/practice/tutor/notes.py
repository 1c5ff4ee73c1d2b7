"""What the tutor remembers of a conversation, from turn to turn and from session to session."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from schemas.model import Model
from workers.engines.practice.tutor.bank import Question

if TYPE_CHECKING:
    from schemas.conversation import History

#: The engine's name, under which its notes lie.
ENGINE = "offline-rules"
_VERSION = 1


class Pending(Model):
    """The question that the learner is to answer now."""

    id: str
    aspect: str
    text: str
    korean: str
    starter: str

    @property
    def question(self) -> Question:
        """The same, as the bank has it."""
        return Question(**self.model_dump())


class Corrected(Model):
    """A correction that was made."""

    original: str
    suggestion: str | None
    note_en: str
    note_ko: str


class Spoken(Model):
    """A thing that the learner spoke of, as it is kept for the next turns."""

    sort: str
    key: str
    tense: Literal["past", "now", "will"]
    words: dict[str, str]
    own: bool = False
    disliked: bool = False
    liked: bool = False
    good: bool = False


class Notes(Model, frozen=False):
    """The notes of one turn, to be changed by it; all survive as JSON in the conversation's history."""

    version: Literal[1] = 1
    topic: str | None = None
    """Name of the topic that is talked about; one of the tutor's own, or any other."""
    requested: str | None = None
    """The topic that the client asked for last: it counts again only when it changes."""
    pending: Pending | None = None
    used: dict[str, int] = Field(default_factory=dict)
    """Follow-up questions, by id: the turn at which each was asked last."""
    told: tuple[str, ...] = ()
    """What the learner has told without being asked, for example `food/breakfast`."""
    thing: str | None = None
    """What is being talked about."""
    depth: int = 0
    """How many questions on it were asked one after the other."""
    followed: int = 0
    """How many questions in a row were about what was just said."""
    stayed: bool = False
    """Whether the last question was one that stays with what was said, whatever that was."""
    thing_told: tuple[str, ...] = ()
    """What the learner has said about it."""
    just_told: tuple[str, ...] = ()
    """The same of the last message alone."""
    things: tuple[str, ...] = ()
    """What the learner spoke of, latest last."""
    spoken_of: tuple[Spoken, ...] = ()
    """The same with all that questions need, the latest few, latest last: what `it` and `she` stand for."""
    crisis: int = 0
    """For how many turns yet the tutor asks who can help."""
    mood: int = 0
    """For how many turns yet a sad message is in the air."""
    glossed: str | None = None
    """The question that was said in Korean last."""
    name: str | None = None
    korean: bool = False
    """Whether the learner has asked for explanations in Korean."""
    stuck: int = 0
    """How many messages in a row were no answer."""
    phrases: tuple[str, ...] = ()
    """What the tutor said around its questions, latest last."""
    praised: dict[str, int] = Field(default_factory=dict)
    """Facts that were praised, and the turn at which."""
    taught: tuple[str, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    """The corrections of the last message that had any."""
    explained: tuple[str, ...] = ()
    """What was said to explain them."""
    mistakes: dict[str, int] = Field(default_factory=dict)
    """How often each rule found something."""
    examples: dict[str, tuple[str, str]] = Field(default_factory=dict)
    """By rule: what was written last, and what was suggested."""
    messages: int = 0
    """How many messages told something in English."""
    longest: int = 0
    """Words of the longest one."""
    spoken: tuple[str, ...] = ()
    """The latest messages, to notice one that comes again."""
    scene_over: bool = False
    """Whether a role has been played to its end."""
    ended: bool = False


def notes_of(history: History | None) -> Notes:
    """Read the notes; those of another version are no longer understood, and begun anew."""
    kept = history.memory.get(ENGINE) if history else None
    if not isinstance(kept, dict) or kept.get("version") != _VERSION:
        return Notes()
    return Notes.model_validate_json(json.dumps(kept))


class Asked:
    """All that the tutor has said, to tell whether a question is a new one."""

    def __init__(self, history: History) -> None:
        self._said = " | ".join(f" {plain(turn.reply)} " for turn in history.turns)

    def has(self, question: str) -> bool:
        """Whether a question was asked, in these words."""
        return f" {plain(question)} " in self._said


def plain(text: str) -> str:
    """Reduce a text to its words, to be compared."""
    return " ".join(re.findall(r"\w+", text.lower()))
