"""kombu's SQS channel, mended where jobs depend on it.

- The client is Sayline's own: with predefined queues and no host in the broker URL kombu would call AWS itself.
- No receive error leaves the poll loop: kombu 5.7.0 raises from within it, which ends the worker.
- A full prefetch doesn't sleep: the queue is parked, and polled again when a message is settled.
- A message can be hidden for a time of its own, which is how a job is retried.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import structlog
from botocore.exceptions import BotoCoreError, ClientError
from kombu.asynchronous.aws.sqs.connection import AsyncSQSConnection
from kombu.transport import SQS

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

log = structlog.get_logger(__name__)

_FIRST_BACKOFF_S = 0.5
_LONGEST_BACKOFF_S = 20.0
_FAILED = "ReceiveFailed"


class Connection(AsyncSQSConnection):
    """Answers a failed receive with no messages and a mark, instead of raising into the event loop."""

    def _on_list_ready(self, parent: Any, markers: Any, operation: str, response: Any) -> Any:  # noqa: ANN401
        try:
            if response.status == self.STATUS_CODE_OK:
                return super()._on_list_ready(parent, markers, operation, response)
        except Exception as error:  # noqa: BLE001 - an answer that can't be read is one more failed receive
            return {_FAILED: type(error).__name__}
        return {_FAILED: f"HTTP {response.status}"}


class Channel(SQS.Channel):
    """A channel of predefined queues, consumed by a Celery worker."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        self._parked: set[str] = set()
        self._backoff_s: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def new_sqs_client(self, *_args: Any, **_kwargs: Any) -> SQSClient:  # noqa: ANN401
        """Return Sayline's client, whatever the broker URL says."""
        client: SQSClient = self.transport_options["new_client"]()
        return client

    def asynsqs(self, queue: str | None = None) -> Connection:
        """Return the connection that receives from the queue."""
        clients = self._predefined_queue_async_clients
        if queue not in clients:
            clients[queue] = Connection(sqs_connection=self.sqs(queue=queue), region=self.region)
        connection: Connection = clients[queue]
        return connection

    def _envelope_payload(self, *args: Any) -> Any:  # noqa: ANN401
        payload = super()._envelope_payload(*args)
        payload["properties"]["delivery_info"]["received_at"] = time.time()
        return payload

    # --- the poll loop ---

    def _on_messages_ready(self, queue: str, qname: str, messages: Any) -> int:  # noqa: ANN401
        failure = messages.get(_FAILED)
        if failure is None:
            self._backoff_s.pop(qname, None)
            received: int = super()._on_messages_ready(queue, qname, messages)
            return received
        last = self._backoff_s.get(qname, _FIRST_BACKOFF_S / 2)
        self._backoff_s[qname] = min(last * 2, _LONGEST_BACKOFF_S)
        log.warning("receive_failed", queue=qname, reason=failure, next_in_s=self._backoff_s[qname])
        return 0

    def _loop1(self, queue: str, _fetched: Any = None) -> None:  # noqa: ANN401
        """Poll again: at once, as SQS itself waits for messages, or after the backoff of a failed receive."""
        backoff_s = self._backoff_s.get(queue)
        if backoff_s is None:
            self.hub.call_soon(self._schedule_queue, queue)
        else:
            self.hub.call_later(backoff_s, self._schedule_queue, queue)

    def _schedule_queue(self, queue: str) -> None:
        if queue in self._active_queues and not self.qos.can_consume():
            self._parked.add(queue)
        else:
            super()._schedule_queue(queue)

    def _wake(self) -> None:
        parked, self._parked = self._parked, set()
        for queue in parked:
            self.hub.call_soon(self._schedule_queue, queue)

    # --- settling ---

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:  # noqa: FBT001, FBT002 - kombu's signature
        """Delete the message."""
        try:
            super().basic_ack(delivery_tag, multiple)
        finally:
            self._wake()

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002
        """Put the message back, or leave it to its visibility timeout and the redrive policy."""
        try:
            super().basic_reject(delivery_tag, requeue)
        finally:
            self._wake()

    def hide(self, delivery_tag: str, seconds: int) -> None:
        """Have the message delivered again after so many seconds; should that fail, after its visibility timeout."""
        info = self.qos.get(delivery_tag).delivery_info
        try:
            self.sqs(queue=info["routing_key"]).change_message_visibility(
                QueueUrl=info["sqs_queue"], ReceiptHandle=delivery_tag, VisibilityTimeout=seconds
            )
        except (BotoCoreError, ClientError) as error:
            log.warning("hide_failed", queue=info["routing_key"], reason=str(error))
        self.leave(delivery_tag)

    def leave(self, delivery_tag: str) -> None:
        """Forget the delivery; SQS delivers the message again when its visibility timeout is over."""
        self.qos.ack(delivery_tag)
        self._wake()


class Transport(SQS.Transport):
    """kombu's SQS transport with the channel above."""

    Channel = Channel
