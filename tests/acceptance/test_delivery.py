"""Workers that are killed, stopped or too slow: their jobs go on elsewhere, once, and no attempt is burnt in vain."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from ops.local.overlay import kinds_of
from ops.local.process import ProcessSpec
from ops.local.specs import api_url
from tests.acceptance.busy import Ledger, busy
from tests.acceptance.running import RunningStack, wait_for_end
from tests.waiting import runs, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import httpx2

    from ops.settings import Settings

VISIBILITY_S, HEARTBEAT_S, GRACE_S = 12, 1, 6
#: As 5 minutes are to a visibility of 60 s.
LONG_S = 5 * VISIBILITY_S
WORKERS = {"worker-1": "busy", "worker-2": "busy", "worker-3": "long,deaf"}


def specs(settings: Settings) -> Sequence[ProcessSpec]:
    workers = (
        ProcessSpec(
            name=name,
            command=("/usr/bin/env", f"SAYLINE_KINDS={kind}", sys.executable, "-m", "workers.app"),
            ready_file=settings.data_dir / f"{name}.ready",
            grace_s=30,
        )
        for name, kind in WORKERS.items()
    )
    api = ProcessSpec(
        name="api", command=(sys.executable, "-m", "producers.api"), ready_url=f"{api_url(settings)}/readyz"
    )
    return (*workers, ProcessSpec(name="clock", command=(sys.executable, "-m", "ops.clock")), api)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    kinds = busy() | busy("long", timeout_s=LONG_S + 10) | busy("deaf", timeout_s=1)
    with kinds_of(tmp_path_factory.mktemp("kinds"), kinds):
        settings = {
            "visibility_s": VISIBILITY_S,
            "heartbeat_s": HEARTBEAT_S,
            "grace_s": GRACE_S,
            "concurrency": 2,
            "prefetch": 3,
            "long_poll_s": 1,
        }
        with RunningStack(tmp_path_factory.mktemp("stack"), specs=specs, **settings) as stack:
            yield stack


@pytest.fixture(scope="module")
def client(stack: RunningStack) -> Iterator[httpx2.Client]:
    with stack.client() as client:
        yield client


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def submit(client: httpx2.Client, ledger: Ledger, name: str, *, kind: str = "busy", **request: Any) -> str:
    body = {"ledger": str(ledger.path), "name": name, **request}
    job_id: str = client.post(f"/v1/jobs/{kind}", json=body).raise_for_status().json()["id"]
    return job_id


def pid_of(stack: RunningStack, worker: str) -> int:
    pid = stack.stack.process(worker).pid
    assert pid is not None
    return pid


def worker_of(stack: RunningStack, line: dict[str, Any]) -> str:
    return next(name for name in WORKERS if pid_of(stack, name) == line["parent"])


@pytest.fixture(scope="module", autouse=True)
def long_job(
    stack: RunningStack, client: httpx2.Client, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Ledger]:
    """Runs while the tests do, on a worker that none of them ends."""
    ledger = Ledger(tmp_path_factory.mktemp("long") / "ledger")
    return submit(client, ledger, "long", kind="long", seconds=LONG_S), ledger


@pytest.fixture(scope="module", autouse=True)
def deaf_job(
    stack: RunningStack, client: httpx2.Client, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Ledger]:
    """Takes no notice of its time limit, likewise."""
    ledger = Ledger(tmp_path_factory.mktemp("deaf") / "ledger")
    return submit(client, ledger, "deaf", kind="deaf", seconds=600, deaf=True), ledger


def test_the_jobs_of_a_killed_worker_start_elsewhere_once_its_visibility_is_over(
    stack: RunningStack, client: httpx2.Client, ledger: Ledger
):
    job_id = submit(client, ledger, "orphan", seconds=5)
    (line,) = wait_until(lambda: ledger.lines("orphan", "begin"))

    killed_at = time.time()
    stack.kill(worker_of(stack, line))

    again = wait_until(lambda: ledger.lines("orphan", "begin")[1:])
    assert again[0]["at"] - killed_at < VISIBILITY_S + 10
    assert not runs(line["pid"])
    job = wait_for_end(client, job_id)
    assert [(entry["outcome"], entry["code"]) for entry in job["history"]] == [
        ("take_over", "worker_lost"),
        ("succeed", None),
    ]


def test_a_killed_child_is_an_attempt_that_its_parent_records_at_once(
    stack: RunningStack, client: httpx2.Client, ledger: Ledger
):
    job_id = submit(client, ledger, "child", seconds=3)
    (line,) = wait_until(lambda: ledger.lines("child", "begin"))

    os.kill(line["pid"], signal.SIGKILL)

    again = wait_until(lambda: ledger.lines("child", "begin")[1:])
    assert again[0]["at"] - line["at"] < VISIBILITY_S - HEARTBEAT_S
    assert runs(line["parent"])
    job = wait_for_end(client, job_id)
    assert [(entry["outcome"], entry["code"]) for entry in job["history"]] == [
        ("retry", "worker_lost"),
        ("succeed", None),
    ]


@pytest.mark.parametrize("is_group", [False, True], ids=["parent", "group"])
def test_a_worker_that_is_told_to_stop_loses_nothing_and_burns_no_attempt(
    stack: RunningStack, client: httpx2.Client, ledger: Ledger, *, is_group: bool
):
    grace_is_over = ledger.path.with_name("grace-is-over")
    long = submit(client, ledger, "long", until=str(grace_is_over))
    (line,) = wait_until(lambda: ledger.lines("long", "begin"))
    pid = line["parent"]
    short = [submit(client, ledger, f"short-{number}", seconds=0.3) for number in range(30)]
    wait_until(lambda: len(ledger.lines(what="begin")) > 5)
    children = {line["pid"] for line in ledger.lines() if line["parent"] == pid}

    stopped_at = time.time()
    for target in (pid, *children) if is_group else (pid,):
        os.kill(target, signal.SIGTERM)
    wait_until(lambda: not runs(pid), timeout_s=2 * GRACE_S)

    again = wait_until(lambda: ledger.lines("long", "begin")[1:])
    assert again[0]["at"] - stopped_at < GRACE_S + VISIBILITY_S / 2, "what was handed back was not visible at once"
    grace_is_over.touch()
    ended = [wait_for_end(client, job_id) for job_id in (long, *short)]
    assert {job["status"] for job in ended} == {"succeeded"}
    assert {job["attempt"] for job in ended} == {1}
    outcomes = [[entry["outcome"] for entry in job["history"]] for job in ended]
    assert outcomes[0] == ["hand_back", "succeed"]
    # At the grace's end one may have begun a moment ago.
    assert {outcome for history in outcomes for outcome in history} <= {"hand_back", "succeed"}


@pytest.mark.timeout(120)
def test_a_job_five_times_as_long_as_its_visibility_runs_once(long_job: tuple[str, Ledger], client: httpx2.Client):
    job_id, ledger = long_job

    job = wait_for_end(client, job_id, timeout_s=LONG_S + 20)

    assert (job["status"], job["attempt"]) == ("succeeded", 1)
    assert [line["what"] for line in ledger.lines()] == ["begin", "end"]


@pytest.mark.timeout(120)
def test_an_attempt_that_is_killed_at_its_hard_limit_is_recorded_once(
    deaf_job: tuple[str, Ledger], client: httpx2.Client
):
    job_id, ledger = deaf_job

    job = wait_for_end(client, job_id, timeout_s=90)

    assert (job["status"], job["attempt"]) == ("dead_lettered", 2)
    assert [(entry["outcome"], entry["code"]) for entry in job["history"]] == [
        ("retry", "timed_out"),
        ("dead_letter", "timed_out"),
    ]
    first, second = ledger.lines()
    assert not runs(first["pid"])
    assert not runs(second["pid"])


def test_nothing_is_left_over(stack: RunningStack):
    assert stack.findings() == []
