"""Celery's request, where a retry means that the same message comes back.

`Task.retry` of Celery publishes a copy and deletes the message: receive counts start anew and the dead-letter queue is
never reached. Here a task raises `Redeliver`, nothing is published, and the message in hand is hidden.
"""

from __future__ import annotations

from typing import Any

from celery.exceptions import Retry
from celery.worker.request import Request


class Redeliver(Retry):
    """Raised by a task to have its message delivered again after `when` seconds; None leaves it alone.

    It crosses from the pool's child to the parent by pickle, hence Celery's own constructor. The message is a code:
    Celery logs it.
    """

    def __init__(self, message: str | None = None, exc: None = None, when: int | None = None) -> None:
        super().__init__(message, exc, when)


class SqsRequest(Request):
    """A delivery in the worker's parent process."""

    def on_retry(self, exc_info: Any) -> None:  # noqa: ANN401
        """Hide or leave the message, as the task said."""
        message = self.message
        when = exc_info.exception.when
        if when is None:
            message.channel.leave(message.delivery_tag)
        else:
            message.channel.hide(message.delivery_tag, int(when))
        message._state = "ACK"  # noqa: SLF001 - kombu has no word for it: settled, not deleted
        self.acknowledged = True
