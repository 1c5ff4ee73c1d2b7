"""Messages by tens: one request for up to ten, and another try for those of them that SQS did not take.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
            unsent -= batch.keys() - ask_batch(client.send_message_batch, url(), batch).keys()
        except UnavailableError:
            break
    return unsent


def ask_batch(
    request: Callable[..., Any], url: str, batch: Mapping[str, Any], *, counts: Callable[[Any], bool] = lambda _: True
) -> Mapping[str, str]:
    """Make a request for up to ten entries, again for those that failed, and return SQS's codes of what failed at last.

    Args:
        request: of boto3's, for a batch.
        url: the queue's.
        batch: entries by their ids.
        counts: whether one of the answer's failures is one.
    """

    def once(left: Mapping[str, str]) -> Mapping[str, str]:
        with translated(SERVICE):
            answer = request(QueueUrl=url, Entries=[batch[entry_id] for entry_id in left])
        return {failed["Id"]: failed["Code"] for failed in answer.get("Failed", []) if counts(failed)}

    return ask_for_all(once, dict.fromkeys(batch, ""), tries=_TRIES)
