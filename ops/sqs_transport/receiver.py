"""Receives from one queue, in a thread of its own: no error, and no silence, of SQS reaches Celery's event loop."""

from __future__ import annotations

import threading
import time
from random import Random
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import ClientError

from ops.aws.errors import reason
from ops.sqs_transport.held import Held, Refused
from schemas.envelope import REASON_ATTRIBUTE, UnreadableMessageError, from_message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from ops.sqs_transport.custody import Custody

    Deliver = Callable[[str, Sequence[tuple[Held, MessageTypeDef]]], None]

log = structlog.get_logger(__name__)


class SharedClient:
    """One client for all receivers, made when it is first needed, and anew where credentials may have expired."""

    def __init__(self, new: Callable[[], SQSClient]) -> None:
        self._new = new
        self._client: SQSClient | None = None
        self._lock = threading.Lock()

    def get(self) -> SQSClient:
        """Return the client."""
        with self._lock:
            if self._client is None:
                self._client = self._new()
            return self._client

    def renew(self, used: SQSClient) -> None:
        """Have the next one made anew, unless another receiver was faster."""
        with self._lock:
            if self._client is used:
                self._client = None


_FIRST_BACKOFF_S = 0.5
_LONGEST_BACKOFF_S = 20.0
_FORBIDDEN = 403


class Receiver(threading.Thread):
    """Long polls, hands over what comes, and backs off with full jitter while receiving fails."""

    def __init__(  # noqa: PLR0913 - what it connects
        self,
        *,
        queue: str,
        url: str,
        kind: str,
        custody: Custody,
        client: SharedClient,
        deliver: Deliver,
        wait_s: int,
        visibility_s: int,
        heartbeat_s: float,
    ) -> None:
        super().__init__(name=f"receive {queue}", daemon=True)
        self._queue = queue
        self._url = url
        self._kind = kind
        self._custody = custody
        self._client = client
        self.deliver = deliver
        self._wait_s = wait_s
        self._visibility_s = visibility_s
        self._heartbeat_s = heartbeat_s
        self._random = Random()  # noqa: S311 - jitter
        self.polling_since: float | None = None
        """When the poll began that is under way; by `time.monotonic`."""

    def run(self) -> None:
        """Receive until the custody is closed."""
        backoff_s = _FIRST_BACKOFF_S
        while count := self._custody.reserve(self._queue):
            self.polling_since = time.monotonic()
            client = None
            try:
                client = self._client.get()
                messages = self._receive(client, count)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next poll may succeed
                self._custody.take(self._queue, ())
                rest_s = self._random.uniform(backoff_s / 2, backoff_s)
                log.warning("receive_failed", queue=self._queue, reason=reason(error), next_in_s=round(rest_s, 1))
                self._custody.rest(rest_s)
                backoff_s = min(2 * backoff_s, _LONGEST_BACKOFF_S)
                if client and _is_forbidden(error):
                    self._client.renew(client)
                continue
            finally:
                self.polling_since = None
            backoff_s = _FIRST_BACKOFF_S
            self._hand_over(messages)

    def _receive(self, client: SQSClient, count: int) -> list[MessageTypeDef]:
        answer = client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=count,
            WaitTimeSeconds=self._wait_s,
            VisibilityTimeout=self._visibility_s,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
            MessageAttributeNames=[REASON_ATTRIBUTE],
        )
        return answer.get("Messages", [])

    def _hand_over(self, messages: Sequence[MessageTypeDef]) -> None:
        received = [(self._held(message), message) for message in messages]
        self._custody.take(self._queue, [held for held, _ in received])
        jobs = []
        for held, message in received:
            if reason := self._refusal(held):
                self._custody.end(held.receipt, reason)
            else:
                jobs.append((held, message))
        if jobs:
            self.deliver(self._queue, jobs)

    def _refusal(self, held: Held) -> Refused | None:
        """Return why the message can't be run; Celery would delete such a message, or leave it for ever."""
        try:
            kind = from_message(held.body).kind
        except (UnreadableMessageError, RecursionError):
            return Refused("unreadable_message")
        return None if kind == self._kind else Refused("unknown_task")

    def _held(self, message: MessageTypeDef) -> Held:
        now = time.monotonic()
        return Held(
            queue=self._queue,
            url=self._url,
            receipt=message["ReceiptHandle"],
            body=message["Body"],
            received_at=time.time(),
            visible_at=now + self._visibility_s,
            beat_at=now + self._heartbeat_s,
        )


def _is_forbidden(error: Exception) -> bool:
    """Whether credentials may have expired: a new client reads them anew."""
    if not isinstance(error, ClientError):
        return False
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == _FORBIDDEN
