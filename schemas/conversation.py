"""Conversations: kept per owner, turn by turn, and given back as context.

The head is an item of the table and the only truth about how many turns there are; the turns are an object in the
bucket, written anew with each: `users/{owner}/conversations/{id}/{turn}-{attempt}.json`.
"""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from schemas.files import user_folder
from schemas.model import Model
from schemas.paging import Place, place
from schemas.reply.levels import Level

ConversationId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""Given by the client, or the id of the job that began it."""

#: A conversation that has this many turns takes no more.
MAX_TURNS = 500

#: How long a deleted one is remembered, so that a job that was under way does not bring it back; and how long one is
#: kept whose first turn has never ended.
FORGOTTEN_AFTER = timedelta(days=30)

CONVERSATIONS_FOLDER = "conversations"
_TURN_DIGITS = 5


class Turn(Model):
    """What the learner said, and what the tutor answered."""

    number: Annotated[int, Field(ge=1)]
    job_id: str
    at: AwareDatetime
    message: str
    """Empty where the tutor began."""
    reply: str
    recast: str | None = None
    """The message as one would say it, where it was corrected."""


class History(Model):
    """All that was said before; never changed: the next turn has an object of its own."""

    id: ConversationId
    created_at: AwareDatetime
    level: Level
    role: str
    topic: str | None
    turns: tuple[Turn, ...] = ()
    summary: str | None = None
    """What was said in turns that are too old to be given to a model word by word."""
    summarised_turns: Annotated[int, Field(ge=0)] = 0
    """How many of the oldest turns the summary stands for."""
    memory: dict[str, Any] = Field(default_factory=dict)
    """The engine's own notes, by engine name: nobody else reads them."""


class ConversationHead(Model):
    """A conversation's item in the table; level, role and topic are those of its latest turn."""

    id: ConversationId
    owner: str
    turns: Annotated[int, Field(ge=0)] = 0
    key: str | None = None
    """Where the history lies; none before the first turn has ended."""
    pending: str | None = None
    """The job and epoch that answers the next turn, as `Job.run` names it; no other may, while that job is open."""
    level: Level = "mid"
    role: str = "a friendly tutor"
    topic: str | None = None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    """When it began, its latest turn ended or it was deleted."""
    deleted: bool = False

    @property
    def place(self) -> Place:
        """Where it stands in its owner's list."""
        return place(self.updated_at, self.id)

    @property
    def holder(self) -> tuple[str, int] | None:
        """Id and epoch of the job that answers the next turn."""
        if self.pending is None:
            return None
        job_id, _, epoch = self.pending.rpartition("-")
        return job_id, int(epoch)

    def history(self) -> History:
        """Return the history before the first turn."""
        return History(id=self.id, created_at=self.created_at, level=self.level, role=self.role, topic=self.topic)


def conversation_folder(owner: str, conversation_id: str) -> str:
    """Return the prefix of all that a conversation has in the bucket."""
    return f"{user_folder(owner)}{CONVERSATIONS_FOLDER}/{conversation_id}/"


def history_key(owner: str, conversation_id: str, turn: int, attempt: str) -> str:
    """Return the key of the history up to a turn, as one attempt of its job has written it."""
    return f"{conversation_folder(owner, conversation_id)}{turn:0{_TURN_DIGITS}}-{attempt}.json"


def turn_of_key(key: str) -> int:
    """Return the turn up to which the history under this key goes."""
    return int(key.rpartition("/")[2][:_TURN_DIGITS])
