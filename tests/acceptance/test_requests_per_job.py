"""What a plain job costs in AWS requests, counted by the emulator."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import httpx

from tests.acceptance.running import RunningStack
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

JOBS = 20


def test_a_plain_job_is_three_writes_and_no_read(tmp_path: Path):
    with RunningStack(tmp_path, clock_interval_s=3600, long_poll_s=1) as stack, stack.client() as client:

        def counted() -> Counter[str]:
            return Counter(httpx.get(f"http://127.0.0.1:{stack.settings.emulator_port}/_sayline/requests").json())

        wait_until(lambda: counted()["SQS.ReceiveMessage"])
        before = counted()

        for number in range(JOBS):
            client.post("/v1/jobs/tts", json={"text": f"Sentence {number}."}).raise_for_status()
        wait_until(lambda: (counted() - before)["SQS.DeleteMessage"] == JOBS)

        spent = counted() - before
        assert spent["DynamoDB.PutItem"] == JOBS
        assert spent["DynamoDB.UpdateItem"] == 2 * JOBS
        assert {name for name in spent if name.startswith("DynamoDB")} == {"DynamoDB.PutItem", "DynamoDB.UpdateItem"}
        assert spent["SQS.SendMessage"] == JOBS
        assert spent["S3.PutObject"] == JOBS
