"""Computes a little and writes a small file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from schemas.errors import PermanentError, TransientError
from schemas.reply.answers import ConversationAnswer
from schemas.reply.tasks import Conversation
from tests.chaos.kinds.noop import NoopResult

if TYPE_CHECKING:
    from tests.chaos.kinds.noop import NoopRequest
    from workers.work import OwnerWork

_ROUNDS = 2000


def digest(n: int) -> str:
    """Return what a job of this number computes."""
    value = str(n).encode()
    for _ in range(_ROUNDS):
        value = hashlib.sha256(value).digest()
    return value.hex()


def handle(request: NoopRequest, work: OwnerWork[None]) -> NoopResult:
    """Write the file first, so that an attempt that fails leaves something to clear away."""
    answer = _talk(request, work) if request.conversation else None
    computed = digest(request.n)
    stored = work.store("digest.txt", computed.encode(), mime="text/plain")
    if request.how == "fail":
        raise PermanentError("asked_to_fail", "It was asked to fail.")
    if request.how == "flaky":
        raise TransientError("flaky", "It fails each time.")
    return NoopResult(digest=computed, file=stored, answer=answer, engine="noop", model="1")


def _talk(request: NoopRequest, work: OwnerWork[None]) -> ConversationAnswer:
    """Answer a turn with all numbers that were said before it."""
    task = Conversation(type="conversation", conversation=request.conversation, message=str(request.n))
    dialogue = work.conversation(task)
    reply = " ".join([turn.message for turn in dialogue.history.turns] + [task.message])
    dialogue.end(reply=reply, recast=None, memory={}, summary=None, summarised_turns=0)
    return ConversationAnswer(
        conversation=dialogue.history.id,
        turn=dialogue.turn,
        reply=reply,
        message=task.message,
        level=dialogue.history.level,
        topic=task.topic,
        role=dialogue.history.role,
    )
