"""What one process of a worker is made of; put together after the fork, as clients can't be carried over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from random import SystemRandom
from threading import Lock
from typing import TYPE_CHECKING, Any

from ops.aws.dynamodb import DynamoConversations, DynamoJobStore
from ops.aws.objects import S3ObjectStore
from ops.aws.queues import SqsQueues
from ops.doctor import EngineFault
from ops.lifeline import process_name
from ops.payloads import ClaimCheck
from ops.settings import CLOCK_SKEW_S
from ops.timing import utc_now
from schemas.ending import Ending
from schemas.envelope import REASON_ATTRIBUTE, Envelope
from schemas.kinds import registry, with_roles
from workers.claims import Claims
from workers.delivery import Delivery, lease_token
from workers.engines import (
    EngineOptionsError,
    EngineSecretError,
    UnknownEngineError,
    check_engine,
    known_engines,
    load_engine,
    preload,
)
from workers.engines.inspecting import addresses, lacking
from workers.finish import PATIENCE_S, Finisher
from workers.handlers import load_handler
from workers.keeping import JobAttempts
from workers.memory import settle
from workers.reuse import Reuse
from workers.runner import Runner
from workers.time_limit import within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ops.aws.clients import Clients
    from ops.settings import Settings


def build_runner(settings: Settings, clients: Clients, *, patience_s: float = PATIENCE_S) -> Runner:
    """Put a runner together; engines and handlers are loaded when a job first needs them, once.

    Args:
        settings: the worker's.
        clients: made by this very process.
        patience_s: how long to try again to write the end of an attempt.
    """
    store = DynamoJobStore(clients.dynamodb, settings.table_name)
    objects = S3ObjectStore(clients.s3, settings.bucket_name)
    queues = SqsQueues(clients.sqs, settings)
    ending = Ending(settings.record_retention_days)
    return Runner(
        kinds=registry(),
        handler=cache(lambda kind: within(registry()[kind].timeout_s, load_handler(kind))),
        engine=_engines(settings),
        claims=Claims(
            store=store,
            objects=objects,
            queue=queues,
            dead_letters=queues,
            ending=ending,
            lease_s=settings.lease_s,
            check_after=timedelta(seconds=settings.check_after_s),
            clock=utc_now,
        ),
        finisher=Finisher(store=store, ending=ending, clock=utc_now, patience_s=patience_s),
        store=store,
        conversations=DynamoConversations(clients.dynamodb, settings.table_name),
        objects=objects,
        payloads=ClaimCheck(objects, inline_max_bytes=settings.inline_max_bytes),
        reuse=Reuse(objects),
        ending=ending,
        clock=utc_now,
        random=SystemRandom(),
    )


def check_engines(settings: Settings, kinds: Iterable[str]) -> None:
    """See that the engines of these kinds can be made, without making any.

    Raises:
        UnknownEngineError: the settings name an engine that there is not, or that is not installed.
        EngineOptionsError: they give it options that it can't be made with.
    """
    if unknown := settings.engines.keys() - with_roles(registry()):
        raise UnknownEngineError(f"SAYLINE_ENGINES has {', '.join(sorted(unknown))}: there is no such kind")
    if unknown := settings.engine_options.keys() - known_engines():
        raise UnknownEngineError(f"SAYLINE_ENGINE_OPTIONS has {', '.join(sorted(unknown))}: there is no such engine")
    for kind in sorted(with_roles(kinds)):
        check_engine(kind, *_chosen(settings, kind))


@dataclass(frozen=True)
class InspectedEngines:
    """Implements `ops.doctor.Engines` for the engines that the settings name."""

    settings: Settings

    def fault(self, kind: str) -> EngineFault | None:
        """Return why a kind's engine can't be made, as far as that shows without making it."""
        try:
            check_engine(kind, *_chosen(self.settings, kind))
        except (UnknownEngineError, EngineOptionsError) as error:
            return EngineFault(str(error), is_secret=isinstance(error, EngineSecretError))
        return None

    def addresses(self, kind: str) -> list[str]:
        """Return the URLs that a kind's engine calls."""
        return addresses(kind, *_chosen(self.settings, kind))

    def lacking(self, kind: str) -> Mapping[str, Sequence[str]]:
        """Return the packages that are wanted for a kind's engine and not installed, by extra."""
        try:
            return lacking(kind, *_chosen(self.settings, kind))
        except (UnknownEngineError, EngineOptionsError):
            return {}  # `fault` says why


def preload_engines(settings: Settings, kinds: Iterable[str]) -> None:
    """Load what the pool's processes are to share, such as models: once, in the parent, before it forks them."""
    for kind in sorted(with_roles(kinds)):
        preload(kind, settings.engines.get(kind))
    settle()


def _engines(settings: Settings) -> Callable[[str], Any]:
    """Return what makes a kind's engine when it is first asked for: one, however many threads ask."""
    lock = Lock()
    made = cache(lambda kind: load_engine(kind, *_chosen(settings, kind)))

    def engine(kind: str) -> Any:  # noqa: ANN401 - each kind has an engine port of its own
        with lock:
            return made(kind)

    return engine


def _chosen(settings: Settings, kind: str) -> tuple[str | None, Mapping[str, Any], Mapping[str, Any]]:
    """Return the engine's name, its options, and those of all engines that have such."""
    name = settings.engines.get(kind)
    return name, settings.engine_options.get(name or "", {}), {"region": settings.region}


def build_attempts(settings: Settings, clients: Clients) -> JobAttempts:
    """Put together what the worker's parent does about attempts: extend, abandon, hand back."""
    return JobAttempts(
        # Not patient: what fails is left to the next receiver, and the heartbeat of all else must go on.
        runner=build_runner(settings, clients, patience_s=0),
        store=DynamoJobStore(clients.dynamodb, settings.table_name),
        dead_letters=SqsQueues(clients.sqs, settings),
        lease=timedelta(seconds=settings.visibility_s - CLOCK_SKEW_S),
        clock=utc_now,
    )


def delivery_of(message: Any, properties: Any) -> Delivery:  # noqa: ANN401 - as Celery hands them over
    """Return the delivery that a task's argument and its message's properties describe."""
    info = properties["delivery_info"]
    received_at = datetime.fromtimestamp(round(info["received_at"], 3), UTC)
    return Delivery(
        envelope=Envelope.model_validate(message),
        token=lease_token(info["sqs_message"]["ReceiptHandle"]),
        received_at=received_at,
        worker=process_name(),
        probing=info.get("probing", False),
        redriven=REASON_ATTRIBUTE in info["sqs_message"].get("MessageAttributes", {}),
    )
