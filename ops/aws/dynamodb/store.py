"""The job store: the writes that create, move and delete a record, and all that it inherits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.aws.dynamodb.expressions import Expression
from ops.aws.dynamodb.items import from_item, job_key, to_item
from ops.aws.dynamodb.lists import Lists
from ops.aws.dynamodb.refusals import SERVICE, item_before
from ops.aws.errors import translated
from schemas.errors import ExistsError, RefusedError, UnavailableError

if TYPE_CHECKING:
    from schemas.job import Job
    from schemas.move import Move


class DynamoJobStore(Lists):
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


def _existing(error: ClientError) -> Job | None:
    item = item_before(error)
    return from_item(item) if item else None


def _settle(move: Move, error: ClientError) -> Job:
    existing = _existing(error)
    if existing is None:
        raise RefusedError(move.name, None, move.conditions) from error
    if move.took_effect(existing):
        return existing
    raise RefusedError(move.name, existing, move.unmet(existing)) from error
