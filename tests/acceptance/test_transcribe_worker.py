"""A real worker on Amazon Transcribe: one vendor job per job, also where the worker is killed while it waits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from ops.aws.clients import Clients
from ops.aws.objects import S3ObjectStore
from schemas.errors import MissingObjectError
from schemas.files import upload_key
from tests.acceptance.running import RunningStack, wait_for_end
from tests.vendors.documents import HELLO
from tests.vendors.transcribe import Bucket, Outcome, TranscribeServer
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

#: More looks than there is time for.
NEVER = 1_000_000
VISIBILITY_S = 11
GET = "GetTranscriptionJob"


@dataclass
class Site:
    """A stack whose worker has Amazon's engine, and that engine's server, which sees the stack's bucket."""

    server: TranscribeServer = field(init=False)
    stack: RunningStack = field(init=False)

    @property
    def objects(self) -> S3ObjectStore:
        settings = self.stack.settings
        return S3ObjectStore(Clients(settings).s3, settings.bucket_name)

    def read(self, _bucket: str, key: str) -> bytes | None:
        try:
            return self.objects.get(key)
        except MissingObjectError:
            return None

    def write(self, _bucket: str, key: str, data: bytes) -> None:
        self.objects.put(key, data, mime="application/json")

    def submit(self, client: httpx2.Client, **fields: Any) -> str:
        """Submit a job for a recording of its own."""
        ref = f"audio:{uuid.uuid4().hex}"
        self.objects.put(upload_key(ref, "mina"), b"RIFF", mime="audio/wav")
        answer = client.post("/v1/jobs/transcription", json={"audio": ref, **fields})
        job_id: str = answer.raise_for_status().json()["id"]
        return job_id

    def begun(self, job_id: str) -> int:
        """How often a vendor's job was begun for one of ours."""
        return sum(name.startswith(f"sayline-{job_id}") for name in self.server.begun)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site()
    bucket = Bucket(site.read, site.write)
    with pytest.MonkeyPatch.context() as environment, TranscribeServer(bucket, Outcome(HELLO)) as site.server:
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        settings: dict[str, Any] = {
            "kinds": ("transcription",),
            "engines": {"transcription": "transcribe"},
            "engine_options": {"transcribe": {"endpoint_url": site.server.url}},
            "pool": "threads",
            "concurrency": 8,
            "visibility_s": VISIBILITY_S,
            "heartbeat_s": 0.5,
            "long_poll_s": 1,
        }
        with RunningStack(tmp_path_factory.mktemp("stack"), **settings) as site.stack:
            yield site


@pytest.fixture
def client(site: Site) -> Iterator[httpx2.Client]:
    site.server.outcome.looks = 1
    with site.stack.client() as client:
        yield client


def test_a_recording_becomes_a_transcript_and_nothing_of_the_vendors_is_left(site: Site, client: httpx2.Client):
    job_id = site.submit(client)

    job = wait_for_end(client, job_id)

    assert job["status"] == "succeeded", job["error"]
    result = job["result"]
    assert (result["engine"], result["quality"]) == ("amazon-transcribe", "standard")
    assert result["text"] == "Hello, how are you?"
    assert [word["text"] for word in result["words"]] == ["Hello,", "how", "are", "you?"]
    assert b"Hello, how are you?" in site.objects.get(result["subtitles"]["srt"]["key"])
    assert site.begun(job_id) == 1
    assert site.stack.findings() == []


@pytest.mark.timeout(180)
def test_a_worker_killed_while_it_waits_costs_an_attempt_and_no_second_vendor_job(site: Site, client: httpx2.Client):
    site.server.outcome.looks = NEVER
    looks = site.server.times(GET)
    job_id = site.submit(client)
    wait_until(lambda: site.begun(job_id) and site.server.times(GET) > looks)

    site.stack.kill("worker")
    site.server.outcome.looks = 0
    job = wait_for_end(client, job_id, timeout_s=90)

    assert job["status"] == "succeeded", job["error"]
    assert job["attempt"] == 2
    assert site.begun(job_id) == 1
    assert site.server.times("StartTranscriptionJob") > len(site.server.begun), "the next attempt has asked as well"
    assert site.stack.findings() == []


def test_a_job_that_the_vendor_fails_has_the_vendors_reason(site: Site, client: httpx2.Client):
    site.server.outcome.failure = "Unsupported media format."
    try:
        job = wait_for_end(client, site.submit(client))
    finally:
        site.server.outcome.failure = None

    assert job["status"] == "failed"
    assert job["error"]["code"] == "unreadable_audio"
    assert "Unsupported media format." in job["error"]["message"]


@pytest.mark.timeout(120)
def test_a_job_that_is_cancelled_while_it_waits_is_let_go(site: Site, client: httpx2.Client):
    site.server.outcome.looks = NEVER
    job_id = site.submit(client)
    wait_until(lambda: site.begun(job_id))

    client.post(f"/v1/jobs/{job_id}/cancel").raise_for_status()

    assert wait_for_end(client, job_id)["status"] == "cancelled"
    looks = site.server.jobs[f"sayline-{job_id}-0"].looks
    # Another job is looked at more often than the cancelled one would have been.
    site.server.outcome.looks = 4
    assert wait_for_end(client, site.submit(client))["status"] == "succeeded"
    assert site.server.jobs[f"sayline-{job_id}-0"].looks == looks


def test_jobs_wait_side_by_side(site: Site, client: httpx2.Client):
    site.server.outcome.looks = NEVER
    jobs = [site.submit(client) for _ in range(8)]
    wait_until(lambda: all(site.begun(job_id) for job_id in jobs))
    site.server.outcome.looks = 0

    assert {wait_for_end(client, job_id)["status"] for job_id in jobs} == {"succeeded"}
    assert all(site.begun(job_id) == 1 for job_id in jobs)
