"""The API over in-memory twins that can fail on demand, and a kind of job to ask it for."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ops.memory import MemoryJobStore, MemoryObjectStore, MemoryQueues
from ops.payloads import ClaimCheck
from ops.settings import Settings
from producers.api import create_app
from producers.identity import DEFAULT_OWNER, DevelopmentIdentity
from producers.ids import new_id
from producers.sending import Sender
from producers.services import Ports
from producers.submission import Submission, Submissions
from schemas import moves
from schemas.errors import UnavailableError
from schemas.files import upload_key
from schemas.job import Job, JobError, Lease, Payload
from schemas.kind import Kind, Request, Result
from schemas.kinds import registry
from schemas.media import StoredFile  # noqa: TC001 - pydantic reads it
from schemas.moves import End, Holder, Success
from tests.conftest import ManualClock

if TYPE_CHECKING:
    from fastapi import FastAPI

with warnings.catch_warnings():
    # It would rather have httpx2, which nothing else here needs.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

__all__ = ["ECHO", "INLINE_MAX_BYTES", "ApiBench", "Faulty", "TestClient"]

INLINE_MAX_BYTES = 200


class EchoLine(Request):
    text: str = ""
    times: Annotated[int, Field(ge=1, le=9)] = 1


class EchoRequest(Request):
    text: Annotated[str, Field(min_length=1, max_length=5000)]
    lines: tuple[EchoLine, ...] = ()


class EchoResult(Result):
    text: str
    file: StoredFile | None = None


ECHO = Kind(
    name="echo",
    summary="Say it back",
    request=EchoRequest,
    result=EchoResult,
    example=EchoRequest(text="Hello"),
    max_attempts=3,
    request_max_bytes=8192,
)


class Faulty:
    """A twin whose methods fail: `before` they have any effect, or `after` it (the answer was lost)."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.before: set[str] = set()
        self.after: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.inner, name)
        if name not in self.before | self.after:
            return method

        def fail(*args: Any, **kwargs: Any) -> Any:
            if name in self.after:
                method(*args, **kwargs)
            raise UnavailableError("Twin", "OutOfReach")

        return fail


@dataclass
class ApiBench:
    """The API and everything around it."""

    clock: Any = field(default_factory=ManualClock)
    store: Any = field(default_factory=lambda: Faulty(MemoryJobStore()))
    objects: Any = field(default_factory=lambda: Faulty(MemoryObjectStore()))
    queues: Any = field(default_factory=lambda: Faulty(MemoryQueues()))
    missing: tuple[str, ...] = ()

    @cached_property
    def conversations(self) -> Any:
        return Faulty(self.store.inner.conversations)

    @cached_property
    def app(self) -> FastAPI:
        ports = Ports(
            jobs=self.store,
            conversations=self.conversations,
            images=self.store.inner.images,
            payloads=ClaimCheck(self.objects, inline_max_bytes=INLINE_MAX_BYTES),
            objects=self.objects,
            queue=self.queues,
            ready=lambda: self.missing,
            identify=DevelopmentIdentity(),
            now=self.clock,
            new_id=new_id,
        )
        return create_app(ports, Settings(_env_file=None), all_kinds={"echo": ECHO, **registry()})

    @cached_property
    def http(self) -> TestClient:
        return TestClient(self.app, follow_redirects=False)

    def accept(self, text: str = "Hello", *, key: str | None = None) -> Job:
        """Take a job in without HTTP."""
        submissions = Submissions(
            jobs=self.store,
            payloads=ClaimCheck(self.objects, inline_max_bytes=INLINE_MAX_BYTES),
            sender=Sender(jobs=self.store, objects=self.objects, queue=self.queues, now=self.clock),
            now=self.clock,
            new_id=new_id,
            check_after=timedelta(minutes=10),
        )
        submission = Submission(owner="mina", kind=ECHO, request=EchoRequest(text=text), idempotency_key=key)
        return submissions.accept(submission).job

    def submit(
        self, text: str = "Hello", *, key: str | bytes | None = None, owner: str | None = None, **more: Any
    ) -> Any:
        named = {"Idempotency-Key": key, "X-Sayline-Owner": owner}
        headers: Any = {name: value for name, value in named.items() if value is not None}
        return self.http.post("/v1/jobs/echo", json={"text": text, **more}, headers=headers)

    def upload(self, ref: str, data: bytes = b"sound", *, owner: str = DEFAULT_OWNER) -> None:
        """Have an owner's upload be there."""
        self.objects.inner.put(upload_key(ref, owner), data, mime="audio/webm")

    def upload_examples(self) -> None:
        """Have all files be there that kinds' examples name."""
        for kind in registry().values():
            for name in kind.samples:
                self.upload(getattr(kind.example, name))

    def submitted(self, text: str = "Hello", **how: Any) -> str:
        answer = self.submit(text, **how)
        assert answer.status_code == 202
        return answer.json()["id"]

    @property
    def records(self) -> list[Job]:
        return list(self.store.inner._jobs.values())  # noqa: SLF001 - what the twin holds

    def job(self, job_id: str) -> Job:
        job = self.store.inner.get(job_id)
        assert job is not None
        return job

    def claim(self, job_id: str, *, token: str = "token") -> Holder:
        lease = Lease(token=token, until=self.clock() + timedelta(minutes=1), worker="host:1")
        job = self.store.inner.apply(moves.claim(job_id, epoch=0, lease=lease, now=self.clock()))
        return Holder(
            kind="tts", job_id=job_id, epoch=0, attempt=job.attempt, token=token, worker="host:1", max_attempts=3
        )

    def succeed(self, job_id: str, result: Payload, *, files: dict[str, str] | None = None) -> None:
        success = Success(result=result, files=files or {}, engine="echo", model="1")
        self.store.inner.apply(moves.succeed(self.claim(job_id), success, end=self._end(), now=self.clock()))

    def fail(self, job_id: str) -> None:
        error = JobError(code="bad_voice", message="There is no such voice.", retryable=False, engine="echo")
        self.store.inner.apply(moves.fail(self.claim(job_id), error, end=self._end(), now=self.clock()))

    def _end(self) -> End:
        return End(expires_at=self.clock() + timedelta(days=30))
