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
    from schemas.paging import Place

_IMAGE = "image#"


class DynamoImages:
    """`pk = owner#<owner>`, `sk = image#<ms since 1970, 15 digits>#<job id>`: a list is read from its end."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._items = OwnedItems(client, table, prefix=_IMAGE, model=ImageEntry)

    def get(self, owner: str, place: Place) -> ImageEntry | None:
        """Read an entry, strongly consistent."""
        return self._items.get(owner, _sorted(place))

    def list_by_owner(self, owner: str, *, before: Place | None = None) -> Iterator[ImageEntry]:
        """Iterate over the owner's entries, the latest first, those behind a place; a hundred with each request."""
        found = self._items.backwards(owner, before=_sorted(before) if before else None)
        return (entry for entry in found if before is None or entry.place < before)

    def delete(self, entry: ImageEntry) -> None:
        """Delete an entry; none is no error."""
        self._items.delete(entry.owner, _sorted(entry.place))

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
        "Key": owned_key(entry.owner, _IMAGE, _sorted(entry.place)),
        "UpdateExpression": f"SET {', '.join(terms)}",
        "ExpressionAttributeNames": e.names,
        "ExpressionAttributeValues": e.values,
    }


def _sorted(place: Place) -> str:
    """Return what sorts as places do."""
    milliseconds, image_id = place
    return f"{milliseconds:015d}#{image_id}"
