"""The engines of text: replies, retrieval, analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from workers.engines.ports.call import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemas.conversation import History
    from schemas.kinds.analysis import AnalysisRequest, AnalysisResult, Emotions, Entity, LanguageShare, Sentiment, Span
    from schemas.kinds.reply import Tokens
    from schemas.reply.answers import Answer
    from schemas.reply.tasks import Task
    from schemas.usage import Usage
    from workers.engines.ports.call import Folder


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A stretch of a document that stands for itself."""

    document: str
    """The document's name."""
    section: str
    """Headings above it, joined by ` > `; a PDF's page; empty where there is none."""
    start: int
    """First character in the document's text."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document as it was read and cut."""

    name: str
    text: str
    """All of it; passages' places refer to this."""
    passages: tuple[Passage, ...]


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A sentence of a passage that was found."""

    passage: int
    """The passage's place among those that were found, from 0."""
    start: int
    """First character in the passage's text."""
    end: int
    similarity: float
    """To the question, by meaning: a cosine."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a collection has about a question."""

    passages: tuple[Passage, ...]
    """Best first."""
    supported: bool
    """Whether the best of them are about the question at all."""
    empty: bool = False
    """Whether there is nothing in the collection."""
    sentences: tuple[Quote, ...] = ()
    """Sentences of the best passages, where the engine can tell their likeness to the question at no price."""


class RetrievalCall(Call, Protocol):
    """The attempt that documents are indexed or searched for; `workers.work.Work` is one."""

    def record_usage(self, usage: Usage) -> None:
        """Say what embedding has taken; it is added to what the attempt takes otherwise."""


class RetrievalEngine(Protocol):
    """Indexes documents and finds passages.

    What stands in the folder is the truth: whatever a vendor's index returns beside it is ignored.
    """

    @property
    def name(self) -> str:
        """The engine's name, as results have it."""

    @property
    def embeddings(self) -> str | None:
        """Which model makes its vectors; None where it goes by words alone."""

    @property
    def model(self) -> str:
        """Its version."""

    def add(self, document: Document, folder: Folder, call: RetrievalCall) -> None:
        """Index a document; one of the same name is replaced. Doing it twice is doing it once."""

    def search(self, question: str, folder: Folder, *, limit: int, call: RetrievalCall) -> Found:
        """Find the passages that are most likely to answer the question."""

    def close(self) -> None:
        """Let go of connections."""


@dataclass(frozen=True, kw_only=True)
class ChatMessage:
    """A message of a chat."""

    name: str | None
    """Who wrote it; None where the chat does not say."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat as it was understood."""

    messages: tuple[ChatMessage, ...]
    """Oldest first."""
    me: str | None
    """The asker's name in it."""
    unread_lines: int = 0


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A task, and what is known beside it."""

    task: Task
    history: History | None = None
    """Of a conversation: what was said before; level, role and topic are those of this turn."""
    turn: int = 1
    """Of a conversation: the number of the turn to be answered."""
    found: Found | None = None
    """Of a question to documents: what they have about it."""
    chat: Chat | None = None
    """Of reply options: the chat."""
    analysis: AnalysisResult | None = None
    """Of reply options: an analysis of the chat."""
    picture: str | None = None
    """Of a conversation: what the picture shows that both look at."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An engine's answer to a task."""

    answer: Answer
    model: str
    """The engine's model or version."""
    notice: str | None = None
    prompt: str | None = None
    truncated: bool = False
    repaired: bool = False
    tokens: Tokens | None = None
    cost_microusd: int = 0
    memory: Mapping[str, object] | None = None
    """Of a conversation: the engine's notes for the next turn, JSON; None leaves them as they are."""
    summary: str | None = None
    """Of a conversation: what the summarised turns were about; None leaves it as it is."""
    summarised_turns: int = 0
    """How many of the oldest turns the summary stands for, all in all."""


class ReplyEngine(Protocol):
    """Answers learners, chats and questions."""

    @property
    def name(self) -> str:
        """The engine's name, as results have it."""

    def answer(self, asked: Asked, call: Call) -> Reply:
        """Do the task.

        Raises:
            PermanentError: the engine refuses the request, or can't answer it in the form that is asked for.
            TransientError: it failed or took too long.
        """

    def close(self) -> None:
        """Let go of processes and connections."""


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What an engine found in a text; None is not asked for, or can't be had."""

    language: str | None
    sentiment: Sentiment | None = None
    emotions: Emotions | None = None
    entities: tuple[Entity, ...] | None = None
    key_phrases: tuple[Span, ...] | None = None
    languages: tuple[LanguageShare, ...] | None = None
    notice: str | None = None
    model: str
    billed_units: int = 0
    cost_microusd: int = 0


class AnalysisEngine(Protocol):
    """Finds sentiment, emotion, names and phrases in texts."""

    @property
    def name(self) -> str:
        """The engine's name, as results have it."""

    def analyse(self, request: AnalysisRequest, call: Call) -> Analysis:
        """Analyse the request's text.

        Raises:
            PermanentError: the text or its language can't be analysed.
            TransientError: the engine failed or took too long.
        """

    def close(self) -> None:
        """Let go of connections."""
