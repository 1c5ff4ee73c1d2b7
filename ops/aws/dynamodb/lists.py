"""Lists of jobs for operators: by index where there is one, else by reading the table."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from ops.aws.dynamodb.duties import SERVICE
from ops.aws.dynamodb.expressions import Expression
from ops.aws.dynamodb.items import RECORD, from_item, job_id_of
from ops.aws.dynamodb.reads import Reads
from ops.aws.errors import translated
from schemas.job import open_shards, parked_shard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from schemas.job import Job
    from schemas.status import Status

#: Records that are read at once: a request's worth.
_PAGE = 100


class DynamoJobLists(Reads):
    """Implements `ops.operating.desk.JobLists`; no list holds more than a page of records in memory."""

    def open_jobs(self, kind: str) -> Iterator[Job]:
        """Iterate over a kind's jobs with something left to do; one that moves meanwhile may come twice.

        Scheduled ones first: one that is released while this reads is met again among those that wait, not missed.
        """
        for shard in (parked_shard(kind), *open_shards(kind)):
            yield from self._read(self._query("open", "#k = :k", {"#k": "open_shard"}, {":k": {"S": shard}}))

    def oldest_open(self, kind: str) -> datetime | None:
        """Return about when the oldest of a kind's jobs that wait or run was to begin.

        The index sorts by the next check, which comes in the order of creation while the clock finds no message
        missing, and doubles its distance with each check after that: the oldest is at one of the two ends.
        """
        ends = {
            job_id_of(key)
            for shard in open_shards(kind)
            for forward in (True, False)
            for key in self._end(shard, forward=forward)
        }
        begins = [job.due_at or job.created_at for job in self.get_many(sorted(ends)) if not job.status.is_final]
        return min(begins, default=None)

    def _end(self, shard: str, *, forward: bool) -> list[Any]:
        """Return the key at one end of a partition of the open index, where it has any."""
        with translated(SERVICE):
            answer = self._client.query(
                TableName=self._table,
                IndexName="open",
                KeyConditionExpression="#k = :k",
                ExpressionAttributeNames={"#k": "open_shard"},
                ExpressionAttributeValues={":k": {"S": shard}},
                ScanIndexForward=forward,
                Limit=1,
            )
        return list(answer["Items"])

    def dead_jobs(self, kind: str) -> Iterator[Job]:
        """Iterate over a kind's dead-lettered jobs, those that died first first."""
        keys = iter(self.dead_keys(kind))
        while page := [key.job_id for key in islice(keys, _PAGE)]:
            yield from self.get_many(page)

    def owned(self, owner: str) -> Iterator[Job]:
        """Iterate over an owner's jobs, newest first."""
        return self._read(
            self._query("by_owner", "#k = :k", {"#k": "owner"}, {":k": {"S": owner}}, ScanIndexForward=False)
        )

    def select(
        self, *, kinds: frozenset[str], statuses: frozenset[Status], since: datetime | None, until: datetime | None
    ) -> Iterator[Job]:
        """Iterate over jobs of these kinds and states, created in this time, in no order; reads the whole table.

        The table filters: what is not asked for is read and billed all the same, but not sent.
        """
        e = Expression()
        parts = [f"{e.name('sk')} = {e.value('sk', RECORD)}"]
        for field, values in (("kind", kinds), ("status", statuses)):
            if values:
                parts.append(f"{e.name(field)} IN ({', '.join(e.value(field, value) for value in sorted(values))})")
        for comparison, time in ((">=", since), ("<=", until)):
            if time:
                parts.append(f"{e.name('created_at')} {comparison} {e.value('created_at', time)}")
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression=" AND ".join(parts),
            ExpressionAttributeNames=e.names,
            ExpressionAttributeValues=e.values,
        )
        with translated(SERVICE):
            for page in pages:
                yield from map(from_item, page["Items"])

    def _read(self, keys: Iterable[Any]) -> Iterator[Job]:
        rest = iter(keys)
        while page := [job_id_of(key) for key in islice(rest, _PAGE)]:
            yield from self.get_many(page)
