"""Reads of records: one, hundreds at once, and all that an index or the table has, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenacity import (
    RetryError,
    Retrying,
    TryAgain,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from ops.aws.dynamodb.duties import Duties
from ops.aws.dynamodb.items import RECORD, from_item, job_id_of, job_key
from ops.aws.dynamodb.refusals import SERVICE
from ops.aws.errors import translated
from ops.batching import batched
from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ops.aws.dynamodb.expressions import Expression
    from schemas.job import Job

#: BatchGetItem takes this many keys.
_BATCH = 100
#: Reads of one batch, and the pauses between them while the table leaves keys out.
_READS = 8
_PAUSE = wait_random_exponential(multiplier=0.05, max=2)
_LEFT_OUT = retry_if_exception_type(TryAgain)


class Reads(Duties):
    """The part of the job store that reads records."""

    def get(self, job_id: str) -> Job | None:
        """Read a record, strongly consistent."""
        with translated(SERVICE):
            answer = self._client.get_item(TableName=self._table, Key=job_key(job_id), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

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

    def _read(self, keys: Iterable[Any]) -> Iterator[Job]:
        """Iterate over the records that an index names, a page of them in memory."""
        for page in batched(map(job_id_of, keys), _BATCH):
            yield from self.get_many(page)

    def _of(self, shard: str, **more: Any) -> Iterator[Any]:  # noqa: ANN401 - boto's own
        """Iterate over the keys in a partition of the open index, those to be checked first first."""
        return self._query("open", "#k = :k", {"#k": "open_shard"}, {":k": {"S": shard}}, **more)

    def _query(self, *args: Any, **more: Any) -> Iterator[Any]:  # noqa: ANN401 - those of `_pages`
        return (item for page in self._pages(*args, **more) for item in page["Items"])

    def _pages(
        self,
        index: str,
        condition: str,
        names: dict[str, str],
        values: dict[str, Any],
        **more: Any,  # noqa: ANN401 - boto's own
    ) -> Iterator[Any]:
        answers = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            **more,
        )
        with translated(SERVICE):
            yield from answers

    def _scan(self, e: Expression, *conditions: str, consistent: bool = False) -> Iterator[Job]:
        """Iterate over the records of which these hold; the table filters what it reads and bills all the same."""
        parts = (f"{e.name('sk')} = {e.value('sk', RECORD)}", *conditions)
        answers = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            ConsistentRead=consistent,
            FilterExpression=" AND ".join(parts),
            ExpressionAttributeNames=e.names,
            ExpressionAttributeValues=e.values,
        )
        with translated(SERVICE):
            for page in answers:
                yield from map(from_item, page["Items"])
