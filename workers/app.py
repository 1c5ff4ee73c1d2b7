"""The worker: a Celery app whose tasks are the registry's kinds, on SQS, with prefork processes.

Started by `sayline worker` or `python -m workers.app`.
"""

from __future__ import annotations

import os
import sys
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

from celery import Celery, Task, signals
from celery.platforms import SecurityWarning
from kombu import Queue
from kombu.transport import TRANSPORT_ALIASES

from ops import log
from ops.aws.clients import Clients
from ops.aws.queues import SqsQueues
from ops.lifeline import die_with_parent, die_with_supervisor, say_ready
from ops.settings import Settings
from ops.sqs_transport.request import Redeliver
from schemas.errors import UnavailableError
from schemas.kinds import registry
from workers.outcome import Hidden, Left, Outcome
from workers.process import build_runner, delivery_of

if TYPE_CHECKING:
    from schemas.kinds import AnyKind
    from workers.runner import Runner

TRANSPORT_ALIASES["sayline-sqs"] = "ops.sqs_transport.channel:Transport"

#: The hard limit comes after the soft one by this much: time to record the attempt's end.
_HARD_LIMIT_MARGIN_S = 15

_runner: Runner | None = None


class UnknownKindError(ValueError):
    """The settings name a kind that there is not."""


class KindTask(Task):
    """The task of a kind: a delivery goes in, and what becomes of its message comes out."""

    Request = "ops.sqs_transport.request:SqsRequest"
    typing = False

    def run(self, message: Any) -> None:  # noqa: ANN401 - JSON of an envelope
        """Run a delivery."""
        if _runner is None:
            raise RuntimeError("jobs run in the pool's processes only")
        _settle(_runner.run(delivery_of(message, self.request.properties)))


def _settle(outcome: Outcome) -> None:
    """Tell the parent process what to do: it deletes the message unless the task raises."""
    match outcome:
        case Hidden(seconds, reason):
            raise Redeliver(reason, when=seconds)
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
    """Return the Celery app; asks SQS for the queues' URLs."""
    kinds = kinds_served(settings)
    queues = SqsQueues(Clients(settings).sqs, settings)
    names = [settings.queue_name(kind.name) for kind in kinds]
    app = Celery("sayline", broker="sayline-sqs://", task_cls=KindTask)
    app.conf.update(
        task_queues=[Queue(name, routing_key=name) for name in names],
        task_default_queue=names[0],
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_acks_on_failure_or_timeout=False,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_concurrency=settings.concurrency,
        worker_prefetch_multiplier=1,
        worker_pool="prefork",
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "predefined_queues": {name: {"url": queues.url(name)} for name in names},
            "new_client": lambda: Clients(settings).sqs,
            "region": settings.region,
            "wait_time_seconds": settings.long_poll_s,
            "sqs_base64_encoding": False,
        },
    )
    for kind in kinds:
        app.register_task(_task(kind))
    return app


def _task(kind: AnyKind) -> KindTask:
    attributes = {
        "name": kind.task,
        "soft_time_limit": kind.timeout_s,
        "time_limit": kind.timeout_s + _HARD_LIMIT_MARGIN_S,
    }
    task: KindTask = type(f"{kind.name.title()}Task", (KindTask,), attributes)()
    return task


def _start_process(settings: Settings, parent: int, **_signal: object) -> None:
    global _runner  # noqa: PLW0603 - one per process of the pool, made after the fork
    die_with_parent(parent)
    _runner = build_runner(settings)


def main() -> None:
    """Run a worker until it is told to stop (SIGTERM: running jobs are finished first)."""
    die_with_supervisor()
    settings = Settings()
    log.configure(settings, process="worker")
    # Celery warns of root because of pickle; only JSON is accepted here.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    signals.setup_logging.connect(lambda **_: None, weak=False)  # Celery leaves logging to us
    signals.worker_ready.connect(lambda **_: say_ready(), weak=False)
    signals.worker_process_init.connect(partial(_start_process, settings, os.getpid()), weak=False)
    try:
        app = create_app(settings)
    except (UnavailableError, UnknownKindError) as error:
        sys.exit(f"the worker cannot start: {error}")
    worker = app.Worker(quiet=True, without_gossip=True, without_mingle=True, without_heartbeat=True)
    worker.start()
    sys.exit(worker.exitcode)


if __name__ == "__main__":
    main()
