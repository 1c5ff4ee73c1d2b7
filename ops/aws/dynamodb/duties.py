"""What is done about a job beside its moves: checks, what follows its end, and leases on duties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from botocore.exceptions import ClientError

from ops.aws.dynamodb.conversations import counting
from ops.aws.dynamodb.expressions import Expression
from ops.aws.dynamodb.images import writing
from ops.aws.dynamodb.items import decode, job_key
from ops.aws.dynamodb.refusals import SERVICE, is_refusal
from ops.aws.errors import translated
from schemas.job import CountAfter, ImageAfter, TurnAfter

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, UpdateTypeDef

    from schemas.job import After, Job

    Key = dict[str, AttributeValueTypeDef]

log = structlog.get_logger(__name__)


class Duties:
    """The part of the job store that the clock and the end of a job need."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def postpone_check(self, job: Job, until: datetime) -> bool:
        """Count a check of the job and set its next one; false where another was faster."""
        e = Expression()
        at = e.name("next_check_at")
        condition = f"{at} = {e.value('next_check_at', job.next_check_at)}"
        update = f"SET {at} = {e.value('next_check_at', until)} ADD {e.name('checks')} {e.value('checks', 1)}"
        return self._won(self._update(job_key(job.id), e, condition, update))

    def complete_after(self, job: Job, entry: str) -> Job | None:
        """Do and remove the entry in one transaction; the last one takes the job out of the open index."""
        removal = self._removal(job, entry)
        failed = self._failed(removal, self._effect(job, job.after[entry]))
        if failed == {1}:  # the conversation was deleted meanwhile
            log.info("turn_dropped", **job.log_context())
            failed = self._failed(removal)
        if failed:
            return None
        left = {name: after for name, after in job.after.items() if name != entry}
        index = {} if left else job.at_rest()
        return job.model_copy(update={"after": left, "version": job.version + 1, **index})

    def _removal(self, job: Job, entry: str) -> UpdateTypeDef:
        e = Expression()
        rest = job.at_rest() if len(job.after) == 1 else {}
        removed = ", ".join(["#after.#entry", *(e.name(field) for field, value in rest.items() if value is None)])
        put = ", ".join(f"{e.name(f)} = {e.value(f, value)}" for f, value in rest.items() if value is not None)
        e.names |= {"#after": "after", "#entry": entry}
        condition = f"attribute_exists(#after.#entry) AND size(#after) = {e.value('size', len(job.after))}"
        update = f"{f'SET {put} ' if put else ''}REMOVE {removed} ADD {e.name('version')} {e.value('version', 1)}"
        return self._update(job_key(job.id), e, condition, update)

    def _effect(self, job: Job, after: After) -> UpdateTypeDef:
        match after:
            case CountAfter():
                return self._count(job.owner, after)
            case TurnAfter():
                return self._update(*counting(job, after))
            case ImageAfter():
                return writing(job, after, self._table)

    def counter(self, owner: str, day: str, name: str) -> int:
        """Read one of the owner's counters."""
        with translated(SERVICE):
            answer = self._client.get_item(TableName=self._table, Key=_counters(owner, day), ConsistentRead=True)
        return int(answer.get("Item", {}).get(name, {}).get("N", 0))

    def acquire(self, name: str, holder: str, *, now: datetime, ttl: timedelta) -> bool:
        """Take or renew a lease on a duty that one process has at a time; false while another holds it."""
        e = Expression()
        who, until = e.name("holder"), e.name("until")
        me = e.value("holder", holder)
        condition = f"attribute_not_exists(pk) OR {who} = {me} OR {until} < {e.value('until', now)}"
        update = f"SET {who} = {me}, {until} = {e.value('until', now + ttl)}"
        return self._won(self._update(_lease(name), e, condition, update))

    def held_until(self, name: str) -> datetime | None:
        """Return when the latest lease on a duty ends, or has ended; None where nobody has ever had it."""
        with translated(SERVICE):
            answer = self._client.get_item(TableName=self._table, Key=_lease(name), ConsistentRead=True)
        return decode("until", answer["Item"]["until"]) if "Item" in answer else None

    def _update(self, key: Key, e: Expression, condition: str, update: str) -> UpdateTypeDef:
        return {
            "TableName": self._table,
            "Key": key,
            "ConditionExpression": condition,
            "UpdateExpression": update,
            "ExpressionAttributeNames": e.names,
            "ExpressionAttributeValues": e.values,
        }

    def _count(self, owner: str, after: CountAfter) -> UpdateTypeDef:
        return {
            "TableName": self._table,
            "Key": _counters(owner, after.day),
            "UpdateExpression": "ADD #n :by",
            "ExpressionAttributeNames": {"#n": after.name},
            "ExpressionAttributeValues": {":by": {"N": str(after.by)}},
        }

    def _won(self, *updates: UpdateTypeDef) -> bool:
        """Write all or nothing; false where a condition failed."""
        return not self._failed(*updates)

    def _failed(self, *updates: UpdateTypeDef) -> set[int]:
        """Write all or nothing; return which of the updates' conditions failed, by their places."""
        with translated(SERVICE):
            try:
                if len(updates) == 1:
                    self._client.update_item(**updates[0])
                else:
                    self._client.transact_write_items(TransactItems=[{"Update": update} for update in updates])
            except ClientError as error:
                failed = _conditions_failed(error)
                if not failed:
                    raise
                return failed
        return set()


def _conditions_failed(error: ClientError) -> set[int]:
    """Tell a lost race from a transaction that was cancelled for load or a conflict: return which conditions failed.

    A cancelled transaction has a reason for each of its writes, in their order:
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    """
    if is_refusal(error):
        return {0}
    reasons: Any = error.response.get("CancellationReasons", [])
    return {place for place, reason in enumerate(reasons) if reason.get("Code") == "ConditionalCheckFailed"}


def _lease(name: str) -> Key:
    return {"pk": {"S": f"lease#{name}"}, "sk": {"S": "lease"}}


def _counters(owner: str, day: str) -> Key:
    return {"pk": {"S": f"owner#{owner}"}, "sk": {"S": f"counters#{day}"}}
