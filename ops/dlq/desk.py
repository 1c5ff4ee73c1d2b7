"""What an operator of dead letters works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from schemas.dead_letters import DeadJobs, DeadLetterBox
from schemas.ports import Clock, DeadLetters, Enqueuer, JobStore, ObjectStore, Payloads

if TYPE_CHECKING:
    from ops.settings import Settings


class Records(JobStore, DeadJobs, Protocol):
    """The records of jobs, and of those that are dead-lettered."""


class Sending(Enqueuer, DeadLetters, Protocol):
    """The way into queues and dead-letter queues."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The ports, and how long the clock leaves a job alone that was sent."""

    jobs: Records
    objects: ObjectStore
    payloads: Payloads
    queues: Sending
    box: DeadLetterBox
    now: Clock
    check_after: timedelta


def open_desk(settings: Settings) -> Desk:
    """Return the desk of an environment, on AWS or what stands for it."""
    # boto3 takes a while to import, which help and usage errors need not.
    from ops.aws.clients import Clients  # noqa: PLC0415
    from ops.aws.dead_letters import SqsDeadLetterBox  # noqa: PLC0415
    from ops.aws.dynamodb import DynamoJobStore  # noqa: PLC0415
    from ops.aws.objects import S3ObjectStore  # noqa: PLC0415
    from ops.aws.queues import SqsQueues  # noqa: PLC0415
    from ops.payloads import ClaimCheck  # noqa: PLC0415
    from ops.timing import utc_now  # noqa: PLC0415

    clients = Clients(settings)
    objects = S3ObjectStore(clients.s3, settings.bucket_name)
    queues = SqsQueues(clients.sqs, settings)
    return Desk(
        jobs=DynamoJobStore(clients.dynamodb, settings.table_name),
        objects=objects,
        payloads=ClaimCheck(objects, inline_max_bytes=settings.inline_max_bytes),
        queues=queues,
        box=SqsDeadLetterBox(clients.sqs, queues, settings),
        now=utc_now,
        check_after=timedelta(seconds=settings.check_after_s),
    )
