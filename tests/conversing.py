"""Conversations over the in-memory twins: learners say something, jobs answer it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from schemas.conversation import ConversationHead, History
from schemas.job import Payload
from schemas.kinds.reply import KIND, ReplyRequest, ReplyResult
from schemas.reply.answers import ConversationAnswer
from schemas.reply.tasks import Conversation
from tests.workers import Bench

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.job import Job
    from tests.conftest import ManualClock
    from workers.work import Dialogue, OwnerWork

OWNER = "mina"


def answer(request: ReplyRequest, work: OwnerWork[Any]) -> ReplyResult:
    """A handler that needs no engine: it says what it has heard, and how often."""
    assert isinstance(request.task, Conversation)
    dialogue = work.conversation(request.task)
    return written(dialogue, request.task)


def written(dialogue: Dialogue, task: Conversation) -> ReplyResult:
    """Write a turn down, with a note for the next one."""
    history = dialogue.history
    heard = [*history.memory.get("echo", []), task.message]
    reply = f"{dialogue.turn}: {' / '.join(heard)}"
    dialogue.end(reply=reply, recast=None, memory={"echo": heard}, summary=None, summarised_turns=0)
    said = ConversationAnswer(
        conversation=history.id,
        turn=dialogue.turn,
        reply=reply,
        message=task.message,
        level=history.level,
        topic=history.topic,
        role=history.role,
    )
    return ReplyResult(engine="echo", model="1", answer=said)


@dataclass
class Talk:
    """A worker of the kind `reply`, and everything around it."""

    clock: ManualClock
    handle: Callable[[ReplyRequest, OwnerWork[Any]], ReplyResult] = answer
    engine: Any = None
    bench: Bench = field(init=False)
    _numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.bench = Bench(self.clock, handle=self._handle, kind=KIND, engines={"reply": self.engine})

    def _handle(self, request: Any, work: OwnerWork[Any]) -> Any:
        return self.handle(request, work)

    def ask(self, message: str = "", *, owner: str = OWNER, **task: Any) -> str:
        """Submit a turn; return the job's id."""
        asked = ReplyRequest(task=Conversation(type="conversation", message=message, **task))
        job_id = f"0198c5f0-0000-7000-8000-{next(self._numbers):012}"
        self.bench.submit(job_id, owner=owner, request=Payload(inline=asked.model_dump(mode="json")))
        return job_id

    def say(self, message: str = "", **task: Any) -> Job:
        """Submit a turn and have it answered; return the job."""
        job_id = self.ask(message, **task)
        self.bench.deliver(f"{job_id} first", job_id=job_id)
        return self.bench.job(job_id)

    def head(self, conversation: str, *, owner: str = OWNER) -> ConversationHead:
        """Return a conversation's head."""
        found = self.bench.conversations.get(owner, conversation)
        assert isinstance(found, ConversationHead)
        return found

    def history(self, conversation: str, *, owner: str = OWNER) -> History:
        """Return what was said."""
        key = self.head(conversation, owner=owner).key
        assert key is not None
        return History.model_validate_json(self.bench.objects.get(key))
