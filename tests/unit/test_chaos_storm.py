"""What a storm is made of is decided by its seed, and what its logs complain of is found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.chaos import jobs, logs
from tests.chaos.ambush import Lookout
from tests.chaos.jobs import Fate
from tests.faults import Fault

if TYPE_CHECKING:
    from pathlib import Path


def test_a_seed_decides_on_the_jobs():
    assert jobs.plan(1, 300) == jobs.plan(1, 300)
    assert jobs.plan(1, 300) != jobs.plan(2, 300)


def test_even_a_small_storm_has_jobs_of_each_sort():
    planned = jobs.plan(3, 20)

    assert {job.fate for job in planned} == set(Fate)
    assert {job.body.get("how") for job in planned} >= {None, "fail", "flaky", "kill", "hang"}
    assert len({job.number for job in planned}) == 20


def test_errors_and_tracebacks_are_found_and_what_kills_bring_is_not(tmp_path: Path):
    lines = [
        "worker-1 | " + json.dumps({"level": "error", "event": "request_failed", "error": "KeyError", "stack": "x"}),
        "worker-2 | " + json.dumps({"level": "error", "event": "request_failed", "error": "KeyError", "stack": "x"}),
        "worker-1 | " + json.dumps({"level": "info", "event": "job_started"}),
        "worker-1 | " + json.dumps({"level": "warning", "event": "attempt_failed", "code": "unexpected_error"}),
        "worker-1 | " + json.dumps({"level": "error", "event": "Process 'ForkPoolWorker-1' exited with 9"}),
        "api      | Traceback (most recent call last):",
        "stack    | Traceback: the supervisor's own words",
        'worker-1 | {"level": "error", "ev',
    ]
    path = tmp_path / "log"
    path.write_text("\n".join(lines))

    assert logs.unexpected(path) == {
        "worker: request_failed <- KeyError": 2,
        "worker: attempt_failed": 1,
        "api: Traceback (most recent call last):": 1,
    }


def test_an_ambush_meets_the_next_request_of_its_sort_and_no_other():
    struck: list[str] = []
    lookout = Lookout()
    lookout.lay("SQS.DeleteMessage", Fault.RESET, lambda: struck.append("once"))

    met = [lookout(name) for name in ("DynamoDB.UpdateItem", "SQS.DeleteMessageBatch", "SQS.DeleteMessageBatch")]

    assert [injection.fault for injection in met] == [Fault.NONE, Fault.RESET, Fault.NONE]
    for injection in met:
        injection.act()
    assert struck == ["once"]


def test_processes_that_ended_are_counted_by_sort(tmp_path: Path):
    path = tmp_path / "log"
    path.write_text(
        "stack    | worker-1 exited with code 75; it is started again in 1 s\n"
        "stack    | worker-2 exited with code 75; it is started again in 1 s\n"
        "stack    | api was killed by SIGKILL; it is started again in 1 s\n"
        "worker-1 | api was killed by SIGKILL\n"
    )

    assert logs.endings(path) == {"worker exited with code 75": 2, "api was killed by SIGKILL": 1}
