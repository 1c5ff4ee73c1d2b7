"""A worker's transport, put together from the settings: which queues, with which guards, kept by whom."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoOperating
from ops.aws.queues import SqsQueues
from ops.lifeline import process_name
from ops.sqs_transport.preflight import check
from ops.sqs_transport.presence import Presence
from ops.sqs_transport.worker import Parts, QueueOfKind
from ops.timing import utc_now
from ops.versions import installed
from schemas.fingerprint import registry_digest
from schemas.kinds import registry
from schemas.operating import SignOfLife
from workers.guarding import KindGuard, kind_guard
from workers.process import build_attempts
from workers.task import hard_limit_s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.settings import Settings
    from schemas.kinds import AnyKind

#: No pool has ended an attempt this long after its hard limit: the keeper does, for a thread can't be killed.
_OVERDUE_MARGIN_S = 10


class UnknownKindError(ValueError):
    """The settings name a kind that there is not."""


def kinds_served(settings: Settings) -> list[AnyKind]:
    """Return the kinds that this worker serves.

    Raises:
        UnknownKindError: the settings name a kind that there is not.
    """
    unknown = set(settings.kinds) - registry().keys()
    if unknown:
        raise UnknownKindError(f"SAYLINE_KINDS has {', '.join(sorted(unknown))}; there are {', '.join(registry())}")
    return [registry()[name] for name in settings.kinds or registry()]


def build_parts(settings: Settings) -> Parts:
    """Put the worker's transport together; asks SQS for the queues' URLs and redrive policies.

    Raises:
        UnavailableError: SQS is out of reach, or a queue is not there.
        UnknownKindError: the settings name a kind that there is not.
        NotFitError: a queue is not such that jobs on it are safe.
    """
    clients = Clients(settings, is_hasty=True)
    queues = SqsQueues(clients.sqs, settings)
    kinds = {settings.queue_name(kind.name): kind for kind in kinds_served(settings)}
    urls = {name: queues.url(name) for name in kinds}
    check(clients.sqs, urls)
    return Parts(
        queues={
            name: QueueOfKind(url=urls[name], kind=kind.name, limit_s=hard_limit_s(kind) + _OVERDUE_MARGIN_S)
            for name, kind in kinds.items()
        },
        keeper_client=lambda: clients.sqs,
        polling_client=lambda: Clients(settings).sqs_polling,
        attempts=build_attempts(settings, clients),
        pool_size=settings.concurrency,
        prefetch=settings.prefetch,
        wait_s=settings.poll_s,
        visibility_s=settings.visibility_s,
        heartbeat_s=settings.heartbeat_s,
        grace_s=settings.grace_s,
        guards={name: _guard(kind, settings) for name, kind in kinds.items()},
        presence=_presence(settings, clients, {name: kind.name for name, kind in kinds.items()}),
    )


def _presence(settings: Settings, clients: Clients, kinds: Mapping[str, str]) -> Presence:
    now, operating = utc_now(), DynamoOperating(clients.dynamodb, settings.table_name)
    about = SignOfLife(
        name=process_name(),
        kinds=tuple(kinds.values()),
        pool=settings.pool,
        concurrency=settings.concurrency,
        versions={"python": platform.python_version(), **installed("sayline", "celery", "kombu", "boto3")},
        registry=registry_digest(),
        started_at=now,
        seen_at=now,
        until=now,
    )
    return Presence(
        about=about,
        kinds=kinds,
        pauses=operating,
        workforce=operating,
        look_s=min(settings.pauses_s, settings.presence_s),
        speak_s=settings.presence_s,
        clock=utc_now,
    )


def _guard(kind: AnyKind, settings: Settings) -> KindGuard:
    slots = settings.concurrency * settings.prefetch
    most = min(settings.limits.get(kind.name, slots), slots)
    return kind_guard(kind, most=most, rate_per_s=settings.rates.get(kind.name))
