"""A kind is two files below a directory on PYTHONPATH: they give it route, queues, worker and CLI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from tests.acceptance.running import wait_for_end
from tests.emulated import free_port
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

KIND = '''"""A kind that fails as often as it is asked to."""

from schemas.kind import Backoff, Kind, Request, Result


class WobbleRequest(Request):
    text: str
    crash: bool = False
    kill_once: str | None = None


class WobbleResult(Result):
    text: str


KIND = Kind(
    name="wobble",
    summary="Say it back, or don't",
    request=WobbleRequest,
    result=WobbleResult,
    example=WobbleRequest(text="Hello"),
    timeout_s=1,
    max_attempts=2,
    backoff=Backoff(base_s=0.1, cap_s=0.1),
    counters={"wobbles": 1},
)
'''

HANDLER = '''"""Says it back, or crashes, or kills its own process."""

import os
import signal
from pathlib import Path

from schemas.errors import TransientError
from schemas.kinds.wobble import WobbleRequest, WobbleResult


def handle(request: WobbleRequest, work):
    if request.crash:
        raise TransientError("wobbled", "It wobbled.")
    if request.kill_once and not Path(request.kill_once).exists():
        work.store("half.txt", b"half", mime="text/plain")
        Path(request.kill_once).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    work.store("echo.txt", request.text.encode(), mime="text/plain")
    return WobbleResult(text=request.text, engine="wobble", model="1")
'''


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with two files."""
    tree = tmp_path_factory.mktemp("tree")
    for name, source in (("schemas/kinds/wobble.py", KIND), ("workers/handlers/wobble.py", HANDLER)):
        (tree / name).parent.mkdir(parents=True)
        (tree / name).write_text(source, "utf-8")
    return tree


@pytest.fixture(scope="module")
def environment(tree: Path) -> dict[str, str]:
    ports = {"SAYLINE_API_PORT": str(free_port()), "SAYLINE_EMULATOR_PORT": str(free_port())}
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tree}", "SAYLINE_DATA_DIR": str(tree / ".data"), **ports}


def sayline(tree: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops.cli", *arguments]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def url(tree: Path, environment: dict[str, str]) -> Iterator[str]:
    with (tree / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "ops.cli", "up"], cwd=tree, env=environment, stderr=log)
        url = f"http://127.0.0.1:{environment['SAYLINE_API_PORT']}"
        try:
            wait_until(lambda: (tree / ".data/stack.json").exists() and _ready(url))
            yield url
        finally:
            process.terminate()
            process.wait(timeout=60)


def _ready(url: str) -> bool:
    return httpx2.get(f"{url}/readyz", timeout=30).is_success


def test_its_route_is_in_the_api_and_a_job_of_it_succeeds(url: str):
    with httpx2.Client(base_url=url, timeout=30) as client:
        paths: dict[str, Any] = client.get("/openapi.json").json()["paths"]
        assert "/v1/jobs/wobble" in paths
        job_id = client.post("/v1/jobs/wobble", json={"text": "안녕"}).raise_for_status().json()["id"]

        job = wait_for_end(client, job_id)

        assert job["status"] == "succeeded"
        assert client.get(job["files"]["echo.txt"], follow_redirects=True).text == "안녕"


def test_a_job_that_crashes_is_retried_and_ends_in_its_dead_letter_queue(
    url: str, tree: Path, environment: dict[str, str]
):
    with httpx2.Client(base_url=url, timeout=30) as client:
        job_id = client.post("/v1/jobs/wobble", json={"text": "x", "crash": True}).json()["id"]

        job = wait_for_end(client, job_id)

    assert (job["status"], job["attempt"]) == ("dead_lettered", 2)
    assert job["error"]["code"] == "wobbled"
    audited = sayline(tree, environment, "audit")
    assert (audited.returncode, audited.stdout) == (0, "")
    assert "agree" in audited.stderr


@pytest.mark.timeout(180)
def test_the_attempt_of_a_killed_process_is_counted_and_what_it_left_deleted(
    url: str, tree: Path, environment: dict[str, str]
):
    with httpx2.Client(base_url=url, timeout=30) as client:
        body = {"text": "again", "kill_once": str(tree / "killed")}
        job_id = client.post("/v1/jobs/wobble", json=body).json()["id"]

        job = wait_for_end(client, job_id, timeout_s=120)

    assert (job["status"], job["attempt"]) == ("succeeded", 2)
    assert [(line["outcome"], line["code"]) for line in job["history"]] == [
        ("retry", "worker_lost"),
        ("succeed", None),
    ]
    assert list(job["files"]) == ["echo.txt"]
    audited = sayline(tree, environment, "audit")
    assert audited.returncode == 0, audited.stdout


def test_the_cli_knows_it(url: str, tree: Path, environment: dict[str, str]):
    kinds = json.loads(sayline(tree, environment, "kinds", "--json").stdout)
    assert "wobble" in {kind["name"] for kind in kinds}

    submitted = sayline(tree, environment, "job", "submit", "wobble", "--text", "hi", "--wait", "--json")

    assert submitted.returncode == 0
    assert json.loads(submitted.stdout)["result"]["text"] == "hi"


def test_its_queues_and_its_retention_are_in_the_template(tree: Path, environment: dict[str, str]):
    template = sayline(tree, environment, "template").stdout

    assert '"QueueName": "sayline-dev-wobble"' in template
    assert '"QueueName": "sayline-dev-wobble-dlq"' in template
    assert '"Prefix": "wobble/"' in template
