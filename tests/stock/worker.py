"""Workers as processes: each reaches the emulator through a proxy of its own, which counts and fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from ops.aws.clients import Clients
from tests.faults import Fault, FaultProxy, Injection
from tests.stock.app import CONFIG, new_app
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient

    from ops.settings import Settings

ROOT = Path(__file__).parents[2]
#: Long enough that no test waits for it by accident.
LONG_VISIBILITY_S = 60


@dataclass(frozen=True)
class Queue:
    """A queue that a test made, with its dead-letter queue where it has one."""

    name: str
    url: str
    dlq_url: str | None
    sqs: SQSClient

    def counts(self) -> tuple[int, int]:
        """Messages that may be received now, and those that are hidden."""
        return _count(self.sqs, self.url)

    def is_empty(self) -> bool:
        return self.counts() == (0, 0)

    def dead_letters(self) -> int:
        assert self.dlq_url is not None
        return sum(_count(self.sqs, self.dlq_url))


def _count(sqs: SQSClient, url: str) -> tuple[int, int]:
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]), int(found["ApproximateNumberOfMessagesNotVisible"])


class Bench:
    """The emulator, and what is made in it for one row."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        self.port = settings.emulator_port
        self.directory = directory
        self.sqs = Clients(settings).sqs

    def queue(self, stem: str, *, visibility_s: int = LONG_VISIBILITY_S, max_receives: int | None = 2) -> Queue:
        """Make a queue; with a dead-letter queue unless `max_receives` is None."""
        name = f"{stem}-{uuid4().hex[:6]}"
        attributes: dict[Any, str] = {"VisibilityTimeout": str(visibility_s)}
        dlq_url = None
        if max_receives is not None:
            dlq_url = self.sqs.create_queue(QueueName=f"{name}-dlq")["QueueUrl"]
            arn = self.sqs.get_queue_attributes(QueueUrl=dlq_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            policy = {"deadLetterTargetArn": arn, "maxReceiveCount": max_receives}
            attributes["RedrivePolicy"] = json.dumps(policy)
        url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return Queue(name=name, url=url, dlq_url=dlq_url, sqs=self.sqs)

    def conf(self, *queues: Queue, port: int | None = None, **options: Any) -> dict[str, Any]:
        """Return an app's configuration; `options` are those of the transport."""
        predefined = {queue.name: {"url": queue.url} for queue in queues}
        return {
            "broker_url": f"sqs://test:test@127.0.0.1:{port or self.port}//",
            "broker_transport_options": {
                "region": "us-east-1",
                "is_secure": False,
                "wait_time_seconds": 1,
                **({"predefined_queues": predefined} if predefined else {}),
                **options,
            },
            "broker_connection_retry_on_startup": True,
            "task_default_queue": queues[0].name if queues else "celery",
            "task_acks_late": True,
            "worker_prefetch_multiplier": 1,
            "worker_enable_remote_control": False,
        }

    def send(self, queue: Queue, task: str, job: str, **options: Any) -> None:
        """Send a job as a Celery producer does."""
        kwargs = {"job": job, **options.pop("kwargs", {})}
        with new_app(self.conf(queue)) as app:
            app.send_task(task, kwargs=kwargs, queue=queue.name, **options)

    def worker(
        self,
        *queues: Queue,
        options: dict[str, Any] | None = None,
        pool: str = "prefork",
        concurrency: int = 1,
        ticks: bool = False,
        behind: int | None = None,
        **conf: Any,
    ) -> WorkerProcess:
        """Return a worker of the queues, to be entered.

        Args:
            queues: what it consumes; kombu makes its own where there are none.
            options: of the transport.
            pool: Celery's name of the pool.
            concurrency: jobs at once.
            ticks: whether the parent notes that its timers run.
            behind: port by which it reaches the emulator, where that isn't the emulator's own.
            conf: of Celery.
        """
        stem = self.directory / uuid4().hex[:6]
        arguments = ["-P", pool, "-c", str(concurrency), "-l", "info"]
        if queues:
            arguments += ["-Q", ",".join(queue.name for queue in queues)]

        def environment(port: int) -> dict[str, str]:
            celery = self.conf(*queues, port=port, **options or {}) | conf
            config = {"conf": celery, "events": str(stem.with_suffix(".jsonl")), "ticks": ticks}
            # kombu falls back to the environment where it isn't told: nothing of it may lead to AWS.
            return {CONFIG: repr(config), "AWS_DEFAULT_REGION": "us-east-1"}

        command = ["celery", "-A", "tests.stock.app", "worker", *arguments]
        return WorkerProcess(command, environment, stem=stem, directory=ROOT, target_port=behind or self.port)


class Met(threading.Event):
    """That a request has met its fault."""

    at = 0.0
    """When: seconds, Unix time. Whoever waits for the event may be woken much later."""


class WorkerProcess:
    """A worker behind a fault proxy of its own; killed with all its children when it is left."""

    def __init__(
        self,
        command: list[str],
        environment: Callable[[int], dict[str, str]],
        *,
        stem: Path,
        directory: Path,
        target_port: int,
    ) -> None:
        self.fault: Callable[[str], Fault | Injection] = lambda _: Fault.NONE
        """What becomes of a request of the operation, for example `SQS.ReceiveMessage`."""
        self.seen: list[str] = []
        self._proxy = FaultProxy(target_port)
        self._log, self._events = stem.with_suffix(".log"), stem.with_suffix(".jsonl")
        self._command, self._directory = [sys.executable, "-m", *command], directory
        self._environment = environment

    def __enter__(self) -> Self:
        self._proxy.fault = self._decide
        self._proxy.__enter__()
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                self._command,
                cwd=self._directory,
                env={**os.environ, **self._environment(self._proxy.port)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def _decide(self, operation: str) -> Fault | Injection:
        self.seen.append(operation)
        return self.fault(operation)

    def fail_once(self, operation: str, fault: Fault | Injection) -> Met:
        """Have the operation's next request meet the fault; the event is set when it does."""
        met = Met()

        def decide(name: str) -> Fault | Injection:
            if name != operation or met.is_set():
                return Fault.NONE
            met.at = time.time()
            met.set()
            return fault

        self.fault = decide
        return met

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)
        self._proxy.__exit__()

    def wait_polling(self) -> Self:
        """Return once it asks for messages."""
        wait_until(lambda: self.requests("ReceiveMessage") or self.process.poll() is not None)
        assert self.process.poll() is None, self.log
        return self

    def requests(self, operation: str) -> int:
        """How often it has made a request of SQS."""
        return self.seen.count(f"SQS.{operation}")

    def events(self, event: str, job: str | None = None) -> list[dict[str, Any]]:
        """What happened in it, in order."""
        if not self._events.exists():
            return []
        lines = map(json.loads, self._events.read_text("utf-8").splitlines())
        return [line for line in lines if line["event"] == event and job in {None, line["job"]}]

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def terminate(self) -> None:
        """SIGTERM to the parent; returns when it has ended."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
