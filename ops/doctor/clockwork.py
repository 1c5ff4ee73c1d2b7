"""Whether a clock runs: what is long due has been looked at by none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ops.aws.dynamodb import DynamoJobStore
from ops.aws.dynamodb.items import decode, encode
from ops.aws.errors import translated
from ops.aws.queues import SqsQueues
from ops.doctor.finding import Finding
from schemas.job import open_shards, parked_shard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ops.doctor.patient import Patient

#: Rounds of a clock, and this long at least: one may be busy, or has only just begun.
_ROUNDS = 4
_LEAST = timedelta(minutes=3)


def check(patient: Patient) -> Iterator[Finding]:
    """Look for the check that is due for longest; workers and the API may not ask for it."""
    if patient.role not in {"operator", "clock"}:
        return
    now = patient.clock()
    patience = max(_LEAST, timedelta(seconds=_ROUNDS * patient.settings.clock_interval_s))
    due = [at for kind in patient.kinds if (at := _unlooked(patient, kind, now - patience))]
    if due:
        minutes = int((now - min(due)).total_seconds() // 60)
        yield Finding(
            code="clock_silent",
            subject="the clock",
            detail=f"The clock has not looked for {minutes} minutes: jobs that are due or late wait for it.",
            remedy="Start one: `sayline clock`; or see in its log why it fails (docs/runbooks/stuck-flow.md).",
        )


def _unlooked(patient: Patient, kind: str, before: datetime) -> datetime | None:
    """Return since when a kind's job has waited for a clock; None where there is none such.

    Scheduled jobs are released when they are due, whatever else waits. Others are left alone by the clock as long as
    their queue holds as many messages as there are open jobs.
    """
    scheduled = _first_due(patient, [parked_shard(kind)], before)
    if scheduled:
        return scheduled
    late = _first_due(patient, open_shards(kind), before)
    if late is None:
        return None
    store = DynamoJobStore(patient.clients.dynamodb, patient.settings.table_name)
    depth = SqsQueues(patient.clients.sqs, patient.settings).depth(kind)
    return late if store.count_open(kind, at_most=depth + 1) > depth else None


def _first_due(patient: Patient, shards: Iterable[str], before: datetime) -> datetime | None:
    """Return the earliest check of these shards before a time: one request a shard."""
    client: Any = patient.clients.dynamodb
    found: list[datetime] = []
    for shard in shards:
        with translated("DynamoDB"):
            page = client.query(
                TableName=patient.settings.table_name,
                IndexName="open",
                KeyConditionExpression="open_shard = :shard AND next_check_at <= :before",
                ExpressionAttributeValues={":shard": {"S": shard}, ":before": encode("next_check_at", before)},
                Limit=1,
            )
        found += [decode("next_check_at", item["next_check_at"]) for item in page["Items"]]
    return min(found, default=None)
