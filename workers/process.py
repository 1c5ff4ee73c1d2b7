"""What one process of a worker is made of; put together after the fork, as clients can't be carried over it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from celery.exceptions import SoftTimeLimitExceeded

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.objects import S3ObjectStore
from ops.aws.queues import SqsQueues
from ops.lifeline import process_name
from ops.payloads import ClaimCheck
from ops.timing import utc_now
from schemas.envelope import Envelope
from schemas.errors import TransientError
from schemas.kinds import registry
from workers.claims import Claims
from workers.delivery import Delivery, lease_token
from workers.ending import Ending
from workers.engines import load_engine
from workers.finish import Finisher
from workers.handlers import load_handler
from workers.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.settings import Settings
    from schemas.kind import Result
    from workers.work import Work


def build_runner(settings: Settings) -> Runner:
    """Put a runner together; engines and handlers are loaded when a job first needs them, once."""
    clients = Clients(settings)
    store = DynamoJobStore(clients.dynamodb, settings.table_name)
    objects = S3ObjectStore(clients.s3, settings.bucket_name)
    queues = SqsQueues(clients.sqs, settings)
    ending = Ending(settings.record_retention_days)
    return Runner(
        kinds=registry(),
        handler=cache(lambda kind: _within_time_limit(load_handler(kind))),
        engine=cache(lambda kind: load_engine(kind, settings.engines.get(kind))),
        claims=Claims(store=store, objects=objects, dead_letters=queues, ending=ending, clock=utc_now),
        finisher=Finisher(store=store, ending=ending, clock=utc_now),
        store=store,
        objects=objects,
        payloads=ClaimCheck(objects, inline_max_bytes=settings.inline_max_bytes),
        ending=ending,
        clock=utc_now,
        random=SystemRandom(),
    )


def _within_time_limit(handler: Callable[[Any, Any], Result]) -> Callable[[Any, Any], Result]:
    def handle(request: Any, work: Work[Any]) -> Result:  # noqa: ANN401 - any kind's request
        try:
            return handler(request, work)
        except SoftTimeLimitExceeded:
            raise TransientError("timed_out", "The attempt took too long.") from None

    return handle


def delivery_of(message: Any, properties: Any) -> Delivery:  # noqa: ANN401 - as Celery hands them over
    """Return the delivery that a task's argument and its message's properties describe."""
    info = properties["delivery_info"]
    received_at = datetime.fromtimestamp(round(info["received_at"], 3), UTC)
    return Delivery(
        envelope=Envelope.model_validate(message),
        token=lease_token(info["sqs_message"]["ReceiptHandle"]),
        received_at=received_at,
        worker=process_name(),
    )
