"""The heads of conversations on DynamoDB: one item each in its owner's partition, every write conditional."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.aws.dynamodb.expressions import Expression
from ops.aws.dynamodb.items import attributes, encode, fields
from ops.aws.errors import code, translated
from schemas.conversation import FORGOTTEN_AFTER, ConversationHead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from schemas.job import Job, TurnAfter

    Key = dict[str, AttributeValueTypeDef]

SERVICE = "DynamoDB"
_OWNER, _CONVERSATION = "owner#", "conversation#"
#: In the keys alone: an attribute `owner` would have the item in the index of jobs.
_IN_KEYS = frozenset({"owner", "id"})
_CONDITION_FAILED = "ConditionalCheckFailedException"


class DynamoConversations:
    """`pk = owner#<owner>`, `sk = conversation#<id>`; an owner's conversations are one query, no index is needed."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, owner: str, conversation_id: str) -> ConversationHead | None:
        """Read a head, strongly consistent; that of a deleted one as well, while it is remembered."""
        key = head_key(owner, conversation_id)
        with translated(SERVICE):
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return _from_item(answer["Item"]) if "Item" in answer else None

    def list_by_owner(self, owner: str, *, limit: int) -> Sequence[ConversationHead]:
        """Return the owner's conversations that are not deleted, the latest turn first; reads all of them."""
        values: Any = {":pk": {"S": f"{_OWNER}{owner}"}, ":sk": {"S": _CONVERSATION}}
        found = self._pages(
            "query", KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)", ExpressionAttributeValues=values
        )
        live = (head for head in found if not head.deleted)
        return sorted(live, key=lambda head: head.updated_at, reverse=True)[:limit]

    def scan(self) -> Iterator[ConversationHead]:
        """Iterate over all heads, in no order; reads the whole table."""
        values: Any = {":sk": {"S": _CONVERSATION}}
        return self._pages("scan", FilterExpression="begins_with(sk, :sk)", ExpressionAttributeValues=values)

    def begin(self, head: ConversationHead) -> bool:
        """Write the head of a new conversation; one that comes to no turn is forgotten."""
        item = {
            **head_key(head.owner, head.id),
            **attributes(head, leave_out=_IN_KEYS),
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
                if code(error) == _CONDITION_FAILED:
                    return False
                raise
        return True

    def _pages(self, operation: Any, **request: Any) -> Iterator[ConversationHead]:  # noqa: ANN401 - as above
        pages = self._client.get_paginator(operation).paginate(TableName=self._table, ConsistentRead=True, **request)
        with translated(SERVICE):
            for page in pages:
                yield from map(_from_item, page["Items"])


def head_key(owner: str, conversation_id: str) -> Key:
    """Return the primary key of a conversation's head."""
    return {"pk": {"S": f"{_OWNER}{owner}"}, "sk": {"S": f"{_CONVERSATION}{conversation_id}"}}


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


def _from_item(item: Mapping[str, Any]) -> ConversationHead:
    owner = item["pk"]["S"].removeprefix(_OWNER)
    conversation_id = item["sk"]["S"].removeprefix(_CONVERSATION)
    return ConversationHead(**fields(item, ConversationHead), owner=owner, id=conversation_id)
