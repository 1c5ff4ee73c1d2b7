"""What an owner has beside jobs: items in the owner's partition, so that a query lists them and no index is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ops.aws.dynamodb.items import fields
from ops.aws.errors import translated
from schemas.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Key = dict[str, AttributeValueTypeDef]

SERVICE = "DynamoDB"
#: In the keys alone: an attribute `owner` would have the item in the index of jobs.
IN_KEYS = frozenset({"owner", "id"})
_OWNER = "owner#"

M = TypeVar("M", bound=Model)


def owned_key(owner: str, prefix: str, item_id: str) -> Key:
    """Return the primary key `pk = owner#<owner>`, `sk = <prefix><id>`."""
    return {"pk": {"S": f"{_OWNER}{owner}"}, "sk": {"S": f"{prefix}{item_id}"}}


class OwnedItems(Generic[M]):
    """Reads the items of one sort."""

    def __init__(self, client: DynamoDBClient, table: str, *, prefix: str, model: type[M]) -> None:
        """Read items of this model, which has the fields `owner` and `id`; `prefix` begins their sort keys."""
        self._client = client
        self._table = table
        self._prefix = prefix
        self._model = model

    def get(self, owner: str, item_id: str) -> M | None:
        """Read an item, strongly consistent."""
        key = owned_key(owner, self._prefix, item_id)
        with translated(SERVICE):
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return self._from_item(answer["Item"]) if "Item" in answer else None

    def of(self, owner: str) -> Iterator[M]:
        """Iterate over all of the owner's items, a thousand or so with each request."""
        values: Any = {":pk": {"S": f"{_OWNER}{owner}"}, ":sk": {"S": self._prefix}}
        return self._pages(
            "query", KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)", ExpressionAttributeValues=values
        )

    def scan(self) -> Iterator[M]:
        """Iterate over all items, in no order; reads the whole table."""
        values: Any = {":sk": {"S": self._prefix}}
        return self._pages("scan", FilterExpression="begins_with(sk, :sk)", ExpressionAttributeValues=values)

    def _pages(self, operation: Any, **request: Any) -> Iterator[M]:  # noqa: ANN401 - of either operation
        pages = self._client.get_paginator(operation).paginate(TableName=self._table, ConsistentRead=True, **request)
        with translated(SERVICE):
            for page in pages:
                yield from map(self._from_item, page["Items"])

    def _from_item(self, item: Mapping[str, Any]) -> M:
        owner, item_id = item["pk"]["S"].removeprefix(_OWNER), item["sk"]["S"].removeprefix(self._prefix)
        return self._model.model_validate({**fields(item, self._model), "owner": owner, "id": item_id})
