"""AWS out of reach, answers lost, the API killed at the worst moment: nothing lost, nothing doubled."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx2
import pytest

from ops.local.process import ProcessSpec
from ops.local.specs import sayline_specs
from tests.acceptance.running import RunningStack, wait_for_end
from tests.faults import Fault, FaultProxy
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ops.settings import Settings


class Harbour(RunningStack):
    """A stack whose API reaches AWS through a proxy."""

    proxy: FaultProxy

    def __init__(self, data_dir: Path, exits: ExitStack) -> None:
        self._exits = exits
        super().__init__(data_dir, specs=self._specs, check_after_s=8, clock_interval_s=0.5, long_poll_s=2)

    def _specs(self, settings: Settings) -> Sequence[ProcessSpec]:
        self.proxy = self._exits.enter_context(FaultProxy(settings.emulator_port))
        *others, api = sayline_specs(settings)
        through = ("/usr/bin/env", f"SAYLINE_EMULATOR_PORT={self.proxy.port}", sys.executable, "-m", "producers.api")
        return (*others, ProcessSpec(name=api.name, command=through, ready_url=api.ready_url))

    def jobs(self) -> list[dict[str, object]]:
        with self.client() as client:
            jobs: list[dict[str, object]] = client.get("/v1/jobs", params={"limit": 100}).json()["jobs"]
            return jobs


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harbour]:
    with ExitStack() as exits, Harbour(tmp_path_factory.mktemp("harbour"), exits) as running:
        yield running


@pytest.fixture
def owner() -> str:
    return f"owner-{uuid4().hex[:8]}"


def submit(client: httpx2.Client, key: str) -> httpx2.Response:
    return client.post("/v1/jobs/tts", json={"text": f"Hello {key[:4]}"}, headers={"Idempotency-Key": key})


def test_an_api_killed_between_record_and_send_loses_nothing(harbour: Harbour, owner: str):
    killed: list[str] = []

    def kill_before_send(operation: str) -> Fault:
        if operation != "SQS.SendMessage" or killed:
            return Fault.NONE
        killed.append(operation)
        harbour.kill("api")
        return Fault.RESET

    harbour.proxy.fault = kill_before_send
    with harbour.client(owner) as client:
        with pytest.raises(httpx2.TransportError):
            client.post("/v1/jobs/tts", json={"text": "I was not lost."})
        assert killed
        wait_until(lambda: _answers(client))

        (job,) = wait_until(lambda: client.get("/v1/jobs").json()["jobs"])
        assert wait_for_end(client, job["id"])["status"] == "succeeded"

    assert harbour.findings() == []


@pytest.mark.parametrize("service", ["SQS", "DynamoDB"])
@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.RESET, Fault.ANSWER_LOST])
def test_a_client_that_repeats_after_a_503_gets_one_job(harbour: Harbour, owner: str, service: str, fault: Fault):
    harbour.proxy.fault = lambda operation: fault if operation.startswith(service) else Fault.NONE
    keys = [uuid4().hex for _ in range(3)]
    with harbour.client(owner) as client:
        first = [submit(client, key) for key in keys]
        refused = [answer for answer in first if answer.status_code == 503]
        for answer in refused:
            assert answer.json()["code"] == "unavailable"
            assert int(answer.headers["Retry-After"]) > 0
        if fault is not Fault.ANSWER_LOST:
            assert len(refused) == len(keys)
        harbour.proxy.fault = lambda _: Fault.NONE

        ids = [submit(client, key).raise_for_status().json()["id"] for key in keys]

        assert len(set(ids)) == len(keys)
        assert {wait_for_end(client, job_id)["status"] for job_id in ids} == {"succeeded"}
        assert {job["id"] for job in client.get("/v1/jobs").json()["jobs"]} == set(ids)
    assert harbour.findings() == []


def test_a_503_leaves_nothing_behind(harbour: Harbour, owner: str):
    harbour.proxy.fault = lambda operation: Fault.UNAVAILABLE if operation == "SQS.SendMessage" else Fault.NONE
    with harbour.client(owner) as client:
        answers = [client.post("/v1/jobs/tts", json={"text": "x" * 5000}) for _ in range(3)]
        harbour.proxy.fault = lambda _: Fault.NONE

        assert {answer.status_code for answer in answers} == {503}
        assert client.get("/v1/jobs").json()["jobs"] == []
    assert harbour.findings() == []


def test_a_worker_survives_an_emulator_that_is_killed(harbour: Harbour, owner: str):
    worker = harbour.stack.process("worker").pid
    harbour.kill("emulator")
    with harbour.client(owner) as client:
        wait_until(lambda: _answers(client))

        job_id = wait_until(lambda: submit(client, "after the emulator's death").json().get("id"))

        assert wait_for_end(client, job_id)["status"] == "succeeded"
    assert harbour.stack.process("worker").pid == worker


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/readyz").is_success
    except httpx2.TransportError:
        return False
