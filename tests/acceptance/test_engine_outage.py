"""An engine that is out of order for a while: the breaker opens, jobs wait on their queue, and none is given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ops.local.overlay import kinds_of
from tests.acceptance.running import RunningStack, wait_for_end
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

KIND = '''"""Asks an engine that is there unless a file says otherwise."""

from schemas.kind import Backoff, Kind, Request, Result


class MoodyRequest(Request):
    place: str


class MoodyResult(Result):
    pass


KIND = Kind(
    name="moody",
    summary="Ask an engine",
    request=MoodyRequest,
    result=MoodyResult,
    example=MoodyRequest(place="/tmp"),
    max_attempts=3,
    backoff=Backoff(base_s=4, cap_s=4),
)
'''

HANDLER = '''"""Notes each call, and whether the engine was there."""

from pathlib import Path

from schemas.errors import EngineUnavailableError
from schemas.kinds.moody import MoodyResult


def handle(request, work):
    place = Path(request.place)
    is_down = (place / "down").exists()
    with (place / "calls").open("a") as calls:
        calls.write("down\\n" if is_down else "up\\n")
    if is_down:
        raise EngineUnavailableError(engine="moody")
    return MoodyResult(engine="moody", model="1")
'''

JOBS = 30
#: Failures in a row that open the breaker, and the jobs that two processes may have in hand when it opens.
BEFORE_IT_OPENS = 5 + 2


@pytest.mark.timeout(120)
def test_an_outage_costs_a_few_attempts_and_no_job(tmp_path: Path):
    place = tmp_path / "engine"
    place.mkdir()
    (place / "down").touch()
    calls = place / "calls"
    with (
        kinds_of(tmp_path / "kinds", {"moody": (KIND, HANDLER)}),
        RunningStack(tmp_path, kinds=("moody",), concurrency=2, prefetch=4, long_poll_s=1) as stack,
        stack.client() as client,
    ):
        jobs = [client.post("/v1/jobs/moody", json={"place": str(place)}).json()["id"] for _ in range(JOBS)]
        log = tmp_path / "stack.log"
        wait_until(lambda: '"after": "half_open"' in log.read_text())
        # The first probe finds the engine as it was: its attempt is given back, and nobody else asks.
        wait_until(lambda: "probe_failed" in log.read_text())
        asked = calls.read_text().splitlines().count("down")
        (place / "down").unlink()

        ended = [wait_for_end(client, job_id, timeout_s=90) for job_id in jobs]

        assert asked <= BEFORE_IT_OPENS + 1
        assert '"after": "closed"' in log.read_text()  # it is asked by everybody again, not by one probe at a time
        assert {job["status"] for job in ended} == {"succeeded"}
        assert sum(entry["outcome"] == "retry" for job in ended for entry in job["history"]) <= BEFORE_IT_OPENS
        assert any(entry["outcome"] == "hand_back" for job in ended for entry in job["history"])
        assert stack.findings() == []
