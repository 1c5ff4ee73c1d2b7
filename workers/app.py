"""The worker: a Celery app whose tasks are the registry's kinds, on SQS, with prefork processes or threads.

Started by `sayline worker` or `python -m workers.app`.
"""

from __future__ import annotations

import os
import sys
import warnings
from functools import partial
from typing import TYPE_CHECKING

import structlog
from celery import Celery, signals
from celery.platforms import SecurityWarning
from kombu import Queue
from kombu.transport import TRANSPORT_ALIASES
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from ops import log as logging
from ops.lifeline import die_with_supervisor, say_ready
from ops.settings import Settings
from ops.sqs_transport.preflight import NotFitError
from ops.sqs_transport.worker import Keeping
from schemas.errors import NotSetUpError, UnavailableError
from schemas.kinds import registry
from workers import checkup
from workers.engines import EngineOptionsError, UnknownEngineError
from workers.parts import UnknownKindError, build_parts, kinds_served
from workers.process import check_engines, preload_engines
from workers.task import KindTask, kind_task, start_process, start_runner

if TYPE_CHECKING:
    from tenacity import RetryCallState

log = structlog.get_logger(__name__)

TRANSPORT_ALIASES["sayline-sqs"] = "ops.sqs_transport.channel:Transport"

#: How long Celery waits for the result of a process that has died, before its job counts as lost.
_LOST_WAIT_S = 2
#: A worker is not started in vain for an outage of seconds, or a moment before its stack is deployed.
_START_PATIENCE_S = 30
#: The exit code of a worker that has no credentials: that of one whose settings are wrong.
_NOT_SET_UP = 2


def create_app(settings: Settings) -> Celery:
    """Return the Celery app; docs/adr/0007 has the reasons of its settings.

    Raises:
        UnavailableError, UnknownKindError, NotFitError: see `workers.parts.build_parts`.
    """
    parts = build_parts(settings)
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
    for queue in parts.queues.values():
        app.register_task(kind_task(registry()[queue.kind]))
    return app


def _say_why(attempt: RetryCallState) -> None:
    error = attempt.outcome.exception() if attempt.outcome else None
    log.warning("worker_waits", reason=str(error))


_patiently = Retrying(
    retry=retry_if_exception_type(UnavailableError),
    stop=stop_after_delay(_START_PATIENCE_S),
    wait=wait_random_exponential(multiplier=0.2, max=5),
    before_sleep=_say_why,
    reraise=True,
)


def main() -> None:
    """Run a worker until it is told to stop (SIGTERM: what runs is finished or handed back)."""
    die_with_supervisor()
    settings = Settings()
    logging.configure(settings, process="worker")
    # Celery warns of root because of pickle; only JSON is accepted here.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    signals.setup_logging.connect(lambda **_: None, weak=False)  # Celery leaves logging to us
    signals.worker_ready.connect(lambda **_: say_ready(), weak=False)
    signals.worker_process_init.connect(partial(start_process, settings, os.getpid()), weak=False)
    try:
        served = [kind.name for kind in kinds_served(settings)]
        check_engines(settings, served)
        app = _patiently(create_app, settings)
    except NotSetUpError as error:
        sys.stderr.write(f"the worker cannot start: {error}. {error.remedy}\n")
        sys.exit(_NOT_SET_UP)
    except (UnavailableError, UnknownKindError, UnknownEngineError, EngineOptionsError, NotFitError) as error:
        sys.exit(f"the worker cannot start: {error}")
    if settings.checkup:
        signals.worker_ready.connect(lambda **_: checkup.begin(settings, served), weak=False)
    if settings.pool == "threads":
        start_runner(settings)
    else:
        preload_engines(settings, served)
    worker = app.Worker(quiet=True, without_gossip=True, without_mingle=True, without_heartbeat=True)
    worker.start()
    sys.exit(worker.exitcode)


if __name__ == "__main__":
    main()
