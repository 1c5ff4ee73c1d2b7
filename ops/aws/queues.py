"""The queues on SQS, as those see them who send: messages in, dead letters in, and how much waits."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from ops.aws.batches import send_batches
from ops.aws.errors import MISSING_QUEUE, translated
from ops.settings import DLQ_SUFFIX
from schemas.envelope import REASON_ATTRIBUTE, to_message
from schemas.errors import NoQueueError, NotSentError, UnavailableError
from schemas.kinds import registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef, SendMessageBatchRequestEntryTypeDef

    from ops.settings import Settings
    from schemas.envelope import Envelope
    from schemas.job import JobError

    #: By queue, and there by the message's place among all that are sent.
    Entries = defaultdict[str, dict[str, SendMessageBatchRequestEntryTypeDef]]

SERVICE = "SQS"


class SqsQueues:
    """Sends to the queues and dead-letter queues of all kinds."""

    def __init__(self, client: SQSClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._url = lru_cache(maxsize=None)(self._find_url)

    def send(self, envelope: Envelope, *, owner: str, delay_s: int = 0) -> None:
        """Put a message on its kind's queue, delivered after `delay_s`; on return it is durable.

        The owner's hash is the message group: a fair queue keeps one busy owner from starving the others.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
        """
        queue = self._settings.queue_name(envelope.kind)
        with translated(SERVICE):
            self._client.send_message(
                QueueUrl=self._url(queue),
                MessageBody=self._body(envelope, queue),
                MessageGroupId=_group(owner),
                DelaySeconds=delay_s,
            )

    def send_batch(self, messages: Sequence[tuple[Envelope, str]]) -> None:
        """Put messages on their kinds' queues by tens; `NotSentError` says which are not known to be there."""
        by_queue: Entries = defaultdict(dict)
        for number, (envelope, owner) in enumerate(messages):
            queue = self._settings.queue_name(envelope.kind)
            by_queue[queue][str(number)] = {
                "Id": str(number),
                "MessageBody": self._body(envelope, queue),
                "MessageGroupId": _group(owner),
            }
        self._send_all(by_queue, [envelope for envelope, _ in messages])

    def bury_batch(self, letters: Sequence[tuple[Envelope, JobError, Mapping[str, str | int]]]) -> None:
        """Put messages on their kinds' dead-letter queues by tens; `NotSentError` says which may not be there."""
        by_queue: Entries = defaultdict(dict)
        for number, (envelope, error, context) in enumerate(letters):
            queue = self._settings.queue_name(envelope.kind)
            by_queue[f"{queue}{DLQ_SUFFIX}"][str(number)] = {
                "Id": str(number),
                "MessageBody": self._body(envelope, queue),
                "MessageAttributes": _attributes(_reason(error, context)),
            }
        self._send_all(by_queue, [envelope for envelope, *_ in letters])

    def _send_all(self, by_queue: Entries, envelopes: Sequence[Envelope]) -> None:
        unsent: set[str] = set()
        for queue, entries in by_queue.items():
            unsent |= send_batches(self._client, partial(self._url, queue), entries)
        if unsent:
            raise NotSentError(SERVICE, [envelopes[int(number)] for number in sorted(unsent, key=int)], len(envelopes))

    def bury(self, envelope: Envelope, *, error: JobError, context: Mapping[str, str | int]) -> None:
        """Put a message on its kind's dead-letter queue, with the reason as an attribute."""
        queue = self._settings.queue_name(envelope.kind)
        self._bury(queue, self._body(envelope, queue), _reason(error, context))

    def bury_foreign(self, queue: str, body: str, *, code: str) -> None:
        """Put a message that is no job of the queue's on the queue's dead-letter queue, as it is."""
        self._bury(queue, body, {"code": code, "message": "No worker of this queue can run the message."})

    def _bury(self, queue: str, body: str, reason: Mapping[str, str | int]) -> None:
        with translated(SERVICE):
            self._client.send_message(
                QueueUrl=self._url(f"{queue}{DLQ_SUFFIX}"),
                MessageBody=body,
                MessageAttributes=_attributes(reason),
            )

    def depth(self, kind: str) -> int:
        """Return about how many messages a kind's queue holds: visible, in flight and delayed."""
        return sum(self.depths(self._settings.queue_name(kind)).values())

    def depths(self, queue: str) -> dict[str, int]:
        """Return about how many messages a queue holds: `visible`, `in_flight` and `delayed`.

        Raises:
            NoQueueError: there is no such queue.
        """
        names = {"visible": "", "in_flight": "NotVisible", "delayed": "Delayed"}
        with _of(queue):
            answer = self._client.get_queue_attributes(
                QueueUrl=self._url(queue),
                AttributeNames=[f"ApproximateNumberOfMessages{suffix}" for suffix in names.values()],  # type: ignore[misc]
            )
        return {
            name: int(answer["Attributes"][f"ApproximateNumberOfMessages{suffix}"])  # type: ignore[index]
            for name, suffix in names.items()
        }

    def url(self, queue: str) -> str:
        """Return a queue's URL, asked for once."""
        return self._url(queue)

    def _find_url(self, queue: str) -> str:
        with _of(queue):
            return self._client.get_queue_url(QueueName=queue)["QueueUrl"]

    @staticmethod
    def _body(envelope: Envelope, queue: str) -> str:
        return to_message(envelope, task=registry()[envelope.kind].task, queue=queue)


@contextmanager
def _of(queue: str) -> Iterator[None]:
    """Translate errors of one queue: that it is not there is said with its name."""
    try:
        with translated(SERVICE):
            yield
    except UnavailableError as error:
        if error.reason in MISSING_QUEUE:
            raise NoQueueError(SERVICE, queue) from error
        raise


def _reason(error: JobError, context: Mapping[str, str | int]) -> dict[str, str | int]:
    return {"code": error.code, "message": error.message, **context}


def _attributes(reason: Mapping[str, str | int]) -> dict[str, MessageAttributeValueTypeDef]:
    return {REASON_ATTRIBUTE: {"DataType": "String", "StringValue": json.dumps(reason, ensure_ascii=False)}}


def _group(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:32]
