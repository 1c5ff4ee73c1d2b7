"""The queue message: which job, nothing of its content; written as the Celery message that a worker understands.

Celery's protocol 2: https://docs.celeryq.dev/en/stable/internals/protocol.html; the outer object is what kombu's
virtual transports put on a queue. Written here and not by Celery, so that the producer needs neither Celery nor kombu;
`tests/contract/test_envelope.py` reads it back with both.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError

from schemas.model import Model

if TYPE_CHECKING:
    from schemas.job import Job

#: The message attribute that says why a message was dead-lettered (JSON). On a queue of jobs it means that somebody has
#: moved dead letters back, as the AWS console does.
REASON_ATTRIBUTE = "sayline.reason"


class UnreadableMessageError(ValueError):
    """A queue message that is no envelope of ours."""


class Envelope(Model):
    """What travels through SQS; the request itself stays in the record."""

    v: Literal[1] = 1
    job_id: Annotated[str, Field(min_length=1, max_length=64)]
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
    epoch: Annotated[int, Field(ge=0)] = 0
    traceparent: str | None = None

    @property
    def delivery_tag(self) -> str:
        """Name the message; kombu replaces it by the receipt handle."""
        return f"{self.job_id}@{self.epoch}"


def envelope_of(job: Job) -> Envelope:
    """Return the message of a job's present epoch."""
    return Envelope(job_id=job.id, kind=job.kind, epoch=job.epoch, traceparent=job.trace)


def to_message(envelope: Envelope, *, task: str, queue: str) -> str:
    """Return the SQS message body for a Celery worker that consumes the queue."""
    embed = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    args: list[Any] = [[envelope.model_dump(exclude_none=True)], {}, embed]
    return _dumps(
        {
            "body": _dumps(args),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {
                "lang": "py",
                "task": task,
                "id": envelope.job_id,
                "root_id": envelope.job_id,
                "parent_id": None,
                "group": None,
                "argsrepr": "",
                "kwargsrepr": "",
            },
            "properties": {
                "correlation_id": envelope.job_id,
                "delivery_info": {"exchange": "", "routing_key": queue},
                "delivery_tag": envelope.delivery_tag,
            },
        }
    )


def from_message(body: str) -> Envelope:
    """Read an SQS message body.

    Raises:
        UnreadableMessageError: it is not one of ours.
    """
    try:
        args, _kwargs, _embed = json.loads(json.loads(body)["body"])
        return Envelope.model_validate(args[0])
    except (ValueError, TypeError, KeyError, IndexError, ValidationError) as error:
        raise UnreadableMessageError("the message holds no envelope") from error


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
