"""The heads of conversations on DynamoDB: one item each in its owner's partition, every write conditional."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.aws.dynamodb.expressions import Expression
from ops.aws.dynamodb.items import attributes, encode
from ops.aws.dynamodb.owned import IN_KEYS, OwnedItems, owned_key
from ops.aws.dynamodb.refusals import SERVICE, is_refusal
from ops.aws.errors import translated
from schemas.conversation import FORGOTTEN_AFTER, ConversationHead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from schemas.job import Job, TurnAfter
    from schemas.paging import Place

    Key = dict[str, AttributeValueTypeDef]

_CONVERSATION = "conversation#"


class DynamoConversations:
    """`pk = owner#<owner>`, `sk = conversation#<id>`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table
        self._items = OwnedItems(client, table, prefix=_CONVERSATION, model=ConversationHead)

    def get(self, owner: str, conversation_id: str) -> ConversationHead | None:
        """Read a head, strongly consistent; that of a deleted one as well, while it is remembered."""
        return self._items.get(owner, conversation_id)

    def list_by_owner(self, owner: str, *, limit: int, before: Place | None = None) -> Sequence[ConversationHead]:
        """Return the owner's conversations that are not deleted, the latest turn first; reads all of them.

        With each turn a conversation comes to stand elsewhere in the list, so that no sort key has its order.
        """
        live = (head for head in self._items.of(owner) if not head.deleted and (not before or head.place < before))
        return sorted(live, key=lambda head: head.place, reverse=True)[:limit]

    def scan(self) -> Iterator[ConversationHead]:
        """Iterate over all heads, in no order; reads the whole table."""
        return self._items.scan()

    def begin(self, head: ConversationHead) -> bool:
        """Write the head of a new conversation; one that comes to no turn is forgotten."""
        item = {
            **head_key(head.owner, head.id),
            **attributes(head, leave_out=IN_KEYS),
            "expires_at": encode("expires_at", head.created_at + FORGOTTEN_AFTER),
        }
        return self._won("put_item", Item=item, ConditionExpression="attribute_not_exists(pk)")

    def hold(self, head: ConversationHead, *, run: str, now: datetime) -> bool:
        """Have a job answer the next turn; false where the head is no more as the caller has seen it."""
        e = Expression()
        pending, turns = e.name("pending"), e.name("turns")
        as_seen = f"{pending} = {e.value('pending', head.pending)}" if head.pending else _absent(pending)
        condition = f"{as_seen} AND {turns} = {e.value('turns', head.turns)}"
        puts = [f"{pending} = {e.value('pending', run)}"]
        if not head.turns:
            puts.append(f"{e.name('expires_at')} = {e.value('expires_at', now + FORGOTTEN_AFTER)}")
        return self._update(head.owner, head.id, e, f"{condition} AND {_live(e)}", f"SET {', '.join(puts)}")

    def delete(self, owner: str, conversation_id: str, *, now: datetime) -> bool:
        """Mark it as deleted, and forget what is known of it; false where there is none, or no more."""
        e = Expression()
        puts = {"deleted": True, "role": "", "updated_at": now, "expires_at": now + FORGOTTEN_AFTER}
        removed = ", ".join(e.name(field) for field in ("key", "pending", "topic"))
        condition = _live(e)
        return self._update(owner, conversation_id, e, condition, f"{_set(e, puts)} REMOVE {removed}")

    def _update(self, owner: str, conversation_id: str, e: Expression, condition: str, update: str) -> bool:
        return self._won(
            "update_item",
            Key=head_key(owner, conversation_id),
            ConditionExpression=condition,
            UpdateExpression=update,
            ExpressionAttributeNames=e.names,
            ExpressionAttributeValues=e.values,
        )

    def _won(self, operation: str, **request: Any) -> bool:  # noqa: ANN401 - of either operation
        """Write; false where the condition failed."""
        with translated(SERVICE):
            try:
                getattr(self._client, operation)(TableName=self._table, **request)
            except ClientError as error:
                if is_refusal(error):
                    return False
                raise
        return True


def head_key(owner: str, conversation_id: str) -> Key:
    """Return the primary key of a conversation's head."""
    return owned_key(owner, _CONVERSATION, conversation_id)


def counting(job: Job, after: TurnAfter) -> tuple[Key, Expression, str, str]:
    """Return key, placeholders, condition and update of the write that counts a job's turn.

    The condition fails where another job has taken the turn over, which it does of none that succeeds, and of a deleted
    conversation, where nobody answers.
    """
    e = Expression()
    condition = f"{e.name('pending')} = {e.value('pending', job.run)}"
    condition += f" AND {e.name('turns')} = {e.value('turns', after.turn - 1)}"
    puts = {"turns": after.turn, "updated_at": job.finished_at, "topic": after.topic}
    puts |= {"key": after.key, "level": after.level, "role": after.role}
    removed = [e.name(field) for field in ("pending", "expires_at", *(("topic",) if after.topic is None else ()))]
    return head_key(job.owner, after.conversation), e, condition, f"{_set(e, puts)} REMOVE {', '.join(removed)}"


def _set(e: Expression, puts: Mapping[str, Any]) -> str:
    terms = (f"{e.name(field)} = {e.value(field, value)}" for field, value in puts.items() if value is not None)
    return f"SET {', '.join(terms)}"


def _live(e: Expression) -> str:
    return f"{e.name('deleted')} = {e.value('deleted', value=False)}"


def _absent(name: str) -> str:
    return f"attribute_not_exists({name})"
