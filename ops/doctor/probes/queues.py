"""What each role does with the queues: an empty batch, a receipt handle that never was, eleven messages at once.

SQS takes no message out for a receive of more than ten. Whether it looks for the right before it looks at the request
is documented nowhere: where it does not, these probes find less, and never too much.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.aws.batches import BATCH
from ops.doctor.probes.probe import NOBODYS, Probe, is_denied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ops.doctor.patient import Patient
    from ops.roles import Role

_TAKES = ("ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage")
#: What is done with a kind's queue, and with its dead-letter queue.
_QUEUE: Mapping[Role, tuple[str, ...]] = {
    "worker": ("GetQueueAttributes", "SendMessage", *_TAKES),
    "api": ("GetQueueAttributes", "SendMessage"),  # the first for /readyz
    "clock": ("GetQueueAttributes", "SendMessage"),
    "operator": ("GetQueueAttributes", "SendMessage"),
}
_DLQ: Mapping[Role, tuple[str, ...]] = {
    "worker": ("SendMessage",),
    "api": (),
    "clock": (),
    "operator": ("GetQueueAttributes", "SendMessage", *_TAKES),
}


def of_queues(patient: Patient) -> Iterator[Probe]:
    """Iterate over the probes of what the patient's role needs."""
    for kind in patient.kinds:
        for name, actions in (
            (patient.settings.queue_name(kind), _QUEUE[patient.role]),
            (patient.settings.dlq_name(kind), _DLQ[patient.role]),
        ):
            if actions:
                yield from _of(patient.clients.sqs, name, actions)


def _of(client: Any, name: str, actions: tuple[str, ...]) -> Iterator[Probe]:  # noqa: ANN401 - any request
    try:
        url = client.get_queue_url(QueueName=name)["QueueUrl"]
    except ClientError as error:
        if is_denied(error):
            yield Probe("sqs:GetQueueUrl", name, partial(_raise, error))
        return  # where there is none, `queues` has said so
    asks = _asks(client, url)
    for action in actions:
        yield Probe(f"sqs:{action}", name, asks[action])


def _asks(client: Any, url: str) -> Mapping[str, Callable[[], object]]:  # noqa: ANN401 - as above
    nobodys = {"QueueUrl": url, "ReceiptHandle": NOBODYS}
    return {
        "GetQueueAttributes": partial(client.get_queue_attributes, QueueUrl=url, AttributeNames=["QueueArn"]),
        "SendMessage": partial(client.send_message_batch, QueueUrl=url, Entries=[]),
        "ReceiveMessage": partial(client.receive_message, QueueUrl=url, MaxNumberOfMessages=BATCH + 1),
        "ChangeMessageVisibility": partial(client.change_message_visibility, **nobodys, VisibilityTimeout=0),
        "DeleteMessage": partial(client.delete_message, **nobodys),
    }


def _raise(error: ClientError) -> object:
    raise error
