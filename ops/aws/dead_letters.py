"""The dead-letter queues' other end, on SQS: received only to be deleted, or to be put back at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ops.aws.batches import BATCH, SERVICE, ask_batch
from ops.aws.errors import translated
from ops.batching import batched
from schemas.dead_letters import DeadLetter
from schemas.envelope import REASON_ATTRIBUTE, Envelope, UnreadableMessageError, from_message
from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from ops.aws.queues import SqsQueues
    from ops.settings import Settings
    from schemas.job import JsonObject

#: Long enough to ask all of SQS's servers, which a receive without a wait does not:
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
_WAIT_S = 1


class SqsDeadLetterBox:
    """Receives, deletes and puts back."""

    def __init__(self, client: SQSClient, queues: SqsQueues, settings: Settings) -> None:
        self._client = client
        self._queues = queues
        self._settings = settings

    def receive(self, kind: str, *, hide_s: int) -> Sequence[DeadLetter]:
        """Return up to ten messages, hidden from all others for a while; none where none is to be seen."""
        with translated(SERVICE):
            answer = self._client.receive_message(
                QueueUrl=self._url(kind),
                MaxNumberOfMessages=BATCH,
                WaitTimeSeconds=_WAIT_S,
                VisibilityTimeout=hide_s,
                MessageAttributeNames=[REASON_ATTRIBUTE],
            )
        return [_letter(message) for message in answer.get("Messages", [])]

    def delete(self, kind: str, letters: Sequence[DeadLetter]) -> None:
        """Delete messages by tens."""
        entries = ({"Id": str(n), "ReceiptHandle": letter.receipt} for n, letter in enumerate(letters))
        self._ask(self._client.delete_message_batch, kind, entries)

    def put_back(self, kind: str, receipts: Sequence[str]) -> None:
        """Show messages again at once, by tens."""
        entries = ({"Id": str(n), "ReceiptHandle": at, "VisibilityTimeout": 0} for n, at in enumerate(receipts))
        self._ask(self._client.change_message_visibility_batch, kind, entries)

    def held(self, kind: str) -> Mapping[str, int]:
        """Return about how many messages there are."""
        return self._queues.depths(self._settings.dlq_name(kind))

    def _ask(self, request: Callable[..., Any], kind: str, entries: Iterable[Any]) -> None:
        """Ask for entries by tens, and again for those that SQS fails at.

        A receipt that is no good any more is as good as done, by another.
        """
        for page in batched(entries, BATCH):
            batch = {entry["Id"]: entry for entry in page}
            failed = ask_batch(request, self._url(kind), batch, counts=lambda entry: not entry["SenderFault"])
            if failed:
                raise UnavailableError(SERVICE, next(iter(failed.values())))

    def _url(self, kind: str) -> str:
        return self._queues.url(self._settings.dlq_name(kind))


def _letter(message: MessageTypeDef) -> DeadLetter:
    attribute = message.get("MessageAttributes", {}).get(REASON_ATTRIBUTE)
    return DeadLetter(
        id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        body=message["Body"],
        envelope=_envelope(message["Body"]),
        reason=_reason(attribute["StringValue"]) if attribute else {},
    )


def _envelope(body: str) -> Envelope | None:
    """Return the envelope; anybody may send anything, be it nested more deeply than can be read."""
    try:
        return from_message(body)
    except (UnreadableMessageError, RecursionError):
        return None


def _reason(text: str) -> JsonObject:
    """Return the reason; anybody may write anything into an attribute."""
    try:
        reason = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return reason if isinstance(reason, dict) else {}
