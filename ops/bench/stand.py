"""Where a scenario is measured: an embedded stack of its own in a temporary directory, and jobs to put into it."""

from __future__ import annotations

import asyncio
import json
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

import httpx2

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.queues import SqsQueues
from ops.bench import kinds
from ops.local.gateway import REQUESTS_PATH
from ops.local.stack import Stack
from ops.settings import Settings
from ops.timing import utc_now
from schemas.envelope import Envelope
from schemas.job import Job, Payload, open_shard
from schemas.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from schemas.job import JsonObject

OWNER = "bench"
_DEPTH = "SQS.GetQueueAttributes"
_POLL_S = 0.05
_TIMEOUT_S = 120
#: Nothing but what is measured: no clock, and no worker that looks around.
_CALM: dict[str, Any] = {"clock_interval_s": 3600, "checkup": False, "long_poll_s": 2, "log_level": "warning"}


class Stand:
    """An emulator with the benchmark's kinds deployed, within `with`; nothing else runs, and no worker."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - any of the settings
        self._wanted: dict[str, Any] = {**_CALM, **settings}
        self._cleanup = ExitStack()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="stack", daemon=True)
        self._own = Counter[str]()

    def __enter__(self) -> Self:
        with ExitStack() as cleanup:
            self.directory = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="sayline-bench-")))
            cleanup.enter_context(kinds.added(self.directory / "kinds"))
            log = cleanup.enter_context((self.directory / "stack.log").open("w", encoding="utf-8"))
            cleanup.callback(self._end_loop)
            self._thread.start()
            wanted = Settings(
                _env_file=None,
                aws="local",
                data_dir=self.directory / "data",
                api_port=0,
                emulator_port=0,
                **self._wanted,
            )
            stack = Stack(wanted, specs=lambda _: (), log=log)
            self._await(stack.start())
            cleanup.callback(lambda: self._await(stack.stop()))
            self.settings = stack.settings
            clients = Clients(self.settings)
            self.sqs = clients.sqs
            self.store = DynamoJobStore(clients.dynamodb, self.settings.table_name)
            self.queues = SqsQueues(clients.sqs, self.settings)
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._cleanup.close()

    def _end_loop(self) -> None:
        self._await(_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _await(self, work: Coroutine[Any, Any, Any]) -> None:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            future.result(_TIMEOUT_S)
        except BaseException:
            future.cancel()  # a stack that is being started stops itself
            raise

    @property
    def endpoint(self) -> str:
        """Where the emulator answers."""
        return f"http://127.0.0.1:{self.settings.emulator_port}"

    def requests(self) -> Counter[str]:
        """Return how many requests were made of the emulator since it started, without the benchmark's own looks."""
        counts = Counter(json.loads(httpx2.get(self.endpoint + REQUESTS_PATH, trust_env=False).text))
        counts.subtract(self._own)
        return counts

    def create(self, kind: str, requests: Sequence[JsonObject]) -> list[tuple[Envelope, str]]:
        """Write a record for each request, and return the messages that are to be sent for them."""
        jobs = [_job(kind, request) for request in requests]
        for job in jobs:
            self.store.create(job)
        return [(Envelope(job_id=job.id, kind=kind), OWNER) for job in jobs]

    def new_queue(self) -> str:
        """Make a queue of no kind, and return its URL."""
        return self.sqs.create_queue(QueueName=f"bench-{uuid4().hex[:8]}", Attributes={"VisibilityTimeout": "60"})[
            "QueueUrl"
        ]

    def wait_empty(self, url: str, *, timeout_s: float = 300, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Return once the queue holds no message, visible or in flight.

        Raises:
            TimeoutError: it still does after the time.
        """
        deadline = time.monotonic() + timeout_s
        while self.depth(url):
            meanwhile()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{url} still holds messages after {timeout_s:g} s")
            time.sleep(_POLL_S)

    def depth(self, url: str) -> int:
        """Return how many messages a queue holds, visible or in flight."""
        self._own[_DEPTH] += 1
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(map(int, answer.values()))


async def _others() -> None:
    """Wait for whatever else the event loop has to do."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)


def _job(kind: str, request: JsonObject) -> Job:
    now = utc_now()
    job_id = uuid4().hex
    return Job(
        id=job_id,
        kind=kind,
        owner=OWNER,
        status=Status.QUEUED,
        request=Payload(inline=request),
        request_digest="0" * 64,
        created_at=now,
        updated_at=now,
        open_shard=open_shard(kind, job_id),
        next_check_at=now + timedelta(hours=1),
    )
