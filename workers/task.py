"""The Celery task of a kind, and the runner behind it: one per process that runs jobs."""

from __future__ import annotations

import signal
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from celery import Task

from ops.aws.clients import Clients
from ops.lifeline import die_with_parent
from ops.sqs_transport.request import Redeliver
from schemas.outcome import Hidden, Left, Outcome, Settled
from workers.process import build_runner, delivery_of

if TYPE_CHECKING:
    from ops.settings import Settings
    from schemas.kinds import AnyKind
    from workers.runner import Runner

#: The hard limit comes after the handler's own by this much: time to claim, and to record the attempt's end.
_HARD_LIMIT_MARGIN_S = 15

_runner: Runner | None = None


class KindTask(Task):
    """The task of a kind: a delivery goes in, and what becomes of its message comes out."""

    Strategy = "ops.sqs_transport.request:strategy"
    typing = False

    def run(self, message: Any) -> str | None:  # noqa: ANN401 - JSON of an envelope
        """Run a delivery; return how the engine did, see `schemas.outcome.Settled`."""
        if _runner is None:
            raise RuntimeError("jobs run in the pool only")
        _outlive_group_signal()
        return settle(_runner.run(delivery_of(message, self.request.properties)))


def settle(outcome: Outcome) -> str | None:
    """Tell the parent what to do: it deletes the message unless the task raises."""
    match outcome:
        case Settled(code):
            return code
        case Hidden(seconds, code, retry_after_s):
            raise Redeliver(code, when=seconds, retry_after_s=retry_after_s)
        case Left():
            raise Redeliver("left")


def kind_task(kind: AnyKind) -> KindTask:
    """Return the task of a kind, to be registered."""
    attributes = {"name": kind.task, "time_limit": hard_limit_s(kind)}
    task: KindTask = type(f"{kind.name.title()}Task", (KindTask,), attributes)()
    return task


def hard_limit_s(kind: AnyKind) -> int:
    """Return after how many seconds the parent kills the process that runs a job of the kind."""
    return kind.timeout_s + _HARD_LIMIT_MARGIN_S


def start_runner(settings: Settings) -> None:
    """Have jobs run in this process; called where its threads are the pool, or after the fork."""
    global _runner  # noqa: PLW0603 - one per process that runs jobs
    _runner = build_runner(settings, Clients(settings))


def start_process(settings: Settings, parent: int, **_signal: object) -> None:
    """Begin a process of the pool: a receiver of Celery's signal."""
    die_with_parent(parent)
    start_runner(settings)


@cache
def _outlive_group_signal() -> None:
    """Have a process of the pool do nothing at SIGTERM: whoever signals the group means the parent, which drains.

    Set with the first job, as billiard sets its own after all of Celery's hooks. No SIG_IGN: engines' own processes
    would inherit that. A thread of the pool needs nothing of the kind.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: None)
