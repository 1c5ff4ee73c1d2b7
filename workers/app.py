"""The worker: a Celery app whose tasks are the registry's kinds, on SQS, with prefork processes or threads.

Started by `sayline worker` or `python -m workers.app`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import structlog
from celery import Celery, Task, signals
from celery.platforms import SecurityWarning
from kombu import Queue
from kombu.transport import TRANSPORT_ALIASES
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from ops import log
from ops.aws.clients import Clients
from ops.aws.queues import SqsQueues
from ops.lifeline import die_with_parent, die_with_supervisor, say_ready
from ops.settings import Settings
from ops.sqs_transport.preflight import NotFitError, check
from ops.sqs_transport.request import Redeliver
from ops.sqs_transport.worker import Keeping, Parts, QueueOfKind
from schemas.errors import UnavailableError
from schemas.kinds import registry
from schemas.outcome import Hidden, Left, Outcome, Settled
from workers.guarding import KindGuard, kind_guard
from workers.process import build_attempts, build_runner, delivery_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.kinds import AnyKind
    from workers.runner import Runner

TRANSPORT_ALIASES["sayline-sqs"] = "ops.sqs_transport.channel:Transport"

#: The hard limit comes after the handler's own by this much: time to claim, and to record the attempt's end.
_HARD_LIMIT_MARGIN_S = 15
#: No pool has ended an attempt this long after its hard limit: the keeper does, for a thread can't be killed.
_OVERDUE_MARGIN_S = 10
#: How long Celery waits for the result of a process that has died, before its job counts as lost.
_LOST_WAIT_S = 2

_START_PATIENCE_S = 30

_runner: Runner | None = None


class UnknownKindError(ValueError):
    """The settings name a kind that there is not."""


class KindTask(Task):
    """The task of a kind: a delivery goes in, and what becomes of its message comes out."""

    Strategy = "ops.sqs_transport.request:strategy"
    typing = False

    def run(self, message: Any) -> str | None:  # noqa: ANN401 - JSON of an envelope
        """Run a delivery; return why it did not succeed."""
        if _runner is None:
            raise RuntimeError("jobs run in the pool only")
        _outlive_group_signal()
        return _settle(_runner.run(delivery_of(message, self.request.properties)))


@cache
def _outlive_group_signal() -> None:
    """Have a process of the pool do nothing at SIGTERM: whoever signals the group means the parent, which drains.

    Set with the first job, as billiard sets its own after all of Celery's hooks. No SIG_IGN: engines' own processes
    would inherit that. A thread of the pool needs nothing of the kind.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: None)


def _settle(outcome: Outcome) -> str | None:
    """Tell the parent process what to do: it deletes the message unless the task raises."""
    match outcome:
        case Settled(code):
            return code
        case Hidden(seconds, code, retry_after_s):
            raise Redeliver(code, when=seconds, retry_after_s=retry_after_s)
        case Left():
            raise Redeliver("left")


def kinds_served(settings: Settings) -> list[AnyKind]:
    """Return the kinds that this worker serves.

    Raises:
        UnknownKindError: the settings name a kind that there is not.
    """
    unknown = set(settings.kinds) - registry().keys()
    if unknown:
        raise UnknownKindError(f"SAYLINE_KINDS has {', '.join(sorted(unknown))}; there are {', '.join(registry())}")
    return [registry()[name] for name in settings.kinds or registry()]


def create_app(settings: Settings) -> Celery:
    """Return the Celery app; asks SQS for the queues' URLs.

    Raises:
        UnavailableError: SQS is out of reach, or a queue is not there.
        UnknownKindError: the settings name a kind that there is not.
        NotFitError: a queue is not such that jobs on it are safe.
    """
    kinds = kinds_served(settings)
    parts = build_parts(settings, kinds)
    names = list(parts.queues)
    app = Celery("sayline", broker="sayline-sqs://", task_cls=KindTask)
    app.conf.update(
        task_queues=[Queue(name, routing_key=name) for name in names],
        task_default_queue=names[0],
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_ignore_result=True,
        worker_concurrency=settings.concurrency,
        worker_prefetch_multiplier=settings.prefetch,
        worker_pool=settings.pool,
        worker_lost_wait=_LOST_WAIT_S,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "parts": parts,
            "predefined_queues": {name: {"url": queue.url} for name, queue in parts.queues.items()},
            "region": settings.region,
            "sqs_base64_encoding": False,
        },
    )
    app.steps["worker"].add(Keeping)
    for kind in kinds:
        app.register_task(_task(kind))
    return app


def build_parts(settings: Settings, kinds: Sequence[AnyKind]) -> Parts:
    """Put the worker's transport together."""
    clients = Clients(settings, is_hasty=True)
    queues = SqsQueues(clients.sqs, settings)
    names = {settings.queue_name(kind.name): kind for kind in kinds}
    parts = Parts(
        queues={
            name: QueueOfKind(
                url=queues.url(name), kind=kind.name, limit_s=kind.timeout_s + _HARD_LIMIT_MARGIN_S + _OVERDUE_MARGIN_S
            )
            for name, kind in names.items()
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
        guards={name: _guard(kind, settings) for name, kind in names.items()},
    )
    check(clients.sqs, {name: queue.url for name, queue in parts.queues.items()})
    return parts


def _guard(kind: AnyKind, settings: Settings) -> KindGuard:
    slots = settings.concurrency * settings.prefetch
    most = min(settings.limits.get(kind.name, slots), slots)
    return kind_guard(kind, most=most, rate_per_s=settings.rates.get(kind.name))


def _task(kind: AnyKind) -> KindTask:
    attributes = {"name": kind.task, "time_limit": kind.timeout_s + _HARD_LIMIT_MARGIN_S}
    task: KindTask = type(f"{kind.name.title()}Task", (KindTask,), attributes)()
    return task


def _start_runner(settings: Settings) -> None:
    global _runner  # noqa: PLW0603 - one per process that runs jobs
    _runner = build_runner(settings, Clients(settings))


def _start_process(settings: Settings, parent: int, **_signal: object) -> None:
    die_with_parent(parent)
    _start_runner(settings)


def main() -> None:
    """Run a worker until it is told to stop (SIGTERM: what runs is finished or handed back)."""
    die_with_supervisor()
    settings = Settings()
    log.configure(settings, process="worker")
    # Celery warns of root because of pickle; only JSON is accepted here.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    signals.setup_logging.connect(lambda **_: None, weak=False)  # Celery leaves logging to us
    signals.worker_ready.connect(lambda **_: say_ready(), weak=False)
    signals.worker_process_init.connect(partial(_start_process, settings, os.getpid()), weak=False)
    try:
        app = _patiently(create_app, settings)
    except (UnavailableError, UnknownKindError, NotFitError) as error:
        sys.exit(f"the worker cannot start: {error}")
    if settings.pool == "threads":
        _start_runner(settings)
    worker = app.Worker(quiet=True, without_gossip=True, without_mingle=True, without_heartbeat=True)
    worker.start()
    sys.exit(worker.exitcode)


#: A worker is not started in vain for an outage of seconds, or before the stack is deployed.
_patiently = Retrying(
    retry=retry_if_exception_type(UnavailableError),
    stop=stop_after_delay(_START_PATIENCE_S),
    wait=wait_random_exponential(multiplier=0.2, max=5),
    before_sleep=lambda attempt: structlog.get_logger(__name__).warning(
        "worker_waits", reason=str(attempt.outcome.exception() if attempt.outcome else None)
    ),
    reraise=True,
)

if __name__ == "__main__":
    main()
