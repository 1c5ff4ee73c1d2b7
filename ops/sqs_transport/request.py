"""Celery's request and strategy, where every end of a delivery goes through the custody, once.

`Task.retry` of Celery publishes a copy and deletes the message: receive counts start anew and the dead-letter queue is
never reached. Here a task raises `Redeliver`, nothing is published, and the message in hand is hidden.
"""

from __future__ import annotations

import socket
from ast import literal_eval
from typing import TYPE_CHECKING, Any

from billiard.einfo import ExceptionInfo, ExceptionWithTraceback
from billiard.exceptions import TimeLimitExceeded
from celery.exceptions import InvalidTaskError, Retry, TaskRevokedError
from celery.worker.request import Request
from celery.worker.state import task_ready, task_reserved

from ops.sqs_transport.custody import HANDED_BACK
from ops.sqs_transport.held import MALFORMED, Lost
from schemas.errors import TIMED_OUT, WORKER_LOST
from schemas.outcome import Hidden, Left, Settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.sqs_transport.held import Ending


class Redeliver(Retry):
    """Raised by a task to have its message delivered again after `when` seconds; None leaves it alone.

    It crosses from the pool's child to the parent by pickle, hence Celery's own constructor. The message is a code:
    Celery logs it.
    """

    def __init__(
        self,
        message: str | None = None,
        exc: None = None,
        when: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, exc, when)
        self.retry_after_s = retry_after_s

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what it is made of again in the parent."""
        return type(self), (self.message, None, self.when, self.retry_after_s)


class SqsRequest(Request):
    """A delivery in the worker's parent process. A task's return value is the code of `Settled`: a string, or None."""

    def execute_using_pool(self, pool: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Celery's signature, as all below
        """Give the delivery to the pool, unless it was handed back while it waited."""
        if not self.message.channel.custody.give(self.message.delivery_tag):
            task_ready(self)
            self._end(HANDED_BACK)
            raise TaskRevokedError(self.id)  # the worker takes back the pool's slot
        return super().execute_using_pool(pool, **kwargs)

    def on_accepted(self, pid: int, time_accepted: float) -> None:
        """Take note of who runs it."""
        super().on_accepted(pid, time_accepted)
        self.message.channel.custody.start(self.message.delivery_tag, f"{socket.gethostname()}:{pid}")

    def on_success(self, failed__retval__runtime: Any, **_: Any) -> None:  # noqa: ANN401
        """Delete the message, or settle it as the failure that the task ended with says."""
        if isinstance(failed__retval__runtime, ExceptionInfo):  # SystemExit in the pool of threads
            self.on_failure(failed__retval__runtime)
            return
        failed, told, _runtime = failed__retval__runtime
        if failed:
            self.on_failure(told, return_ok=True)
            return
        task_ready(self, successful=True)
        # Of a value Celery's tracer gives the pool the `repr` alone, which is meant for its log.
        self._end(Settled(literal_eval(told)))

    def on_retry(self, exc_info: Any) -> None:  # noqa: ANN401
        """Hide or leave the message, as the task said."""
        told: Redeliver = _error(exc_info)
        self._end(Left() if told.when is None else Hidden(told.when, str(told.message), told.retry_after_s))

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> None:  # noqa: ANN401, ARG002, FBT001, FBT002
        """Settle a delivery whose task raised, or whose process is gone."""
        task_ready(self)
        error = _error(exc_info)
        if isinstance(error, Redeliver):
            self.on_retry(exc_info)
        elif isinstance(error, TimeLimitExceeded):
            self._end(Lost(TIMED_OUT))
        else:
            self._end(Lost(WORKER_LOST))

    def on_timeout(self, soft: bool, timeout: float) -> None:  # noqa: ARG002, FBT001
        """Settle a delivery at its hard limit; Celery also calls `on_failure`, and the first call counts."""
        if not soft:
            task_ready(self)
            self._end(Lost(TIMED_OUT))

    def _end(self, ending: Ending) -> None:
        self.message.channel.end(self.message.delivery_tag, ending)
        self.acknowledged = True


def _error(exc_info: Any) -> Any:  # noqa: ANN401
    """Return what was raised; a thread wraps it, a process does not (and a `Retry` has an `exc` of its own)."""
    error = exc_info.exception
    return error.exc if isinstance(error, ExceptionWithTraceback) else error


def strategy(task: Any, app: Any, consumer: Any) -> Callable[..., None]:  # noqa: ANN401
    """Return what makes requests of a task's messages: no ETA, no expiry, no revocation, no rate limit, no events."""

    def on_message(message: Any, body: Any, ack: Any, reject: Any, _callbacks: Any) -> None:  # noqa: ANN401
        try:
            request = SqsRequest(
                message,
                on_ack=ack,
                on_reject=reject,
                app=app,
                hostname=consumer.hostname,
                task=task,
                connection_errors=consumer.connection_errors,
                body=message.body if body is None else body,
                headers=message.headers,
                decoded=False,
            )
        except MALFORMED as error:
            raise InvalidTaskError(f"{type(error).__name__} in its headers or body") from None
        task_reserved(request)
        consumer.on_task_request(request)

    return on_message
