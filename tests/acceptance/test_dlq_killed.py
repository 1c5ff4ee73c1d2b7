"""`kill -9` of the real command at random points of redrive, purge and import: no job lost, no result doubled."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from ops.aws.clients import Clients
from ops.aws.dead_letters import SqsDeadLetterBox
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.queues import SqsQueues
from ops.timing import utc_now
from schemas import moves
from schemas.envelope import envelope_of, from_message
from schemas.errors import RefusedError
from schemas.job import Job, JobError, Lease, Payload, dead_shard
from schemas.moves import End, Holder, Success
from schemas.status import Status
from tests.conftest import ManualClock, new_job
from tests.emulated import emulator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ops.settings import Settings

JOBS = 1000
KILLS = 4
ERROR = JobError(code="engine_crashed", message="The engine crashed.", retryable=True, engine="espeak-ng")


class Place:
    """A stack with dead jobs, the command line, and workers who note each result."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        clients = Clients(settings)
        self.sqs = clients.sqs
        self.store = DynamoJobStore(clients.dynamodb, settings.table_name)
        self.queues = SqsQueues(clients.sqs, settings)
        self.box = SqsDeadLetterBox(clients.sqs, self.queues, settings)
        self.results: dict[str, int] = {}

    def bury(self, count: int) -> set[str]:
        with ThreadPoolExecutor(8) as pool:
            return set(pool.map(self._dead, range(count)))

    def _dead(self, _: int) -> str:
        job_id, clock = str(uuid4()), ManualClock()
        clock.now = utc_now()
        attempt = {"epoch": 0, "attempt": 3, "outcome": "dead_letter", "at": clock()}
        job = Job.model_validate(
            new_job(
                job_id, clock, status=Status.DEAD_LETTERED, attempt=3, error=ERROR, finished_at=clock()
            ).model_dump()
            | {"open_shard": dead_shard("tts", job_id), "next_check_at": clock(), "history": (attempt,)}
        )
        self.store.create(job)
        self.queues.bury(envelope_of(job), error=ERROR, context={"epoch": 0})
        return job_id

    def run(self, *args: str, kill_after_s: float | None = None) -> int | None:
        """Run the command; None where it was killed before its end."""
        environ = {**os.environ, **self.settings.environ()}
        command = [sys.executable, "-m", "ops.cli", "dlq", *args]
        with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            try:
                process.wait(kill_after_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return None
            assert process.stderr
            said = process.stderr.read().decode()
        assert "Traceback" not in said, said
        return process.returncode

    def killed(self, rng: random.Random, *args: str) -> bool:
        # Half a second is what it takes to start.
        return self.run(*args, kill_after_s=rng.uniform(0.4, 4.0)) is None

    def work(self) -> None:
        """Work off the queue, each job once for each message, as workers do."""
        url = self.queues.url(self.settings.queue_name("tts"))
        with ThreadPoolExecutor(8) as pool:
            while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                list(pool.map(self._run, messages))
                entries: Any = [{"Id": m["MessageId"], "ReceiptHandle": m["ReceiptHandle"]} for m in messages]
                self.sqs.delete_message_batch(QueueUrl=url, Entries=entries)

    def _run(self, message: Any) -> None:
        envelope, now = from_message(message["Body"]), utc_now()
        token = uuid4().hex
        lease = Lease(token=token, until=now + timedelta(seconds=60), worker="w")
        try:
            job = self.store.apply(moves.claim(envelope.job_id, epoch=envelope.epoch, lease=lease, now=now))
        except RefusedError:
            return
        holder = Holder(
            job_id=job.id, kind="tts", epoch=job.epoch, attempt=job.attempt, token=token, worker="w", max_attempts=3
        )
        success = Success(result=Payload(inline={}), files={}, engine="e", model="m")
        self.store.apply(moves.succeed(holder, success, end=End(expires_at=now + timedelta(days=1)), now=now))
        self.results[job.id] = self.results.get(job.id, 0) + 1


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with emulator(tmp_path / "aws") as settings:
        yield Place(settings)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(5))
def test_no_job_is_lost_and_no_result_doubled(place: Place, tmp_path: Path, seed: int):
    rng = random.Random(seed)
    jobs = place.bury(JOBS)
    queue, kills = place.settings.dlq_name("tts"), 0

    for number in range(KILLS + 1):
        purge = ("purge", "--kind", "tts", "--into", str(tmp_path / f"{number}.jsonl"), "--confirm", queue)
        kills += place.killed(rng, *purge) if number < KILLS else place.run(*purge) != 0
    files = sorted(tmp_path.glob("*.jsonl"))
    for number, file in enumerate(files):
        mend(file)
        if number % 2:
            kills += place.killed(rng, "import", str(file))
        assert place.run("import", str(file)) == 0
    assert {key.job_id for key in place.store.dead_keys("tts")} == jobs
    for _ in range(KILLS):
        kills += place.killed(rng, "redrive", "--yes", "--rate", "0")
        place.work()
    assert place.run("redrive", "--yes", "--rate", "0") == 0
    assert kills >= KILLS
    place.work()
    assert resent(place, jobs) <= 10 * KILLS
    place.work()

    assert {job.id for job in place.store.get_many(sorted(jobs)) if job.status is Status.SUCCEEDED} == jobs
    assert place.results == dict.fromkeys(jobs, 1)


def mend(file: Path) -> None:
    """Take a line away that was cut off."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if line.endswith("\n")), "utf-8")


def resent(place: Place, jobs: set[str]) -> int:
    """Send what was begun and not sent, as the clock does ten minutes later; return how many these were."""
    time.sleep(0.1)
    open_jobs = [job for job in place.store.get_many(sorted(jobs)) if not job.status.is_final]
    place.queues.send_batch([(envelope_of(job), job.owner) for job in open_jobs])
    return len(open_jobs)
