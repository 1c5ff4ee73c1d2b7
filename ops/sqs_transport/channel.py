"""kombu's SQS channel and transport: predefined queues, received from by threads, settled through the custody.

Nothing of kombu's own polling, acknowledging and restoring is used. What is kept of it: how a Celery worker consumes
from queues, and how an SQS message becomes kombu's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kombu.transport import SQS, virtual

from ops.sqs_transport.custody import HANDED_BACK
from ops.sqs_transport.held import MALFORMED, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from ops.sqs_transport.custody import Custody
    from ops.sqs_transport.held import Ending, Held
    from ops.sqs_transport.worker import Parts


class Channel(SQS.Channel):
    """A channel of predefined queues, consumed by a Celery worker."""

    #: The custody gives messages back; kombu would do it one by one, hidden for the time of a long poll.
    do_restore = False

    @property
    def _parts(self) -> Parts:
        parts: Parts = self.transport_options["parts"]
        return parts

    @property
    def custody(self) -> Custody:
        """What the worker has in hand."""
        return self._parts.custody

    def new_sqs_client(self, *_args: Any, **_kwargs: Any) -> SQSClient:  # noqa: ANN401 - kombu's signature, as below
        """Return Sayline's client: with no host in the broker URL kombu would call AWS itself."""
        return self._parts.keeper_client()

    def _size(self, _queue: str) -> int:
        """Return nothing worth knowing: kombu asks SQS for each queue that a worker declares, and nobody reads it."""
        return 0

    def basic_consume(self, queue: str, no_ack: bool, callback: Any, consumer_tag: str, **kwargs: Any) -> Any:  # noqa: ANN401, FBT001
        """Begin to receive from the queue."""
        answer = virtual.Channel.basic_consume(self, queue, no_ack, callback, consumer_tag, **kwargs)
        self._parts.receive(queue, self._on_received)
        return answer

    def _on_received(self, queue: str, messages: Sequence[tuple[Held, MessageTypeDef]]) -> None:
        """Pass messages from a receiver's thread to the event loop."""
        self.hub.call_soon(self._deliver, queue, messages)

    def _deliver(self, queue: str, messages: Sequence[tuple[Held, MessageTypeDef]]) -> None:
        callback = self.connection._callbacks.get(queue)  # noqa: SLF001 - as kombu's own channel does
        for held, message in messages:
            if callback is None:
                self.end(held.receipt, HANDED_BACK)
                continue
            try:
                payload = self._message_to_python(message, queue, held.url)
                payload["properties"]["delivery_info"] |= {"received_at": held.received_at, "probing": held.probing}
                callback(payload)
            except MALFORMED:
                if held.is_given:
                    raise
                # Raised, it would end Celery's event loop, and with it each worker that the message comes to.
                self.end(held.receipt, Refused("unreadable_message"))

    def end(self, delivery_tag: str, ending: Ending) -> None:
        """Say what becomes of a message; from any thread."""
        self.custody.end(delivery_tag, ending)
        self.qos.ack(delivery_tag)

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Refuse the message: Celery itself acknowledges, and so deletes, only what it can't decode."""
        self.end(delivery_tag, Refused("unreadable_message"))

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Refuse the message: Celery itself rejects only what it has no task for; kombu might delete that."""
        self.end(delivery_tag, Refused("unknown_task"))


class Transport(SQS.Transport):
    """kombu's SQS transport with the channel above."""

    Channel = Channel
