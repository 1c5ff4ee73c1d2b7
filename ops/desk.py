"""Where an operator sits: stores and queues, reached by the settings and not through the API."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from ops.timing import utc_now
from schemas.dead_letters import Burials, DeadJobs
from schemas.operating import Depths, JobLists
from schemas.ports import DeadLetters, Enqueuer, JobStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.settings import Settings
    from schemas.dead_letters import DeadLetterBox
    from schemas.operating import Pauses, Workforce
    from schemas.ports import Clock, ObjectStore, Payloads


class Records(JobStore, JobLists, DeadJobs, Protocol):
    """The records of jobs, and everybody's by state, kind and age."""


class Queues(Enqueuer, DeadLetters, Burials, Depths, Protocol):
    """The way into queues and dead-letter queues, and how much each holds."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the operators' commands work with."""

    settings: Settings
    jobs: Records
    objects: ObjectStore
    payloads: Payloads
    queues: Queues
    box: DeadLetterBox
    pauses: Pauses
    workforce: Workforce
    now: Clock = utc_now
    sleep: Callable[[float], None] = time.sleep

    @property
    def check_after(self) -> timedelta:
        """How long the clock leaves a job alone that was sent."""
        return timedelta(seconds=self.settings.check_after_s)


def open_desk(settings: Settings) -> Desk:
    """Return the desk of an environment, on AWS or what stands for it.

    Raises:
        NotSetUpError: see `Clients`.
    """
    # boto3 takes a while to import, which help and usage errors need not.
    from ops.aws.clients import Clients  # noqa: PLC0415
    from ops.aws.dead_letters import SqsDeadLetterBox  # noqa: PLC0415
    from ops.aws.dynamodb import DynamoJobStore, DynamoOperating  # noqa: PLC0415
    from ops.aws.objects import S3ObjectStore  # noqa: PLC0415
    from ops.aws.queues import SqsQueues  # noqa: PLC0415
    from ops.payloads import ClaimCheck  # noqa: PLC0415

    clients = Clients(settings)
    dynamodb, sqs, s3 = clients.dynamodb, clients.sqs, clients.s3
    operating = DynamoOperating(dynamodb, settings.table_name)
    objects, queues = S3ObjectStore(s3, settings.bucket_name), SqsQueues(sqs, settings)
    return Desk(
        settings=settings,
        jobs=DynamoJobStore(dynamodb, settings.table_name),
        objects=objects,
        payloads=ClaimCheck(objects, inline_max_bytes=settings.inline_max_bytes),
        queues=queues,
        box=SqsDeadLetterBox(sqs, queues, settings),
        pauses=operating,
        workforce=operating,
    )
