"""Reads of records: one, hundreds at once, and all that an index or the table has, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.aws.dynamodb.duties import Duties
from ops.aws.dynamodb.items import RECORD, from_item, job_id_of, job_key
from ops.aws.dynamodb.refusals import SERVICE
from ops.aws.errors import translated
from ops.aws.leftovers import ask_for_all
from ops.batching import batched
from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ops.aws.dynamodb.expressions import Expression
    from schemas.job import Job

#: BatchGetItem takes this many keys.
_BATCH = 100


class Reads(Duties):
    """The part of the job store that reads records."""

    def get(self, job_id: str) -> Job | None:
        """Read a record, strongly consistent."""
        with translated(SERVICE):
            answer = self._client.get_item(TableName=self._table, Key=job_key(job_id), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def get_many(self, job_ids: Sequence[str]) -> list[Job]:
        """Read records, strongly consistent, in the order of their ids, each once; up to 100 with a request."""
        # AWS refuses a request that names a key twice.
        wanted = list(dict.fromkeys(job_ids))
        found: dict[str, Job] = {}
        for page in batched(wanted, _BATCH):
            found |= self._get_batch(page)
        return [found[job_id] for job_id in wanted if job_id in found]

    def _get_batch(self, job_ids: Sequence[str]) -> dict[str, Job]:
        """Read up to 100 records; what a busy table leaves out is asked for again."""
        found: dict[str, Job] = {}

        def once(keys: list[Any]) -> list[Any]:
            wanted: Any = {self._table: {"Keys": keys, "ConsistentRead": True}}
            with translated(SERVICE):
                answer = self._client.batch_get_item(RequestItems=wanted)
            found.update({job.id: job for job in map(from_item, answer["Responses"].get(self._table, []))})
            left: Any = answer["UnprocessedKeys"].get(self._table, {"Keys": []})
            return list(left["Keys"])

        if ask_for_all(once, [job_key(job_id) for job_id in job_ids]):
            raise UnavailableError(SERVICE, "UnprocessedKeys")
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
