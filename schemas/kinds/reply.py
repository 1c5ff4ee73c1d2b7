"""AI replies: a tutor's turn in a conversation, sentences, scenes, replies to a chat, answers from documents."""

from typing import Annotated

from pydantic import Field

from schemas.files import FileField
from schemas.kind import Kind, Request, Result
from schemas.model import Model
from schemas.reply.answers import Answer
from schemas.reply.tasks import Conversation, Task


class ReplyRequest(Request):
    """What is wanted."""

    task: Task


class Tokens(Model):
    """What a language model read and wrote."""

    input: Annotated[int, Field(ge=0)]
    output: Annotated[int, Field(ge=0)]


class ReplyResult(Result):
    """The answer to the task."""

    answer: Answer
    prompt: str | None = None
    """Name and version of the prompt, for example `conversation-1`; null where no language model was asked."""
    notice: str | None = None
    """What to know about the engine, for example that it is rule-based and may miss mistakes."""
    truncated: bool = False
    """Whether the model stopped at its limit of tokens."""
    repaired: bool = False
    """Whether the model's first answer was not of the form that was asked for."""
    tokens: Tokens | None = None
    """Null from an engine that has none, or does not say."""


KIND = Kind(
    name="reply",
    summary="Answer a learner, a chat or a question",
    request=ReplyRequest,
    result=ReplyResult,
    example=ReplyRequest(
        task=Conversation(
            type="conversation", message="Yesterday I go to the market with my friend.", topic="food", level="low"
        )
    ),
    timeout_s=120,
    max_attempts=3,
    retention_days=7,
    # Longest chat, escaped: a character takes up to 12 bytes.
    request_max_bytes=262_144,
    # A chat of years; its newest part is read.
    files={"task.export": FileField(media="document", max_bytes=20_000_000)},
    roles=("retrieval",),
)
