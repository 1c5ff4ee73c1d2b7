"""Who is measured: how each starts its worker on a stand, and how its own library sends jobs."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ops.bench.peers import environment, stock
from ops.bench.processes import Program

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ops.bench.stand import Stand

_POLL_MARGIN_S = 0.5
_PEERS = Path(__file__).with_name("peers")


@dataclass(frozen=True)
class Shape:
    """How a worker is cut."""

    processes: int
    prefetch: int
    """Messages in hand for each process."""

    def __str__(self) -> str:
        return f"{self.processes} x {self.prefetch}"


class Contestant(Protocol):
    """Runs no-op jobs."""

    @property
    def name(self) -> str:
        """What the table says."""

    def worker(self, stand: Stand, shape: Shape) -> Program:
        """Return a worker, to be entered."""

    def prepare(self, stand: Stand, jobs: int) -> Callable[[], None]:
        """Do what comes before sending, and return what sends so many jobs."""

    def queue_url(self, stand: Stand) -> str:
        """Return the URL of a queue that no worker receives from."""


@dataclass
class Sayline:
    """Our worker; jobs are sent by the library, ten to a request."""

    name: str = "Sayline"
    command: tuple[str, ...] = ("-m", "workers.app")

    def worker(self, stand: Stand, shape: Shape) -> Program:
        """Return a worker of the kind `noop`."""
        settings = stand.settings.model_copy(
            update={"kinds": ("noop",), "concurrency": shape.processes, "prefetch": shape.prefetch}
        )
        log = stand.directory / f"{self.command[-1]}.log"
        return Program((sys.executable, *self.command), settings.environ(), log=log, ready_file=True)

    def prepare(self, stand: Stand, jobs: int) -> Callable[[], None]:
        """Write the records."""
        messages = stand.create("noop", [{}] * jobs)
        return lambda: stand.queues.send_batch(messages)

    def queue_url(self, stand: Stand) -> str:
        """Return the URL of the kind's queue, once the polls of workers that were killed are over."""
        # The emulator would give messages to the dead ones.
        time.sleep(stand.settings.poll_s + _POLL_MARGIN_S)
        return stand.queues.url(stand.settings.queue_name("noop"))


def bare() -> Sayline:
    """Return the loop over boto3, whose jobs are Sayline's."""
    return Sayline(name="bare boto3 loop", command=("-m", "ops.bench.peers.bare"))


@dataclass
class Peer:
    """A worker on a queue of its own."""

    name: str
    url: str = ""

    def queue_url(self, stand: Stand) -> str:
        """Make a queue, and return its URL."""
        self.url = stand.new_queue()
        return self.url

    def environ(self, stand: Stand) -> dict[str, str]:
        """Return what says where the queue is."""
        return {
            stock.QUEUE: self.url,
            stock.PORT: str(stand.settings.emulator_port),
            stock.REGION: stand.settings.region,
            "AWS_DEFAULT_REGION": stand.settings.region,
        }


@dataclass
class StockCelery(Peer):
    """Celery as it comes; it sends one by one."""

    name: str = "Celery 5.7.0"
    results: bool = False
    """Whether results go to DynamoDB, by Celery's own result backend."""

    def worker(self, stand: Stand, shape: Shape) -> Program:
        """Return a worker of the task."""
        command = (sys.executable, "-m", "ops.bench.peers.stock", "--concurrency", str(shape.processes))
        more = {stock.RESULTS: "1"} if self.results else {}
        return Program(
            (*command, "--prefetch-multiplier", str(shape.prefetch)),
            self.environ(stand) | more,
            log=stand.directory / "stock.log",
            ready_file=True,
        )

    def prepare(self, stand: Stand, jobs: int) -> Callable[[], None]:
        """Make an app to send with."""
        settings = stand.settings
        app = stock.new_app(url=self.url, port=settings.emulator_port, region=settings.region, results=self.results)

        def send() -> None:
            with app:
                for _ in range(jobs):
                    app.send_task(stock.TASK)

        return send


@dataclass
class Foreign(Peer):
    """A worker in the peers' own environment; its library sends one by one."""

    script: str = ""
    worker_command: Callable[[Shape], tuple[str, ...]] = lambda _: ()
    more: Callable[[Shape], Mapping[str, str]] = lambda _: {}

    def worker(self, stand: Stand, shape: Shape) -> Program:
        """Return a worker; it says nothing when it is ready."""
        program, *arguments = self.worker_command(shape)
        given = {**self.environ(stand), **self.more(shape), "PYTHONPATH": str(_PEERS)}
        log = stand.directory / f"{self.script}.log"
        return Program((str(environment.peers() / program), *arguments), given, log=log, ready_file=False)

    def prepare(self, stand: Stand, jobs: int) -> Callable[[], None]:
        """Return what runs the script that sends."""
        command = [str(environment.peers() / "python"), str(_PEERS / self.script), str(jobs)]
        given: Any = {**self.environ(stand), "PATH": ""}
        return lambda: _checked(command, given)


def _checked(command: list[str], given: Mapping[str, str]) -> None:
    subprocess.run(command, env=given, check=True, timeout=120)  # noqa: S603 - as written above


def dramatiq() -> Foreign:
    """Return dramatiq_sqs: processes with one thread each."""
    return Foreign(
        name="dramatiq_sqs 0.4.4",
        script="dramatiq_app.py",
        worker_command=lambda shape: ("dramatiq", "dramatiq_app", "-p", str(shape.processes), "-t", "1"),
        more=lambda shape: {"dramatiq_queue_prefetch": str(shape.prefetch)},
    )


def taskiq() -> Foreign:
    """Return taskiq-aio-sqs: processes with an event loop each."""
    return Foreign(
        name="taskiq-aio-sqs 2.1.1",
        script="taskiq_app.py",
        worker_command=lambda shape: (
            *("taskiq", "worker", "taskiq_app:broker", "--workers", str(shape.processes)),
            *("--max-async-tasks", str(shape.prefetch), "--log-level", "WARNING"),
        ),
    )
