"""Operators pause, drain and resume a real worker by the real command line."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from ops.audit import audit
from ops.aws.dynamodb import DynamoJobStore, DynamoOperating
from ops.aws.evidence import gather
from ops.aws.queues import SqsQueues
from ops.local.overlay import kinds_of
from ops.picture.terminal import Terminal
from ops.timing import utc_now
from schemas.operating import Pause
from tests.acceptance.busy import Ledger, busy
from tests.acceptance.operators import COMMAND, environ, sayline, states
from tests.acceptance.running import RunningStack
from tests.dying.found import messages
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx2

    from schemas.job import Job

VISIBILITY_S = 12
SETTINGS: dict[str, Any] = {
    "kinds": ("busy", "analysis"),
    "concurrency": 1,
    "pauses_s": 0.3,
    "presence_s": 2,
    "visibility_s": VISIBILITY_S,
    "heartbeat_s": 1,
    "long_poll_s": 1,
}
#: So long that whoever pauses, then submits, does both within one poll, on a busy machine, too.
PATIENT = SETTINGS | {"long_poll_s": 12, "visibility_s": 24}


@pytest.fixture(autouse=True)
def _busy(tmp_path: Path) -> Iterator[None]:
    with kinds_of(tmp_path / "kinds", busy()):
        yield


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def submit(client: httpx2.Client, ledger: Ledger, name: str, *, until: Path | None = None) -> str:
    request = {"ledger": str(ledger.path), "name": name, "until": until and str(until)}
    job_id: str = client.post("/v1/jobs/busy", json=request).raise_for_status().json()["id"]
    return job_id


def record(stack: RunningStack, job_id: str) -> Job:
    job = DynamoJobStore(stack.clients.dynamodb, stack.settings.table_name).get(job_id)
    assert job
    return job


def depths(stack: RunningStack) -> dict[str, int]:
    return SqsQueues(stack.clients.sqs, stack.settings).depths(stack.settings.queue_name("busy"))


def desk(stack: RunningStack) -> DynamoOperating:
    return DynamoOperating(stack.clients.dynamodb, stack.settings.table_name)


def pause(operating: DynamoOperating) -> None:
    """Pause, and wait until the worker has said that it has; quicker than a command starts."""
    operating.pause(Pause(kind="busy", since=utc_now(), by="mina@desk"))
    wait_until(lambda: any("busy" in worker.paused for worker in operating.workers(now=utc_now())))


def waits(stack: RunningStack, jobs: int) -> bool:
    return depths(stack) == {"visible": jobs, "in_flight": 0, "delayed": 0}


def test_a_kind_that_is_paused_waits_also_for_a_new_worker_and_none_of_it_is_lost(tmp_path: Path, ledger: Ledger):
    with RunningStack(tmp_path, **SETTINGS) as stack, stack.client() as client:
        [worker] = wait_until(lambda: sayline(stack, "workers"))
        assert sayline(stack, "drain", "busy")["drained"]
        jobs = [submit(client, ledger, f"{number}") for number in range(8)]
        # Another worker, which has never heard of the pause, and kinds that are not paused go on.
        os.kill(int(worker["name"].rpartition(":")[2]), signal.SIGKILL)
        wait_until(lambda: set(states(stack)) - {worker["name"]})
        other = client.post("/v1/jobs/analysis", json={"text": "Good."}).raise_for_status().json()["id"]
        wait_until(lambda: record(stack, other).status.is_final)
        # What the killed worker's poll had brought it comes back when its visibility ends.
        wait_until(lambda: waits(stack, 8), timeout_s=2 * VISIBILITY_S)
        time.sleep(1)  # longer than a receive takes, if there were one

        assert ledger.lines() == []
        [queue] = sayline(stack, "queues", "busy")
        assert (queue["visible"], queue["in_flight"], queue["paused"]) == (8, 0, True)
        assert sayline(stack, "resume", "--all") == {"busy": True}
        wait_until(lambda: all(record(stack, job).status == "succeeded" for job in jobs))
        assert {record(stack, job).attempt for job in jobs} == {1}
        assert list(audit(gather(stack.settings))) == []


def test_what_a_long_poll_still_brings_after_the_pause_goes_back_and_no_attempt_is_burnt(
    tmp_path: Path, ledger: Ledger
):
    with RunningStack(tmp_path, **PATIENT) as stack, stack.client() as client:
        sqs: Any = stack.clients.sqs
        url = sqs.get_queue_url(QueueName=stack.settings.queue_name("busy"))["QueueUrl"]
        port, operating = stack.settings.emulator_port, desk(stack)
        submit(client, ledger, "first")
        wait_until(lambda: ledger.lines("first", "end"))
        wait_until(lambda: not messages(port, url))  # the next poll has just begun
        pause(operating)

        job = submit(client, ledger, "late")

        # Received by the worker's poll, and visible again before its visibility would have ended.
        at_once_s = PATIENT["visibility_s"] / 2
        wait_until(lambda: [one["ReceiveCount"] for one in messages(port, url)] == [1], timeout_s=at_once_s)
        wait_until(lambda: waits(stack, 1), timeout_s=at_once_s)
        assert (record(stack, job).status, record(stack, job).attempt, record(stack, job).history) == ("queued", 0, ())
        sayline(stack, "resume", "busy")
        wait_until(lambda: record(stack, job).status == "succeeded")
        assert record(stack, job).attempt == 1


def test_a_job_whose_worker_is_killed_while_its_kind_is_paused_waits_for_the_resume(tmp_path: Path, ledger: Ledger):
    with RunningStack(tmp_path, **SETTINGS) as stack, stack.client() as client:
        seen = tmp_path / "seen"
        job = submit(client, ledger, "killed", until=seen)
        wait_until(ledger.lines)
        pause(desk(stack))
        stack.kill("worker")

        wait_until(lambda: waits(stack, 1), timeout_s=3 * VISIBILITY_S)
        wait_until(lambda: "running" in states(stack).values())
        time.sleep(1)  # longer than a receive takes, if there were one
        assert len(ledger.lines("killed", "begin")) == 1

        assert sayline(stack, "resume", "busy") == {"busy": True}
        wait_until(lambda: len(ledger.lines("killed", "begin")) == 2)
        seen.touch()
        wait_until(lambda: record(stack, job).status == "succeeded")
        assert record(stack, job).attempt == 2


def test_a_pause_outlives_the_whole_stack_and_another_operator_ends_it(tmp_path: Path, ledger: Ledger):
    with RunningStack(tmp_path, **SETTINGS) as stack:
        [first] = sayline(stack, "pause", "busy")
        [second] = sayline(stack, "pause", "busy", user="jun")
    assert first == second, "who was first stays named"
    assert first["by"].startswith("mina@")

    with RunningStack(tmp_path, **SETTINGS) as stack, stack.client() as client:
        job = submit(client, ledger, "after")
        time.sleep(1)  # longer than a receive takes, if there were one
        assert record(stack, job).status == "queued"

        assert sayline(stack, "resume", "busy", user="jun") == {"busy": True}
        wait_until(lambda: record(stack, job).status == "succeeded")
        assert sayline(stack, "resume", "busy") == {"busy": False}


def test_a_drain_ends_once_what_runs_is_done_and_says_on_a_terminal_how_far_it_is(tmp_path: Path, ledger: Ledger):
    with RunningStack(tmp_path, **SETTINGS) as stack, stack.client() as client:
        seen = tmp_path / "seen"
        running = submit(client, ledger, "runs", until=seen)
        wait_until(ledger.lines)
        waiting = submit(client, ledger, "waits")

        with Terminal([*COMMAND, "drain", "busy"], environ=environ(stack)) as operator:
            operator.wait_for("1 in hand, 0 workers yet to pause")
            seen.touch()
            assert operator.end() == 0
            assert ledger.lines("runs", "end")
            assert "Drained: no worker runs anything of these kinds." in operator.screen.text.replace("\n", " ")

        wait_until(lambda: record(stack, running).status == "succeeded")
        assert record(stack, waiting).status == "queued"
        assert not ledger.lines("waits")
