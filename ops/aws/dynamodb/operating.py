"""Pauses and signs of life in the jobs' table: two small partitions, each read whole by one query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from ops.aws.dynamodb.items import encode
from ops.aws.dynamodb.refusals import SERVICE, item_before
from ops.aws.errors import translated
from schemas.errors import UnavailableError
from schemas.model import Model
from schemas.operating import SILENT_FOR, Pause, SignOfLife

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

M = TypeVar("M", bound=Model)

_PAUSES, _WORKERS = "pauses", "workers"
#: The whole document is one attribute: no condition looks into it.
_DOCUMENT = "document"


class DynamoOperating:
    """`pk = pauses`, `sk = pause#<kind>`; `pk = workers`, `sk = <host:pid>`, which expire.

    A partition bears 1,000 writes and 3,000 strongly consistent reads a second. Workers that read the pauses every 5 s
    reach the second with 15,000, those that speak twice a minute the first with 30,000: in 1 KB, or in two where they
    run more than four jobs at once, and then with half as many.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def paused(self) -> Mapping[str, Pause]:
        """Return the pauses by kind, strongly consistent: who has just paused must not see otherwise."""
        return {pause.kind: pause for pause in self._documents(_PAUSES, Pause)}

    def pause(self, pause: Pause) -> Pause:
        """Pause a kind, and return its pause: the earlier one where it is paused already."""
        with translated(SERVICE):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item={**_pause_key(pause.kind), _DOCUMENT: _document(pause)},
                    ConditionExpression="attribute_not_exists(pk)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                existing = item_before(error)
                if existing is None:
                    raise UnavailableError(SERVICE, "no item with the refusal") from error
                return Pause.of_stored_json(existing[_DOCUMENT]["S"])
        return pause

    def resume(self, kind: str) -> bool:
        """End a kind's pause; false where there is none."""
        with translated(SERVICE):
            answer = self._client.delete_item(TableName=self._table, Key=_pause_key(kind), ReturnValues="ALL_OLD")
        return bool(answer.get("Attributes"))

    def say(self, sign: SignOfLife) -> None:
        """Write a worker's sign of life over its last one."""
        expires_at = encode("expires_at", sign.until + SILENT_FOR)
        item = {**_worker_key(sign.name), _DOCUMENT: _document(sign), "expires_at": expires_at}
        with translated(SERVICE):
            self._client.put_item(TableName=self._table, Item=item)

    def forget(self, name: str) -> None:
        """Remove a worker that ends."""
        with translated(SERVICE):
            self._client.delete_item(TableName=self._table, Key=_worker_key(name))

    def workers(self, *, now: datetime) -> Sequence[SignOfLife]:
        """Return those that are remembered, by name; the table may take days to delete what has expired."""
        return [sign for sign in self._documents(_WORKERS, SignOfLife) if now < sign.until + SILENT_FOR]

    def _documents(self, partition: str, model: type[M]) -> Iterator[M]:
        """Iterate over a partition; what only a newer version knows of is left out: both run while one is deployed."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            ConsistentRead=True,
        )
        with translated(SERVICE):
            for page in pages:
                for item in page["Items"]:
                    yield model.of_stored_json(item[_DOCUMENT]["S"])


def _document(model: Model) -> Any:  # noqa: ANN401 - boto's union of attributes
    return {"S": model.model_dump_json()}


def _pause_key(kind: str) -> Any:  # noqa: ANN401 - as above
    return {"pk": {"S": _PAUSES}, "sk": {"S": f"pause#{kind}"}}


def _worker_key(name: str) -> Any:  # noqa: ANN401 - as above
    return {"pk": {"S": _WORKERS}, "sk": {"S": name}}
