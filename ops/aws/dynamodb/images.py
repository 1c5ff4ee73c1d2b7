"""Pictures' text mappings on DynamoDB: one item each in its owner's partition, written with what follows a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.aws.dynamodb.expressions import Expression
from ops.aws.dynamodb.items import fields
from ops.aws.errors import translated
from schemas.after import entry_of
from schemas.images import ImageEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, UpdateTypeDef

    from schemas.job import ImageAfter, Job

    Key = dict[str, AttributeValueTypeDef]

SERVICE = "DynamoDB"
_OWNER, _IMAGE = "owner#", "image#"
#: In the keys alone: an attribute `owner` would have the item in the index of jobs.
_IN_KEYS = frozenset({"owner", "id"})


class DynamoImages:
    """`pk = owner#<owner>`, `sk = image#<job id>`; an owner's pictures are one query, no index is needed."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, owner: str, image_id: str) -> ImageEntry | None:
        """Read an entry, strongly consistent."""
        with translated(SERVICE):
            answer = self._client.get_item(TableName=self._table, Key=_key(owner, image_id), ConsistentRead=True)
        return _from_item(answer["Item"]) if "Item" in answer else None

    def list_by_owner(self, owner: str) -> Iterator[ImageEntry]:
        """Iterate over all of the owner's entries, a thousand or so with each request."""
        values: Any = {":pk": {"S": f"{_OWNER}{owner}"}, ":sk": {"S": _IMAGE}}
        return self._pages(
            "query", KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)", ExpressionAttributeValues=values
        )

    def scan(self) -> Iterator[ImageEntry]:
        """Iterate over all entries, in no order; reads the whole table."""
        values: Any = {":sk": {"S": _IMAGE}}
        return self._pages("scan", FilterExpression="begins_with(sk, :sk)", ExpressionAttributeValues=values)

    def _pages(self, operation: Any, **request: Any) -> Iterator[ImageEntry]:  # noqa: ANN401 - of either operation
        pages = self._client.get_paginator(operation).paginate(TableName=self._table, ConsistentRead=True, **request)
        with translated(SERVICE):
            for page in pages:
                yield from map(_from_item, page["Items"])


def writing(job: Job, after: ImageAfter, table: str) -> UpdateTypeDef:
    """Return the write of the entry of the picture that a job has made; it is the same, however often it is made."""
    entry, e = entry_of(job, after), Expression()
    puts = {name: value for name, value in entry if name not in _IN_KEYS}
    terms = (f"{e.name(name)} = {e.value(name, value)}" for name, value in puts.items())
    return {
        "TableName": table,
        "Key": _key(entry.owner, entry.id),
        "UpdateExpression": f"SET {', '.join(terms)}",
        "ExpressionAttributeNames": e.names,
        "ExpressionAttributeValues": e.values,
    }


def _key(owner: str, image_id: str) -> Key:
    return {"pk": {"S": f"{_OWNER}{owner}"}, "sk": {"S": f"{_IMAGE}{image_id}"}}


def _from_item(item: Mapping[str, Any]) -> ImageEntry:
    owner, image_id = item["pk"]["S"].removeprefix(_OWNER), item["sk"]["S"].removeprefix(_IMAGE)
    return ImageEntry(**fields(item, ImageEntry), owner=owner, id=image_id)
