"""A stack with dead jobs, the real command line behind a proxy that stops it, and workers who note each result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.queues import SqsQueues
from ops.batching import batched
from ops.timing import utc_now
from schemas.envelope import envelope_of
from schemas.job import Job, JobError, dead_shard
from schemas.status import Status
from tests.conftest import ManualClock, new_job
from tests.dying.found import Found, check, epochs, messages, whole_lines
from tests.dying.workers import Workers, delete, received
from tests.faults import Fault, FaultProxy, Injection
from tests.faults.duplicates import handles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ops.settings import Settings
    from tests.dying.points import Stop
    from tests.faults.wire import Message

KIND = "tts"
#: Of this many codes the jobs have died, in turn: an order of the command line's is about one of them, or all.
CODES = 10
_TEN = 10
#: All of them again, as fast as may be.
REDRIVE = ("redrive", "--kind", KIND, "--yes", "--rate", "0")


@dataclass(frozen=True)
class Ended:
    """How a command has ended, and what it said."""

    code: int
    """Negative where a signal has ended it."""
    out: str
    err: str


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for a command's end; a traceback is none."""
    out, err = process.communicate(timeout=90)
    assert "Traceback" not in err, err
    return Ended(process.returncode, out, err)


class Place:
    """Where it happens."""

    def __init__(self, settings: Settings, proxy: FaultProxy) -> None:
        self.settings, self.proxy = settings, proxy
        clients = Clients(settings)
        self.sqs = clients.sqs
        self.store = DynamoJobStore(clients.dynamodb, settings.table_name)
        self.queues = SqsQueues(clients.sqs, settings)
        self.url = self.queues.url(settings.queue_name(KIND))
        self.dead_url = self.queues.url(settings.dlq_name(KIND))
        self.workers = Workers(self.store, self.sqs, self.url)
        self.jobs: list[str] = []
        self.files: list[Path] = []
        self.asked: Counter[str] = Counter()
        """Requests of the command that ran last, by operation."""
        self._hidden: set[str] = set()
        proxy.on_answer = self._note

    def bury(self, count: int) -> None:
        """Have so many jobs die, each with its letter."""
        with ThreadPoolExecutor(4) as pool:
            dead = list(pool.map(self._dead, range(count)))
        self.jobs = [job.id for job in dead]
        self.queues.bury_batch([(envelope_of(job), job.error, {"epoch": 0}) for job in dead if job.error])

    def _dead(self, number: int) -> Job:
        job_id, clock = str(uuid4()), ManualClock()
        clock.now = utc_now()
        error = JobError(code=f"code-{number % CODES}", message="It crashed.", retryable=True, engine="espeak-ng")
        dead = new_job(job_id, clock, status=Status.DEAD_LETTERED, attempt=3, error=error, finished_at=clock())
        line = {"epoch": 0, "attempt": 3, "outcome": "dead_letter", "at": clock()}
        place = {"open_shard": dead_shard(KIND, job_id), "next_check_at": clock(), "history": (line,)}
        job = Job.model_validate(dead.model_dump() | place)
        self.store.create(job)
        return job

    @contextmanager
    def begun(self, *args: str, stop: Stop | None = None, signum: int) -> Iterator[subprocess.Popen[str]]:
        """Begin a command behind the proxy; it gets the signal where it is to be stopped."""
        self.asked.clear()
        with self._process(self.proxy.port, args) as process:

            def decide(operation: str) -> Injection:
                self.asked[operation] += 1
                if stop is None or (stop.operation, stop.nth) != (operation, self.asked[operation]):
                    return Injection(Fault.NONE)
                fault = Fault.NONE if stop.is_after else Fault.RESET
                return Injection(fault, act=partial(os.kill, process.pid, signum))

            self.proxy.fault = decide
            yield process

    def another(self, *args: str) -> subprocess.Popen[str]:
        """Begin a command of an operator whom nobody stops."""
        return self._process(self.settings.emulator_port, args)

    def _process(self, port: int, args: Sequence[str]) -> subprocess.Popen[str]:
        environ = {**os.environ, **self.settings.model_copy(update={"emulator_port": port}).environ()}
        command, pipe = [sys.executable, "-m", "ops.cli", "dlq", *args], subprocess.PIPE
        return subprocess.Popen(command, env=environ, stdout=pipe, stderr=pipe, text=True)

    def run(self, *args: str, stop: Stop | None = None, signum: int = signal.SIGKILL) -> Ended:
        """Run a command to its end, its own or another."""
        with self.begun(*args, stop=stop, signum=signum) as process:
            return ended(process)

    def purge(self, file: Path, *chosen: str, stop: Stop | None = None, signum: int = signal.SIGKILL) -> Ended:
        """Purge into a file, which the check looks into from now on."""
        self.files.append(file)
        sure = ("--confirm", self.settings.dlq_name(KIND))
        return self.run("purge", "--kind", KIND, "--into", str(file), *sure, *chosen, stop=stop, signum=signum)

    def redrive(self, *chosen: str, stop: Stop | None = None, signum: int = signal.SIGKILL) -> Ended:
        """Redrive as fast as may be."""
        return self.run(*REDRIVE, *chosen, stop=stop, signum=signum)

    def found(self) -> Found:
        """Look at everything."""
        return check(
            self.store.get_many(self.jobs),
            letters=epochs(letter["Body"] for letter in self.letters()),
            waiting=epochs(message["Body"] for message in messages(self.settings.emulator_port, self.url)),
            filed={job_id for file in self.files if file.exists() for job_id in whole_lines(file)},
            results=self.workers.results,
        )

    def letters(self) -> list[Any]:
        """Return the messages on the dead-letter queue, with what the emulator alone knows."""
        return messages(self.settings.emulator_port, self.dead_url)

    def visible(self) -> int:
        """Count the letters that anybody would receive now."""
        return sum(letter["IsVisible"] for letter in self.letters())

    def show_hidden(self) -> None:
        """Let the time pass after which SQS shows again what a dead command had in hand."""
        for receipts in batched(sorted(self._hidden), _TEN):
            batch: Any = [
                {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                for number, receipt in enumerate(receipts)
            ]
            self.sqs.change_message_visibility_batch(QueueUrl=self.dead_url, Entries=batch)
        self._hidden.clear()

    def _note(self, request: Message, answer: Message) -> None:
        if request.headers.get("x-amz-target") == "AmazonSQS.ReceiveMessage":
            self._hidden.update(handles(answer))

    def work(self) -> None:
        """Work off the queue."""
        self.workers.work()

    def receive_dead(self) -> list[Any]:
        """Receive up to ten letters, as any operator may."""
        return received(self.sqs, self.dead_url)

    def delete_dead(self, letters: Sequence[Any]) -> None:
        """Delete up to ten of them."""
        delete(self.sqs, self.dead_url, letters)

    @classmethod
    @contextmanager
    def at(cls, settings: Settings) -> Iterator[Self]:
        """Open one on an emulator; a fault of the proxy's own is one of the test."""
        with FaultProxy(settings.emulator_port) as proxy:
            yield cls(settings, proxy)
        assert proxy.errors == []
