"""The histories of conversations, as they lie in the bucket: one object for each turn, which has all up to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.conversation import History, conversation_folder, turn_of_key

if TYPE_CHECKING:
    from schemas.conversation import ConversationHead
    from schemas.ports import ObjectStore


def read(head: ConversationHead, objects: ObjectStore) -> History:
    """Return what was said up to the head's turn.

    Raises:
        MissingObjectError: the conversation has gone on since, or was deleted.
    """
    return History.of_stored_json(objects.get(head.key)) if head.key else head.history()


def write(history: History, key: str, objects: ObjectStore) -> None:
    """Write a history."""
    objects.put(key, history.model_dump_json().encode(), mime="application/json")


def tidy(head: ConversationHead, objects: ObjectStore) -> None:
    """Delete what turns before have left: histories that others took the place of, and those of dead attempts.

    None of a turn that is not counted yet: it may be counted, and more after it, by the time an attempt that has
    stalled here goes on.
    """
    keys = objects.keys(conversation_folder(head.owner, head.id))
    objects.delete([key for key in keys if key != head.key and turn_of_key(key) <= head.turns])


def erase(owner: str, conversation_id: str, objects: ObjectStore) -> None:
    """Delete all that was said, once the head is marked as deleted: who writes after this sees the mark."""
    objects.delete(list(objects.keys(conversation_folder(owner, conversation_id))))
