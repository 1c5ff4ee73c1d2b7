"""What the transport is made of in one worker, and the step by which it starts and ends with Celery's worker."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from celery import bootsteps, signals
from celery.concurrency.prefork import TaskPool as Prefork
from celery.concurrency.thread import TaskPool as Threads
from celery.worker import state

from ops.sqs_transport.batches import Batches
from ops.sqs_transport.custody import Custody
from ops.sqs_transport.heartbeat import Heartbeat
from ops.sqs_transport.keeper import Keeper
from ops.sqs_transport.preflight import NotFitError
from ops.sqs_transport.receiver import Receiver, SharedClient
from ops.sqs_transport.settler import Settler
from ops.sqs_transport.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_sqs import SQSClient

    from ops.sqs_transport.held import Attempts, Guard
    from ops.sqs_transport.presence import Presence
    from ops.sqs_transport.receiver import Deliver

log = structlog.get_logger(__name__)

_POOLS = (Prefork, Threads)
#: From <sysexits.h>: whoever watches the worker starts it again.
_EX_TEMPFAIL = 75
_LOOP_LOOKS_EVERY_S = 1.0


@dataclass(frozen=True, kw_only=True)
class QueueOfKind:
    """A queue to receive from."""

    url: str
    kind: str
    limit_s: float
    """How long an attempt may run at most, in seconds."""


@dataclass(kw_only=True)
class Parts:
    """Everything of one worker's transport."""

    queues: Mapping[str, QueueOfKind]
    keeper_client: Callable[[], SQSClient]
    """A client that gives up soon."""
    polling_client: Callable[[], SQSClient]
    """A new client that waits as long as SQS does."""
    attempts: Attempts
    pool_size: int
    prefetch: int
    wait_s: int
    visibility_s: int
    heartbeat_s: float
    grace_s: float
    guards: Mapping[str, Guard] = field(default_factory=dict)
    presence: Presence | None = None
    """What heeds operators and speaks to them; a transport alone has none."""

    def __post_init__(self) -> None:
        self.custody = Custody(slots=self.pool_size * self.prefetch, pool_size=self.pool_size, guards=self.guards)
        self.watch = Watch(
            custody=self.custody,
            pool_size=self.pool_size,
            wait_s=self.wait_s,
            keeper_limit_s=max(60.0, self.visibility_s),
        )
        self.client = SharedClient(self.polling_client)
        self.receivers: dict[str, Receiver] = {}
        self.keeper: Keeper | None = None

    def receive(self, queue: str, deliver: Deliver) -> None:
        """Begin to receive; or go on, for a consumer that has begun anew and forgotten what the pool does not have."""
        if receiver := self.receivers.get(queue):
            receiver.deliver = deliver
            self.custody.hand_back(queue)
            return
        self.receivers[queue] = Receiver(
            queue=queue,
            url=self.queues[queue].url,
            kind=self.queues[queue].kind,
            custody=self.custody,
            client=self.client,
            deliver=deliver,
            wait_s=self.wait_s,
            visibility_s=self.visibility_s,
            heartbeat_s=self.heartbeat_s,
        )
        self.watch.receivers = tuple(self.receivers.values())
        self.receivers[queue].start()

    def keep(self, *, on_drained: Callable[[], None], leave: Callable[[str], None]) -> Keeper:
        """Begin to keep what is received."""
        batches = Batches(self.keeper_client())
        now = self.watch.now
        self.keeper = Keeper(
            custody=self.custody,
            settler=Settler(batches, now=now),
            heartbeat=Heartbeat(
                batches=batches,
                attempts=self.attempts,
                interval_s=self.heartbeat_s,
                visibility_s=self.visibility_s,
                now=now,
            ),
            attempts=self.attempts,
            limit_s=lambda queue: self.queues[queue].limit_s,
            longest_s=max(queue.limit_s for queue in self.queues.values()),
            watch=self.watch.from_keeper,
            on_drained=on_drained,
            leave=leave,
            now=now,
        )
        self.keeper.start()
        return self.keeper


class Keeping(bootsteps.StartStopStep):
    """Starts the keeper before anything is received, and has SIGTERM drain the worker before Celery stops it."""

    requires = ("celery.worker.components:Pool",)

    def start(self, parent: Any) -> None:  # noqa: ANN401 - Celery's worker, here and below
        """Begin to keep."""
        if not issubclass(parent.pool_cls, _POOLS):
            # solo stops Celery's timers while a job runs, green threads stop the keeper's.
            raise NotFitError(f"the pool is {parent.pool_cls.__module__}: it must be prefork or threads")
        parts: Parts = parent.app.conf.broker_transport_options["parts"]
        keeper = parts.keep(on_drained=lambda: _end(parent, parts.presence), leave=_leave)
        if parts.presence:
            parts.presence.attend(parts.custody)

        def end(number: int, _frame: object) -> None:
            # Ctrl-C reaches the whole group, and its supervisor then sends SIGTERM: that is still the first request.
            if number == signal.SIGQUIT or (number == signal.SIGINT and keeper.is_draining):
                keeper.hurry()
            else:
                keeper.drain(parts.grace_s)

        def on_ready(**_: object) -> None:
            # After Celery has set its own: they would stop the event loop while jobs run.
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
                signal.signal(number, end)

        signals.worker_ready.connect(on_ready, weak=False)

    def register_with_event_loop(self, parent: Any, hub: Any) -> None:  # noqa: ANN401
        """Have the event loop look at the keeper."""
        parts: Parts = parent.app.conf.broker_transport_options["parts"]

        def look() -> None:
            if reason := parts.watch.from_loop():
                _leave(reason)

        hub.call_repeatedly(_LOOP_LOOKS_EVERY_S, look)


def _end(worker: Any, presence: Presence | None) -> None:  # noqa: ANN401
    """Have Celery's event loop end: nothing is in hand any more."""
    if presence:
        presence.leave()
    state.should_stop = 0
    worker.hub.call_soon(lambda: None)


def _leave(reason: str) -> None:
    """End the process, and with it its children: whatever is left comes back when its visibility ends."""
    is_orderly = reason == "grace_period_over"
    (log.warning if is_orderly else log.error)("worker_left", reason=reason)
    os._exit(0 if is_orderly else _EX_TEMPFAIL)
