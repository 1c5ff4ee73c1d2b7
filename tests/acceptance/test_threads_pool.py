"""A worker whose pool is threads: many jobs wait for a vendor at once in one small process."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ops.bench import kinds
from ops.bench.processes import memory
from ops.bench.stub import VendorStub
from tests.acceptance.running import RunningStack, wait_for_end
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

CALLS = 50
#: Each call takes so long once all have begun: time to look at the worker.
CALL_S = 1.0
MOST_MB = 250


def test_fifty_calls_of_a_vendor_wait_at_once_in_one_worker_of_less_than_250_mb(tmp_path: Path):
    with (
        kinds.added(tmp_path / "kinds"),
        VendorStub(CALL_S, held_until=CALLS) as vendor,
        RunningStack(tmp_path, pool="threads", concurrency=CALLS, kinds=("call",), long_poll_s=1) as stack,
        stack.client() as client,
    ):
        ids = submit(client, vendor.url)
        wait_until(lambda: vendor.calls == CALLS)
        worker = stack.stack.process("worker").pid
        assert worker is not None
        found = memory(worker)
        views = [wait_for_end(client, job_id) for job_id in ids]

        assert Counter(view["status"] for view in views) == {"succeeded": CALLS}
        assert vendor.calls == CALLS
        assert vendor.most_at_once == CALLS
        assert found.rss_mb < MOST_MB
        assert found.processes == 1


def submit(client: httpx2.Client, url: str) -> list[str]:
    def one(_: int) -> str:
        job_id: str = client.post("/v1/jobs/call", json={"url": url}).raise_for_status().json()["id"]
        return job_id

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(CALLS)))
