"""Messages by tens: one request for up to ten, and another try for those of them that SQS did not take.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.aws.errors import translated
from ops.aws.leftovers import ask_for_all
from ops.batching import batched
from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

    Entries = Mapping[str, SendMessageBatchRequestEntryTypeDef]

SERVICE = "SQS"
#: SQS takes no more in one request, and gives no more at once.
BATCH = 10
_TRIES = 4


def send_batches(client: SQSClient, url: Callable[[], str], entries: Entries) -> set[str]:
    """Send a queue's entries, each under its id, and return the ids of those that are not known to be on the queue.

    Once SQS is out of reach no further request is made: the caller waits for its time-outs once.
    """
    unsent = set(entries)
    for page in batched(entries.items(), BATCH):
        batch = dict(page)
        try:
            unsent -= batch.keys() - _send(client, url(), batch)
        except UnavailableError:
            break
    return unsent


def _send(client: SQSClient, url: str, batch: Entries) -> set[str]:
    """Send one batch, what failed of it a few times, and return the ids that failed at last."""

    def once(left: Entries) -> Entries:
        with translated(SERVICE):
            answer = client.send_message_batch(QueueUrl=url, Entries=list(left.values()))
        return {failed["Id"]: left[failed["Id"]] for failed in answer.get("Failed", [])}

    return set(ask_for_all(once, batch, tries=_TRIES))
