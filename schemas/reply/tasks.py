"""What may be asked of the kind `reply`; `type` says which task it is."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from schemas.collections import CollectionName
from schemas.conversation import MAX_TURNS, ConversationId, History
from schemas.files import DocumentRef
from schemas.model import Line, Model
from schemas.reply.levels import Level

MAX_MESSAGE = 4_000
MAX_CHAT = 20_000
MAX_QUESTION = 1_000

Topic = Annotated[Line, Field(max_length=100)]
Explained = Literal["en", "ko"]
"""In which language things are explained to the learner."""


def _written(value: object) -> object:
    """Refuse a number, which pydantic would take for seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("should be a date such as 2026-11-21")  # noqa: TRY004 - what pydantic makes a 422 of
    return value


class Conversation(Model):
    """A learner's turn in a conversation, to be answered by the tutor; the first one may be empty: the tutor begins."""

    type: Literal["conversation"]
    message: Annotated[str, Field(max_length=MAX_MESSAGE)] = ""
    """What the learner says; empty has the tutor open the conversation, or take up an old one again."""
    conversation: ConversationId | None = None
    """Which conversation; one that is not there is begun under this name. The job's id where none is given."""
    turn: Annotated[int, Field(ge=1, le=MAX_TURNS, strict=True)] | None = None
    """Which turn of the conversation this is: it waits for those before it, and is refused where it has been. The next
    one where none is given; later ones than the first need the conversation's name."""
    level: Level | None = None
    """The learner's; the conversation's own where none is given, `mid` in a new one."""
    role: Topic | None = None
    """Who answers; the conversation's own where none is given, `a friendly tutor` in a new one."""
    topic: Topic | None = None
    """What it is about; the conversation's own where none is given."""
    image: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")] | None = None
    """Id of a picture of the learner's own, drawn or uploaded, which both talk about: its description is told to the
    engine. To be given with each turn that is about it."""
    explain_in: Explained = "en"

    @model_validator(mode="after")
    def _names_what_it_goes_on_with(self) -> Self:
        if self.turn is not None and self.turn > 1 and self.conversation is None:
            raise ValueError("a later turn than the first needs the conversation's name")
        return self

    def continued(self, history: History) -> History:
        """Return what was said before, with level, role and topic as they are from this turn on."""
        given = {"level": self.level, "role": self.role, "topic": self.topic}
        return history.model_copy(update={name: value for name, value in given.items() if value is not None})


class PracticeSentences(Model):
    """Sentences to practise with."""

    type: Literal["practice_sentences"]
    topic: Topic
    level: Level = "mid"
    count: Annotated[int, Field(ge=1, le=20, strict=True)] = 5
    avoid: Annotated[tuple[Annotated[str, Field(max_length=300)], ...], Field(max_length=100)] = ()
    """Sentences that the learner has had."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)] = 0
    """Another seed, other sentences, from an engine that takes one."""


class Scenario(Model):
    """A scene of daily life to be played in English."""

    type: Literal["scenario"]
    topic: Topic
    level: Level = "mid"
    interests: Annotated[tuple[Topic, ...], Field(max_length=10)] = ()
    explain_in: Explained = "en"
    seed: Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)] = 0


class Partner(Model):
    """What is known about the person that a reply goes to."""

    name: Annotated[str, Field(max_length=100)] | None = None
    relationship: Annotated[str, Field(max_length=200)] | None = None
    """For example `friend`, `연인`, `직장 상사`."""
    traits: Annotated[tuple[Topic, ...], Field(max_length=20)] = ()
    likes: Annotated[tuple[Topic, ...], Field(max_length=20)] = ()
    dislikes: Annotated[tuple[Topic, ...], Field(max_length=20)] = ()
    formal: Annotated[bool, Field(strict=True)] | None = None
    """Whether to speak formally (존댓말); null has it follow the chat."""


class ReplyOptions(Model):
    """A chat, for which three replies of different risk are wanted; give `chat` or `export`."""

    type: Literal["reply_options"]
    chat: Annotated[str, Field(min_length=1, max_length=MAX_CHAT)] | None = None
    """`name: text` a line, or a KakaoTalk text export (Korean or English); a text without names is the partner's."""
    export: DocumentRef | None = None
    """An uploaded text file of the same forms."""
    me: Annotated[str, Field(max_length=100)] | None = None
    """The asker's own name in the chat; who did not write last where none is given."""
    partner: Partner = Partner()
    analysis: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")] | None = None
    """Id of an `analysis` job of the asker's, whose result is taken into account."""
    goal: Annotated[str, Field(max_length=300)] | None = None
    """What the asker wants of the reply."""
    language: Literal["ko", "en"] = "ko"

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if (self.chat is None) == (self.export is None):
            raise ValueError("give either chat or export")
        return self


class GroundedAnswer(Model):
    """A question to a collection of documents; answered from what they say, or not at all."""

    type: Literal["grounded_answer"]
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION)]
    collection: CollectionName
    language: Literal["en", "ko"] | None = None
    """The answer's; the question's where none is given. An extractive engine answers in the documents' own."""
    passages: Annotated[int, Field(ge=1, le=20, strict=True)] = 6
    """How many passages of the documents are looked at, at most."""


class DailyQuestion(Model):
    """One question a day, for a couple or a learner; the same all day long."""

    type: Literal["daily_question"]
    date: Annotated[date, BeforeValidator(_written)]
    """The day as it is where the askers are, ISO 8601."""
    audience: Literal["couple", "learner"] = "couple"
    language: Literal["ko", "en"] = "ko"
    level: Level = "mid"
    """A learner's."""
    avoid: Annotated[tuple[Annotated[str, Field(max_length=300)], ...], Field(max_length=400)] = ()
    """Questions that they have had."""


Task = Annotated[
    Conversation | PracticeSentences | Scenario | ReplyOptions | GroundedAnswer | DailyQuestion,
    Field(discriminator="type"),
]
