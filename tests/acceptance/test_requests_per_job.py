"""What a job costs in AWS requests, counted by the emulator; `python -m ops.bench requests` compares it."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx2
import pytest

from ops.aws.dynamodb import DynamoJobStore
from ops.aws.queues import SqsQueues
from ops.bench import kinds
from ops.local.specs import sayline_specs
from ops.timing import utc_now
from schemas.envelope import envelope_of
from schemas.job import Job, Payload, open_shard
from schemas.status import Status
from tests.acceptance.running import RunningStack
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ops.local.specs import Specs

JOBS = 120
PROCESSES, PREFETCH = 4, 10
#: Of SQS, per job: a tenth each to send, receive and delete, and room for batches that are not full, as those of a busy
#: machine are; by ones, deletes alone would be 1.
MOST_SQS = 0.6
LONG_POLL_S = 2
IDLE_S = 7
#: What a worker asks about pauses, says of itself and looks at as it starts is none of a job's.
QUIET: dict[str, Any] = {"pauses_s": 3600, "presence_s": 3600, "checkup": False}


@pytest.fixture(autouse=True)
def noop(tmp_path: Path) -> Iterator[None]:
    with kinds.added(tmp_path / "kinds"):
        yield


def only(*names: str) -> Specs:
    """These processes alone; a clock would look at the table in between."""
    return lambda settings: [spec for spec in sayline_specs(settings) if spec.name in names]


def requests(stack: RunningStack) -> Counter[str]:
    answer = httpx2.get(f"http://127.0.0.1:{stack.settings.emulator_port}/_sayline/requests", trust_env=False)
    return Counter(answer.json())


def spent(stack: RunningStack, before: Counter[str], service: str) -> dict[str, int]:
    return {name: n for name, n in (requests(stack) - before).items() if name.startswith(f"{service}.")}


def test_a_plain_job_is_three_writes_and_no_read(tmp_path: Path):
    settings: dict[str, Any] = {"long_poll_s": 1, "concurrency": 1, "kinds": ("noop",), **QUIET}
    with RunningStack(tmp_path, specs=only("worker", "api"), **settings) as stack, stack.client() as client:
        wait_until(lambda: requests(stack)["SQS.ReceiveMessage"])
        before = requests(stack)

        for _ in range(20):
            client.post("/v1/jobs/noop", json={}).raise_for_status()
        wait_until(lambda: is_empty(stack))

        assert spent(stack, before, "DynamoDB") == {"DynamoDB.PutItem": 20, "DynamoDB.UpdateItem": 40}
        assert spent(stack, before, "SQS")["SQS.SendMessage"] == 20
        assert spent(stack, before, "S3") == {}  # request and result are small: they stay in the record


def test_a_batch_of_the_library_shares_its_requests_of_sqs(tmp_path: Path):
    settings: dict[str, Any] = {"long_poll_s": 2, "concurrency": PROCESSES, "prefetch": PREFETCH, "kinds": ("noop",)}
    with RunningStack(tmp_path, specs=only("worker"), **settings, **QUIET) as stack:
        jobs = [new_job() for _ in range(JOBS)]
        before = requests(stack)

        submit(stack, jobs)
        wait_until(lambda: is_empty(stack))

        sqs = spent(stack, before, "SQS")
        del sqs["SQS.GetQueueAttributes"]  # this test's
        sqs.pop("SQS.GetQueueUrl", None)  # once per process
        assert sum(sqs.values()) <= MOST_SQS * JOBS, sqs
        assert spent(stack, before, "DynamoDB") == {"DynamoDB.PutItem": JOBS, "DynamoDB.UpdateItem": 2 * JOBS}
        statuses = Counter(job.status for job in store(stack).scan())
        assert statuses == {Status.SUCCEEDED: JOBS}


def test_an_idle_worker_receives_once_per_long_poll_and_queue(tmp_path: Path):
    """At `long_poll_s` 20, which AWS has, that is three times a minute; here the polls are shorter."""
    with RunningStack(
        tmp_path, specs=only("worker"), long_poll_s=LONG_POLL_S, kinds=("noop", "call"), **QUIET
    ) as stack:
        wait_until(lambda: requests(stack)["SQS.ReceiveMessage"] >= 2)
        before, began = requests(stack), time.monotonic()

        wait_until(lambda: time.monotonic() - began > IDLE_S)

        # Counted when it is answered: the poll that was under way is one more.
        most = 2 * (1 + (time.monotonic() - began) / LONG_POLL_S)
        assert 2 <= spent(stack, before, "SQS")["SQS.ReceiveMessage"] <= most
        assert set(requests(stack) - before) == {"SQS.ReceiveMessage"}


def test_an_idle_worker_reads_the_pauses_and_speaks_as_often_as_it_is_told_to(tmp_path: Path):
    settings: dict[str, Any] = {"pauses_s": 1, "presence_s": 2, "checkup": False, "kinds": ("noop",)}
    with RunningStack(tmp_path, specs=only("worker"), **settings) as stack:
        wait_until(lambda: requests(stack)["DynamoDB.Query"] >= 2)
        before, began = requests(stack), time.monotonic()

        wait_until(lambda: time.monotonic() - began > IDLE_S)

        asked, seconds = spent(stack, before, "DynamoDB"), time.monotonic() - began
        assert set(asked) == {"DynamoDB.Query", "DynamoDB.PutItem"}
        assert IDLE_S / 2 <= asked["DynamoDB.Query"] <= 1 + seconds
        assert IDLE_S / 4 <= asked["DynamoDB.PutItem"] <= 1 + seconds / 2


def store(stack: RunningStack) -> DynamoJobStore:
    return DynamoJobStore(stack.clients.dynamodb, stack.settings.table_name)


def submit(stack: RunningStack, jobs: list[Job]) -> None:
    """As the API does with many at once: the records, then the messages by tens."""
    table = store(stack)
    for job in jobs:
        table.create(job)
    queues = SqsQueues(stack.clients.sqs, stack.settings)
    queues.send_batch([(envelope_of(job), job.owner) for job in jobs])


def new_job() -> Job:
    now, job_id = utc_now(), uuid4().hex
    return Job(
        id=job_id,
        kind="noop",
        owner="mina",
        status=Status.QUEUED,
        request=Payload(inline={}),
        request_digest="0" * 64,
        created_at=now,
        updated_at=now,
        open_shard=open_shard("noop", job_id),
        next_check_at=now + timedelta(hours=1),
    )


def is_empty(stack: RunningStack) -> bool:
    queues = SqsQueues(stack.clients.sqs, stack.settings)
    return not queues.depth("noop")
