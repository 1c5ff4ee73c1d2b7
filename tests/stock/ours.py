"""Sayline's own worker, to be put through what stock Celery fails at; jobs go in by the API."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx2

from ops.aws.clients import Clients
from ops.settings import Settings
from tests.emulated import free_port
from tests.stock.probe import EVENTS, ROOT, write_kinds
from tests.stock.worker import Queue, WorkerProcess
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: The least that Sayline takes is 10 s and twice the heartbeat.
VISIBILITY_S = 11
HEARTBEAT_S = 0.5
LONG_POLL_S = 1
_DEPLOY = """
from ops.aws.clients import Clients
from ops.infra.deploy import deploy
from ops.settings import Settings

deploy(Settings(), Clients(Settings()))
"""


class Ours:
    """A deployed environment with the kind `probe`, and an API in front of it."""

    def __init__(self, settings: Settings, tree: Path) -> None:
        self.emulator_port = settings.emulator_port
        self._tree = tree
        self._settings = settings
        self._environment = {**settings.environ(), "PYTHONPATH": f"{ROOT}{os.pathsep}{tree}"}
        self.sqs = Clients(settings).sqs
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{settings.api_port}", timeout=30, trust_env=False)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Deploy, and serve the API."""
        environment = {**os.environ, **self._environment}
        subprocess.run([sys.executable, "-c", _DEPLOY], cwd=self._tree, env=environment, check=True, timeout=60)
        api = subprocess.Popen([sys.executable, "-m", "producers.api"], cwd=self._tree, env=environment)
        try:
            wait_until(self._serves)
            yield
        finally:
            self.client.close()
            api.terminate()
            api.wait(timeout=15)

    def _serves(self) -> bool:
        try:
            return self.client.get("/readyz").is_success
        except httpx2.TransportError:
            return False

    @property
    def queue(self) -> Queue:
        name = self._settings.queue_name("probe")
        url, dlq_url = (self.sqs.get_queue_url(QueueName=each)["QueueUrl"] for each in (name, f"{name}-dlq"))
        return Queue(name=name, url=url, dlq_url=dlq_url, sqs=self.sqs)

    def submit(self, job: str, *, kind: str = "probe", **request: Any) -> str:
        """Submit a job by the API, and return its id."""
        answer = self.client.post(f"/v1/jobs/{kind}", json={"job": job, **request}).raise_for_status()
        job_id: str = answer.json()["id"]
        return job_id

    def job(self, job_id: str) -> dict[str, Any]:
        view: dict[str, Any] = self.client.get(f"/v1/jobs/{job_id}").raise_for_status().json()
        return view

    def wait_for(self, job_id: str, status: str, *, timeout_s: float = 30) -> dict[str, Any]:
        """Return the job's view once it has the status."""
        wait_until(lambda: self.job(job_id)["status"] == status, timeout_s=timeout_s)
        return self.job(job_id)

    def clear(self) -> None:
        """Empty the queue, once the emulator has given up the long poll of a worker that was killed.

        Such a poll would take a message with it, for as long as the visibility lasts.
        """
        time.sleep(LONG_POLL_S + 0.7)
        self.sqs.purge_queue(QueueUrl=self.queue.url)

    def only_sent(self, job: str) -> str:
        """Submit a job that no worker is there for, and return its message as it is on the queue; it is deleted."""
        self.clear()
        self.submit(job)
        receive = partial(self.sqs.receive_message, QueueUrl=self.queue.url, WaitTimeSeconds=5)
        (message,) = wait_until(lambda: receive().get("Messages"))
        self.sqs.delete_message(QueueUrl=self.queue.url, ReceiptHandle=message["ReceiptHandle"])
        body: str = message["Body"]
        return body

    @contextmanager
    def without_redrive_policy(self) -> Iterator[None]:
        """Have the queue without its RedrivePolicy for a while."""
        url = self.queue.url
        policy = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
        try:
            yield
        finally:
            self.sqs.set_queue_attributes(QueueUrl=url, Attributes=policy)

    def worker(self, *, behind: int | None = None, kinds: str = "probe", **settings: Any) -> WorkerProcess:
        """Return a worker, to be entered; `settings` are Sayline's."""
        stem = self._tree / uuid4().hex[:6]

        def environment(port: int) -> dict[str, str]:
            wanted = {"emulator_port": port, "kinds": kinds, "concurrency": 1, **settings}
            variables = {f"SAYLINE_{name.upper()}": str(value) for name, value in wanted.items()}
            return {**self._environment, **variables, EVENTS: str(stem.with_suffix(".jsonl"))}

        target_port = behind or self.emulator_port
        return WorkerProcess(["workers.app"], environment, stem=stem, directory=self._tree, target_port=target_port)


@contextmanager
def deployed(settings: Settings, directory: Path) -> Iterator[Ours]:
    """Deploy an environment of its own to the emulator."""
    changes: dict[str, Any] = {
        "environment": "beside-stock",
        "api_port": free_port(),
        "long_poll_s": LONG_POLL_S,
        "visibility_s": VISIBILITY_S,
        "heartbeat_s": HEARTBEAT_S,
        "clock_interval_s": 3600,
        "checkup": False,  # its requests are not a job's
        "log_format": "json",
    }
    # Made anew: a copy would take along what is derived from the environment's name.
    wanted = Settings(_env_file=None, **settings.model_dump() | changes)
    ours = Ours(wanted, write_kinds(directory))
    with ours.running():
        yield ours
