"""Pictures' text mappings on DynamoDB: one item each in its owner's partition, written with what follows a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.aws.dynamodb.expressions import Expression
from ops.aws.dynamodb.owned import IN_KEYS, OwnedItems, owned_key
from schemas.after import entry_of
from schemas.images import ImageEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateTypeDef

    from schemas.job import ImageAfter, Job

_IMAGE = "image#"


class DynamoImages:
    """`pk = owner#<owner>`, `sk = image#<job id>`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._items = OwnedItems(client, table, prefix=_IMAGE, model=ImageEntry)

    def get(self, owner: str, image_id: str) -> ImageEntry | None:
        """Read an entry, strongly consistent."""
        return self._items.get(owner, image_id)

    def list_by_owner(self, owner: str) -> Iterator[ImageEntry]:
        """Iterate over all of the owner's entries, a thousand or so with each request."""
        return self._items.of(owner)

    def scan(self) -> Iterator[ImageEntry]:
        """Iterate over all entries, in no order; reads the whole table."""
        return self._items.scan()


def writing(job: Job, after: ImageAfter, table: str) -> UpdateTypeDef:
    """Return the write of the entry of the picture that a job has made; it is the same, however often it is made."""
    entry, e = entry_of(job, after), Expression()
    puts = {name: value for name, value in entry if name not in IN_KEYS}
    terms = (f"{e.name(name)} = {e.value(name, value)}" for name, value in puts.items())
    return {
        "TableName": table,
        "Key": owned_key(entry.owner, _IMAGE, entry.id),
        "UpdateExpression": f"SET {', '.join(terms)}",
        "ExpressionAttributeNames": e.names,
        "ExpressionAttributeValues": e.values,
    }
