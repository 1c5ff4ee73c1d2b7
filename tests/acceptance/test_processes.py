"""No process of a worker outlives it, however it ends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.running import RunningStack, wait_for_end
from tests.waiting import runs, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")


def children(pid: int) -> set[int]:
    """The process's children and theirs."""
    found: set[int] = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            child = int(stat.parent.name)
            found |= {child} | children(child)
    return found


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if runs(pid)}


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[RunningStack]:
    with RunningStack(tmp_path) as running:
        yield running


def test_the_children_and_engines_of_a_killed_worker_end_with_it(stack: RunningStack):
    with stack.client() as client:
        for _ in range(4):
            wait_for_end(client, client.post("/v1/jobs/tts", json={"text": "Hello"}).json()["id"])
    worker = stack.stack.process("worker").pid
    assert worker is not None
    family = children(worker)
    assert len(family) >= 3  # two processes of the pool, and an engine at least

    stack.kill("worker")

    wait_until(lambda: not alive(family), timeout_s=5)


def test_a_supervisor_that_stops_leaves_no_process(tmp_path: Path):
    others = children(os.getpid())  # those of a stack that other tests share
    with RunningStack(tmp_path) as running, running.client() as client:
        wait_for_end(client, client.post("/v1/jobs/tts", json={"text": "Hello"}).json()["id"])
        family = children(os.getpid()) - others
        assert family

    wait_until(lambda: not alive(family), timeout_s=5)
