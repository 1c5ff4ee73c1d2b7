"""Where an operator sits: the stores and queues, reached by the settings and not through the API."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.timing import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from typing import Protocol

    from ops.settings import Settings
    from schemas.job import Job
    from schemas.operating import Pauses, Workforce
    from schemas.ports import Clock
    from schemas.status import Status

    class Depths(Protocol):
        """How much each queue holds."""

        def depths(self, queue: str) -> Mapping[str, int]:
            """Return about how many messages a queue holds: `visible`, `in_flight` and `delayed`."""

    class JobLists(Protocol):
        """All jobs, not only one owner's."""

        def open_jobs(self, kind: str) -> Iterator[Job]:
            """Iterate over a kind's jobs with something left to do, in no order; one may come twice."""

        def oldest_open(self, kind: str) -> datetime | None:
            """Return about when the oldest of a kind's jobs that wait or run was to begin."""

        def dead_jobs(self, kind: str) -> Iterator[Job]:
            """Iterate over a kind's dead-lettered jobs, those that died first first."""

        def owned(self, owner: str) -> Iterator[Job]:
            """Iterate over an owner's jobs, newest first."""

        def select(
            self, *, kinds: frozenset[str], statuses: frozenset[Status], since: datetime | None, until: datetime | None
        ) -> Iterator[Job]:
            """Iterate over jobs of these kinds and states (all, where none are given), created in this time."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the operators' commands work with."""

    settings: Settings
    pauses: Pauses
    workforce: Workforce
    queues: Depths
    jobs: JobLists
    clock: Clock = utc_now
    sleep: Callable[[float], None] = time.sleep


def open_desk(settings: Settings) -> Desk:
    """Return a desk with AWS behind it."""
    # boto3 takes a while to import, which other commands need not.
    from ops.aws.clients import Clients  # noqa: PLC0415
    from ops.aws.dynamodb import DynamoJobLists, DynamoOperating  # noqa: PLC0415
    from ops.aws.errors import translated  # noqa: PLC0415
    from ops.aws.queues import SqsQueues  # noqa: PLC0415

    clients = Clients(settings)
    with translated("AWS"):  # credentials are looked for as a client is made
        dynamodb, sqs = clients.dynamodb, clients.sqs
    operating = DynamoOperating(dynamodb, settings.table_name)
    return Desk(
        settings=settings,
        pauses=operating,
        workforce=operating,
        queues=SqsQueues(sqs, settings),
        jobs=DynamoJobLists(dynamodb, settings.table_name),
    )
