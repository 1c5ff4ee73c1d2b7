"""What an owner has beside jobs: items in the owner's partition, so that a query lists them and no index is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ops.aws.dynamodb.items import fields
from ops.aws.dynamodb.refusals import SERVICE
from ops.aws.errors import translated
from schemas.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Key = dict[str, AttributeValueTypeDef]

#: In the keys alone: an attribute `owner` would have the item in the index of jobs.
IN_KEYS = frozenset({"owner", "id"})
_OWNER = "owner#"
#: Sorts behind digits, letters and `#`.
_BEHIND_ALL = "~"
#: Items in one request of a list that may end with each of them.
_PAGE = 128

M = TypeVar("M", bound=Model)


def owned_key(owner: str, prefix: str, rest: str) -> Key:
    """Return the primary key `pk = owner#<owner>`, `sk = <prefix><rest>`."""
    return {"pk": {"S": f"{_OWNER}{owner}"}, "sk": {"S": f"{prefix}{rest}"}}


class OwnedItems(Generic[M]):
    """Reads the items of one sort. Behind its prefix a sort key is the id, or ends with `#` and the id."""

    def __init__(self, client: DynamoDBClient, table: str, *, prefix: str, model: type[M]) -> None:
        """Read items of this model, which has the fields `owner` and `id`; `prefix` begins their sort keys."""
        self._client = client
        self._table = table
        self._prefix = prefix
        self._model = model

    def get(self, owner: str, rest: str) -> M | None:
        """Read an item, strongly consistent."""
        key = owned_key(owner, self._prefix, rest)
        with translated(SERVICE):
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return self._from_item(answer["Item"]) if "Item" in answer else None

    def of(self, owner: str) -> Iterator[M]:
        """Iterate over all of the owner's items, a thousand or so with each request."""
        values: Any = {":pk": {"S": f"{_OWNER}{owner}"}, ":sk": {"S": self._prefix}}
        return self._pages(
            "query", KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)", ExpressionAttributeValues=values
        )

    def backwards(self, owner: str, *, before: str | None) -> Iterator[M]:
        """Iterate over the owner's items from the last sort key to the first, a hundred or so with each request.

        Where `before` is given, the rest of a sort key, from the item with this key on.
        """
        ends = {":first": self._prefix, ":last": self._prefix + (before or _BEHIND_ALL)}
        return self._pages(
            "query",
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":pk": {"S": f"{_OWNER}{owner}"},
                **{name: {"S": v} for name, v in ends.items()},
            },
            ScanIndexForward=False,
            PaginationConfig={"PageSize": _PAGE},
        )

    def delete(self, owner: str, rest: str) -> None:
        """Delete an item; none is no error."""
        with translated(SERVICE):
            self._client.delete_item(TableName=self._table, Key=owned_key(owner, self._prefix, rest))

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
        owner, item_id = item["pk"]["S"].removeprefix(_OWNER), item["sk"]["S"].rpartition("#")[2]
        return self._model.of_stored({**fields(item, self._model), "owner": owner, "id": item_id})
