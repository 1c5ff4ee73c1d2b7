"""Operators pause, drain and resume a real worker by the real command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from ops.audit import audit
from ops.aws.evidence import gather
from tests.acceptance.running import RunningStack
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS: dict[str, Any] = {"kinds": ("tts", "analysis"), "pauses_s": 0.5, "presence_s": 2, "concurrency": 1}
#: Longer than a worker takes to start, and to run what it may.
LONG_ENOUGH_S = 4


def sayline(stack: RunningStack, *args: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "ops.cli", *args, "--json"],
        env={**os.environ, **stack.settings.environ()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def statuses(stack: RunningStack, kind: str) -> list[str]:
    return [job["status"] for job in sayline(stack, "jobs", "--kind", kind, "--limit", "100")]


def test_a_kind_that_is_paused_waits_and_none_of_it_is_lost(tmp_path: Path):
    with RunningStack(tmp_path, **SETTINGS) as stack, stack.client() as client:
        [worker] = wait_until(lambda: sayline(stack, "workers"))
        assert sayline(stack, "drain", "tts")["drained"]

        for number in range(8):
            client.post("/v1/jobs/tts", json={"text": f"Hello {number}"}).raise_for_status()
        # Another worker, which has never heard of the pause, and kinds that are not paused go on.
        os.kill(int(worker["name"].rpartition(":")[2]), 9)
        wait_until(
            lambda: {one["name"] for one in sayline(stack, "workers") if one["state"] == "running"} - {worker["name"]}
        )
        client.post("/v1/jobs/analysis", json={"text": "Good."}).raise_for_status()
        wait_until(lambda: statuses(stack, "analysis") == ["succeeded"])
        time.sleep(LONG_ENOUGH_S)

        assert statuses(stack, "tts") == ["queued"] * 8
        [queue] = sayline(stack, "queues", "tts")
        assert (queue["visible"], queue["in_flight"], queue["paused"]) == (8, 0, True)
        assert sayline(stack, "resume", "--all") == {"tts": True}
        wait_until(lambda: statuses(stack, "tts") == ["succeeded"] * 8)
        assert list(audit(gather(stack.settings))) == []
