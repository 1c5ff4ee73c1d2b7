"""Workers who do nothing but claim and succeed, and note each result that a record has taken."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ops.timing import utc_now
from schemas import moves
from schemas.envelope import from_message
from schemas.errors import RefusedError
from schemas.job import Lease, Payload
from schemas.moves import End, Holder, Success

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_sqs import SQSClient

    from ops.aws.dynamodb import DynamoJobStore

_TEN = 10


class Workers:
    """Workers of one queue."""

    def __init__(self, store: DynamoJobStore, sqs: SQSClient, url: str) -> None:
        self._store, self._sqs, self._url = store, sqs, url
        self.results: Counter[str] = Counter()

    def work(self) -> None:
        """Work off the queue, each message once."""
        with ThreadPoolExecutor(4) as pool:
            while batch := received(self._sqs, self._url):
                list(pool.map(self._run, batch))
                delete(self._sqs, self._url, batch)

    def _run(self, message: Any) -> None:
        envelope, now, token = from_message(message["Body"]), utc_now(), uuid4().hex
        lease = Lease(token=token, until=now + timedelta(seconds=60), worker="w")
        try:
            job = self._store.apply(moves.claim(envelope.job_id, epoch=envelope.epoch, lease=lease, now=now))
        except RefusedError:
            return
        holder = Holder(
            job_id=job.id, kind=job.kind, epoch=job.epoch, attempt=job.attempt, token=token, worker="w", max_attempts=3
        )
        success = Success(result=Payload(inline={}), files={}, engine="e", model="m")
        self._store.apply(moves.succeed(holder, success, end=End(expires_at=now + timedelta(days=1)), now=now))
        self.results[job.id] += 1


def received(sqs: SQSClient, url: str) -> list[Any]:
    """Receive up to ten messages that are there now."""
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=_TEN, WaitTimeSeconds=0)
    return list(answer.get("Messages", []))


def delete(sqs: SQSClient, url: str, messages: Sequence[Any]) -> None:
    """Delete up to ten messages."""
    entries: Any = [{"Id": m["MessageId"], "ReceiptHandle": m["ReceiptHandle"]} for m in messages]
    sqs.delete_message_batch(QueueUrl=url, Entries=entries)
