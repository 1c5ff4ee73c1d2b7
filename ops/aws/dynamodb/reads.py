"""Reads of many: indexes page by page, records by hundreds, the dead letters of a kind in the order of their deaths."""

from __future__ import annotations

from heapq import merge
from typing import TYPE_CHECKING, Any

from tenacity import (
    RetryError,
    Retrying,
    TryAgain,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from ops.aws.dynamodb.duties import SERVICE, Duties
from ops.aws.dynamodb.expressions import Expression
from ops.aws.dynamodb.items import decode, from_item, job_id_of, job_key
from ops.aws.errors import translated
from schemas.dead_letters import DeadKey, Period
from schemas.errors import UnavailableError
from schemas.job import dead_shards

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemas.job import Job

#: BatchGetItem takes this many keys.
_BATCH = 100
#: Reads of one batch, and the pauses between them while the table leaves keys out.
_READS = 8
_PAUSE = wait_random_exponential(multiplier=0.05, max=2)
_LEFT_OUT = retry_if_exception_type(TryAgain)


class Reads(Duties):
    """The part of the job store that lists."""

    def get_many(self, job_ids: Sequence[str]) -> list[Job]:
        """Read records, strongly consistent, in the order of their ids, those that there are; up to 100 a request."""
        found: dict[str, Job] = {}
        for start in range(0, len(job_ids), _BATCH):
            found |= self._get_batch(job_ids[start : start + _BATCH])
        return [found[job_id] for job_id in job_ids if job_id in found]

    def _get_batch(self, job_ids: Sequence[str]) -> dict[str, Job]:
        """Read up to 100 records; what a busy table leaves out is asked for again, at growing distances."""
        found: dict[str, Job] = {}
        keys: Any = [job_key(job_id) for job_id in job_ids]
        try:
            for attempt in Retrying(stop=stop_after_attempt(_READS), wait=_PAUSE, retry=_LEFT_OUT):
                with attempt:
                    wanted: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
                    with translated(SERVICE):
                        answer = self._client.batch_get_item(RequestItems=wanted)
                    found |= {job.id: job for job in map(from_item, answer["Responses"].get(self._table, []))}
                    left: Any = answer["UnprocessedKeys"].get(self._table)
                    if left:
                        keys = left["Keys"]
                        raise TryAgain
        except RetryError:
            raise UnavailableError(SERVICE, "UnprocessedKeys") from None
        return found

    def dead_keys(self, kind: str, period: Period = Period()) -> Iterator[DeadKey]:  # noqa: B008 - a frozen value
        """Iterate over the dead letters of a kind, the oldest first; the index may be a moment behind the table."""
        return merge(*(self._dead_of(shard, period) for shard in dead_shards(kind)))

    def _dead_of(self, shard: str, period: Period) -> Iterator[DeadKey]:
        e = Expression()
        at = e.name("next_check_at")
        between = f"{e.value('next_check_at', period.since)} AND {e.value('next_check_at', period.until)}"
        condition = f"{e.name('open_shard')} = {e.value('open_shard', shard)} AND {at} BETWEEN {between}"
        for key in self._query("open", condition, e.names, e.values):
            yield DeadKey(decode("next_check_at", key["next_check_at"]), job_id_of(key))

    def count_dead(self, kind: str) -> int:
        """Count the dead letters of a kind, without reading them."""
        names, pages = {"#k": "open_shard"}, self._client.get_paginator("query")
        with translated(SERVICE):
            return sum(
                page["Count"]
                for shard in dead_shards(kind)
                for page in pages.paginate(
                    TableName=self._table,
                    IndexName="open",
                    Select="COUNT",
                    KeyConditionExpression="#k = :k",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues={":k": {"S": shard}},
                )
            )

    def _query(
        self,
        index: str,
        condition: str,
        names: dict[str, str],
        values: dict[str, Any],
        **more: Any,  # noqa: ANN401
    ) -> Iterator[Any]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            **more,
        )
        with translated(SERVICE):
            for page in pages:
                yield from page["Items"]
