"""The job store: reads, and the writes that create, move and delete a record."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.aws.dynamodb.expressions import Expression
from ops.aws.dynamodb.items import RECORD, from_item, job_id_of, job_key, to_item
from ops.aws.dynamodb.reads import Reads
from ops.aws.errors import code, translated
from schemas.errors import ExistsError, RefusedError, UnavailableError
from schemas.job import open_shards, parked_shard

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from schemas.job import Job
    from schemas.move import Move

SERVICE = "DynamoDB"
_CONDITION_FAILED = "ConditionalCheckFailedException"


class DynamoJobStore(Reads):
    """One item per job under `pk = job#<id>`; see `ops.infra.template` for the table and its two indexes."""

    def create(self, job: Job) -> None:
        """Write a new record; `ExistsError` where there is another with this id."""
        with translated(SERVICE):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=to_item(job),
                    ConditionExpression="attribute_not_exists(pk)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                existing = _existing(error)
                if existing is None:
                    raise UnavailableError(SERVICE, "no record with the refusal") from error
                # A retry whose first try took effect, its answer lost, finds its own record.
                if existing != job:
                    raise ExistsError(existing) from error

    def get(self, job_id: str) -> Job | None:
        """Read a record, strongly consistent."""
        with translated(SERVICE):
            answer = self._client.get_item(TableName=self._table, Key=job_key(job_id), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def apply(self, move: Move) -> Job:
        """Make a move as one conditional write, or raise `RefusedError`."""
        expression = Expression()
        with translated(SERVICE):
            try:
                answer = self._client.update_item(
                    TableName=self._table,
                    Key=job_key(move.job_id),
                    ConditionExpression=expression.condition(move.conditions),
                    UpdateExpression=expression.update(move),
                    ExpressionAttributeNames=expression.names,
                    ExpressionAttributeValues=expression.values,
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                return _settle(move, error)
        return from_item(answer["Attributes"])

    def withdraw(self, job: Job) -> bool:
        """Delete a new record that nobody has begun to work on, nor checked; false where somebody has."""
        condition, values = "version = :none AND checks = :none", {":none": {"N": "0"}}
        if job.submission:
            condition, values = f"{condition} AND submission = :own", values | {":own": {"S": job.submission}}
        with translated(SERVICE):
            try:
                self._client.delete_item(
                    TableName=self._table,
                    Key=job_key(job.id),
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except ClientError as error:
                existing = _existing(error)
                return existing is None or existing.submission != job.submission
        return True

    def list_by_owner(self, owner: str, *, limit: int) -> Sequence[Job]:
        """Return the owner's latest jobs, newest first."""
        keys = self._query("by_owner", "#k = :k", {"#k": "owner"}, {":k": {"S": owner}}, ScanIndexForward=False)
        return self.get_many([job_id_of(key) for key in islice(keys, limit)])

    def due_for_check(self, kind: str, *, now: datetime) -> Iterator[Job]:
        """Iterate over the open jobs of a kind whose next check is due, earliest first in each shard."""
        for shard in (*open_shards(kind), parked_shard(kind)):
            expression = Expression()
            when = f"{expression.name('open_shard')} = {expression.value('open_shard', shard)}"
            when += f" AND {expression.name('next_check_at')} <= {expression.value('next_check_at', now)}"
            for key in self._query("open", when, expression.names, expression.values):
                # The index is eventually consistent: what it names may be done by now.
                job = self.get(job_id_of(key))
                if job and job.next_check_at and job.next_check_at <= now:
                    yield job

    def count_open(self, kind: str, *, at_most: int) -> int:
        """Count the open jobs of a kind but for scheduled ones, no further than `at_most`."""
        keys = (
            key
            for shard in open_shards(kind)
            for key in self._query("open", "#k = :k", {"#k": "open_shard"}, {":k": {"S": shard}})
        )
        return sum(1 for _ in islice(keys, at_most))

    def scan(self) -> Iterator[Job]:
        """Iterate over all jobs, in no order; reads the whole table."""
        expression = Expression()
        when = f"{expression.name('sk')} = {expression.value('sk', RECORD)}"
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            ConsistentRead=True,
            FilterExpression=when,
            ExpressionAttributeNames=expression.names,
            ExpressionAttributeValues=expression.values,
        )
        with translated(SERVICE):
            for page in pages:
                yield from map(from_item, page["Items"])


def _existing(error: ClientError) -> Job | None:
    """Return the record that a failed condition came with; raise any other error again."""
    if code(error) != _CONDITION_FAILED:
        raise error
    item: Any = error.response.get("Item")
    return from_item(item) if item else None


def _settle(move: Move, error: ClientError) -> Job:
    existing = _existing(error)
    if existing is None:
        raise RefusedError(move.name, None, move.conditions) from error
    if move.took_effect(existing):
        return existing
    raise RefusedError(move.name, existing, move.unmet(existing)) from error
