"""The answers of the kind `reply`, one model per task; `type` is the task's."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.conversation import ConversationId
from schemas.model import Model
from schemas.reply.levels import Level

Offset = Annotated[int, Field(ge=0)]
"""A character (Unicode code point) of a text."""


class Correction(Model):
    """Something in the learner's message that would be said in another way; corrections do not overlap."""

    start: Offset
    """First character of the span in `message`."""
    end: Offset
    """One past its last; equal to `start` where something is missing."""
    original: str
    """What stands there."""
    suggestion: str | None
    """What to put there; empty to leave it out, null where the engine knows no better."""
    rule: str
    """Stable name of the rule, for example `agreement`; a language model's own word for it."""
    note: str
    """Why, for the learner, in the language that was asked for."""


class Praise(Model):
    """Something that the learner did well, and the fact that it is tied to."""

    text: str
    fact: str
    """For example `used_past_tense`, `longer_answer`, `new_word`."""
    evidence: str | None = None
    """The words of the learner's that it is about."""


class Word(Model):
    """A word or phrase worth learning."""

    text: str
    meaning: str | None = None
    """In the language that was asked for; null where the engine has none."""
    example: str | None = None


class ConversationAnswer(Model):
    """The tutor's turn."""

    type: Literal["conversation"] = "conversation"
    conversation: ConversationId
    turn: Annotated[int, Field(ge=1)]
    """The conversation's turns are numbered 1, 2, 3 ... without gaps."""
    reply: str
    """What the tutor says: ends with a question, but for a farewell."""
    message: str
    """What the learner said."""
    corrections: tuple[Correction, ...] = ()
    recast: str | None = None
    """The learner's message as one would say it; null where nothing was found."""
    found: str | None = None
    """What is said of the message's English, for example "I found no mistakes"; never that it is correct. The offline
    engine checks the first 500 characters of a message, and says so here where there are more."""
    praise: Praise | None = None
    vocabulary: tuple[Word, ...] = ()
    level: Level
    topic: str | None
    role: str
    forgotten_turns: Annotated[int, Field(ge=0)] = 0
    """How many of the oldest turns did not fit, and were not taken into account."""


class Sentence(Model):
    """A sentence to practise with."""

    english: str
    korean: str
    hardest_word: str | None = None
    """Its rarest word, from an engine that counts."""
    frequency: float | None = None
    """That word's Zipf frequency: 3 is once in a million words, 6 once in a thousand."""


class PracticeSentencesAnswer(Model):
    """Sentences to practise with."""

    type: Literal["practice_sentences"] = "practice_sentences"
    topic: str
    """What they are about: the nearest topic that the engine has."""
    matched: bool = True
    """False where the engine knows nothing about the topic that was asked for, and took another."""
    level: Level
    sentences: tuple[Sentence, ...]
    """Fewer than were asked for where there are no more."""


class ScenarioAnswer(Model):
    """A scene to be played."""

    type: Literal["scenario"] = "scenario"
    topic: str
    matched: bool = True
    """As above."""
    level: Level
    title: str
    setting: str
    """Where and when, in a sentence or two."""
    learner_role: str
    partner_role: str
    goals: tuple[str, ...]
    """What the learner is to reach."""
    opening: str
    """The partner's first line."""
    phrases: tuple[Sentence, ...]
    """Useful ones."""
    picture: str
    """A description of the scene, in English, from which a picture may be made."""


class ReplyOption(Model):
    """One possible reply."""

    risk: Literal["safe", "balanced", "bold"]
    text: str
    why: str
    """What it does, in the language that was asked for."""


class ReplyOptionsAnswer(Model):
    """Three replies: safe, balanced and bold, in this order."""

    type: Literal["reply_options"] = "reply_options"
    options: tuple[ReplyOption, ReplyOption, ReplyOption]
    intent: str
    """What the partner's last message does, for example `invitation`; `other` where the engine can't tell."""
    matched: bool
    """False where the engine recognised nothing to answer: the options are general ones."""
    partner: str | None
    """Who wrote last, beside the asker; where the chat has no name for them, as the request names the partner."""
    partner_message: str
    """What is answered."""
    messages: Annotated[int, Field(ge=0)]
    """How many messages of the chat were understood."""
    unread_lines: Annotated[int, Field(ge=0)] = 0
    """How many lines were not."""


class Citation(Model):
    """Where the answer stands."""

    document: str
    section: str
    """Headings above it, joined by ` > `; a PDF's page; empty at the beginning of a text without any."""
    start: Offset
    """First character of the quote in the document's text."""
    end: Offset
    quote: str


class GroundedAnswerAnswer(Model):
    """What the documents say."""

    type: Literal["grounded_answer"] = "grounded_answer"
    question: str
    answered: bool
    """False where nothing in the documents supports an answer."""
    answer: str | None
    """Null where there is none; `[1]` refers to the first citation."""
    citations: tuple[Citation, ...]
    reason: Literal["no_support", "empty_collection"] | None = None
    """Why there is no answer."""


class DailyQuestionAnswer(Model):
    """The day's question."""

    type: Literal["daily_question"] = "daily_question"
    date: str
    """ISO 8601."""
    question: str
    category: str


Answer = Annotated[
    ConversationAnswer
    | PracticeSentencesAnswer
    | ScenarioAnswer
    | ReplyOptionsAnswer
    | GroundedAnswerAnswer
    | DailyQuestionAnswer,
    Field(discriminator="type"),
]
