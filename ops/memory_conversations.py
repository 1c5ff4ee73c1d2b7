"""The in-memory twin of the heads of conversations."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from schemas.conversation import ConversationHead
    from schemas.job import Job, TurnAfter
    from schemas.paging import Place


class MemoryConversations:
    """Heads in a dictionary; every method is atomic."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._heads: dict[tuple[str, str], ConversationHead] = {}

    def get(self, owner: str, conversation_id: str) -> ConversationHead | None:
        """Read a head."""
        return self._heads.get((owner, conversation_id))

    def list_by_owner(self, owner: str, *, limit: int, before: Place | None = None) -> Sequence[ConversationHead]:
        """Return the owner's conversations that are not deleted, the latest turn first."""
        own = [head for head in self.heads() if head.owner == owner and not head.deleted]
        behind = [head for head in own if before is None or head.place < before]
        return sorted(behind, key=lambda head: head.place, reverse=True)[:limit]

    def heads(self) -> Sequence[ConversationHead]:
        """Return all heads."""
        return tuple(self._heads.values())

    def begin(self, head: ConversationHead) -> bool:
        """Write the head of a new conversation; false where there is one."""
        with self._lock:
            if (head.owner, head.id) in self._heads:
                return False
            self._heads[head.owner, head.id] = head
            return True

    def hold(self, head: ConversationHead, *, run: str, now: datetime) -> bool:
        """Have a job answer the next turn; false where the head is another by now."""
        del now  # nothing is forgotten in memory
        with self._lock:
            current = self.get(head.owner, head.id)
            if current is None or current.deleted or (current.pending, current.turns) != (head.pending, head.turns):
                return False
            self._heads[head.owner, head.id] = current.model_copy(update={"pending": run})
            return True

    def count(self, job: Job, after: TurnAfter) -> None:
        """Count a turn of the job that answers it."""
        with self._lock:
            current = self.get(job.owner, after.conversation)
            if current is None or (current.pending, current.turns) != (job.run, after.turn - 1):
                return
            put = {"turns": after.turn, "updated_at": job.finished_at, "topic": after.topic, "pending": None}
            put |= {"key": after.key, "level": after.level, "role": after.role}
            self._heads[job.owner, after.conversation] = current.model_copy(update=put)

    def delete(self, owner: str, conversation_id: str, *, now: datetime) -> bool:
        """Mark it as deleted; false where there is none, or no more."""
        with self._lock:
            current = self.get(owner, conversation_id)
            if current is None or current.deleted:
                return False
            put = {"deleted": True, "role": "", "updated_at": now, "key": None, "pending": None, "topic": None}
            self._heads[owner, conversation_id] = current.model_copy(update=put)
            return True
