"""A plain Celery app on kombu's own SQS transport, as its documentation says to write one; nothing of Sayline's.

`celery -A tests.stock.app worker` runs it. What happens in the worker is written to a file of JSON lines, which a test
reads: each line has `event`, `job`, `thread` and `at` (seconds, Unix time).
"""

from __future__ import annotations

import ast
import json
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from celery import Celery, Task, bootsteps, signals
from celery.exceptions import Retry
from celery.worker.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

#: A dict as Python writes it (backoff policies have numbers for keys): `conf` of the app, `events`, the file to write
#: to, and `ticks`, whether the parent's timers are noted.
CONFIG = "STOCK_CELERY"

TICK_S = 0.1
SECRET = "my name is Mina and I am nine"


def new_app(conf: dict[str, Any]) -> Celery:
    """Return an app without tasks, which is all that a sender needs."""
    app = Celery("stock", set_as_current=False)
    app.conf.update(conf)
    return app


def note(event: str, job: str | None, **data: Any) -> None:
    line = {
        "event": event,
        "job": job,
        "pid": os.getpid(),
        "thread": threading.current_thread().name,
        "at": time.time(),
    }
    # One write of a short line to a file opened for appending: no two processes' lines mix.
    with Path(_config["events"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line | data) + "\n")


class NotingRequest(Request):  # type: ignore[misc] # Celery has no types
    """Celery's request, with its end noted, and left as it is."""

    def on_failure(self, exc_info: Any, *args: Any, **kwargs: Any) -> Any:
        note("on_failure", self.kwargs.get("job"), error=type(exc_info.exception).__name__)
        return super().on_failure(exc_info, *args, **kwargs)

    def on_timeout(self, soft: Any, timeout: Any) -> Any:
        note("on_timeout", self.kwargs.get("job"))
        return super().on_timeout(soft, timeout)

    def on_retry(self, exc_info: Any) -> Any:
        note("on_retry", self.kwargs.get("job"))
        return super().on_retry(exc_info)


class NotingTask(Task):  # type: ignore[misc] # Celery has no types
    Request = NotingRequest


class Ticks(bootsteps.StartStopStep):  # type: ignore[misc] # Celery has no types
    """Notes that the parent's timers run."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        worker.timer.call_repeatedly(TICK_S, note, ("tick", None))


_config: dict[str, Any] = ast.literal_eval(os.environ.get(CONFIG, '{"conf": {}}'))
app: Any = new_app(_config["conf"])
app.Task = NotingTask
if _config.get("ticks"):
    app.steps["worker"].add(Ticks)


def _note_retry(request: Any, **_: Any) -> None:
    note("task_retry", request.kwargs["job"])


signals.task_retry.connect(_note_retry)


def _begin(task: Task, job: str) -> None:
    attributes = task.request.properties["delivery_info"]["sqs_message"]["Attributes"]
    received = int(attributes["ApproximateReceiveCount"])
    note("begin", job, receives=received, retries=task.request.retries)


def work(self: Task, *, job: str, seconds: float = 0) -> None:
    """Take so long."""
    _begin(self, job)
    time.sleep(seconds)
    note("end", job)


def retry(self: Task, *, job: str) -> None:
    """Fail, and be tried again as Celery's documentation says."""
    _begin(self, job)
    raise self.retry(countdown=0, exc=RuntimeError("boom"))


def raise_retry(self: Task, *, job: str) -> None:
    """Ask for a retry without publishing one."""
    _begin(self, job)
    raise Retry(SECRET, when=1)


def fail(self: Task, *, job: str) -> None:
    """Fail, with Celery's defaults."""
    _begin(self, job)
    raise RuntimeError("boom")


def fail_unacknowledged(self: Task, *, job: str) -> None:
    """Fail, and leave the message to SQS's redrive policy."""
    _begin(self, job)
    raise RuntimeError("boom")


def overrun(self: Task, *, job: str, seconds: float = 60) -> None:
    """Take longer than the hard time limit."""
    _begin(self, job)
    time.sleep(seconds)
    note("end", job)


_TASKS: dict[Callable[..., None], dict[str, Any]] = {
    work: {},
    retry: {"max_retries": 2},
    raise_retry: {},
    fail: {},
    fail_unacknowledged: {"acks_on_failure_or_timeout": False},
    overrun: {"acks_on_failure_or_timeout": False, "time_limit": 1},
}
for _function, _options in _TASKS.items():
    app.task(bind=True, name=_function.__name__, **_options)(_function)
