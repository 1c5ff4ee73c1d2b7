"""Amazon Transcribe's engine at a local server: attempts of one job, on a clock whose waits take no time."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schemas.errors import PermanentError
from schemas.kinds.transcription import TranscriptionRequest
from tests.vendors.documents import HELLO
from tests.vendors.transcribe import Memory, Outcome, TranscribeServer
from workers.engines.aws import client
from workers.engines.calling import Timing
from workers.engines.transcribe.engine import TranscribeEngine
from workers.engines.transcribe.jobs import Jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from workers.engines.ports import Recording

AUDIO = "audio:" + "5f" * 16
MEDIA = "s3://bucket/user-audio/owner/recording"
TOKEN = "0198c5f0-3b5a-7c3e-9d55-0d6c1f6a2b11-0"
START, GET = "StartTranscriptionJob", "GetTranscriptionJob"


@dataclass
class Clock:
    """Waits take no time; what was waited is kept."""

    now_s: float = 0.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now_s += seconds


@dataclass
class File:
    """A file in the memory that stands for the bucket."""

    uri: str
    memory: Memory

    def read(self) -> bytes:
        if self.uri not in self.memory.objects:
            raise PermanentError("unknown_file", "gone")
        return self.memory.objects[self.uri]


@dataclass
class Audio(File):
    def recording(self) -> Recording:
        raise AssertionError("the vendor reads the recording itself")


@dataclass
class Call:
    """An attempt."""

    memory: Memory
    clock: Clock
    until_s: float = 1_800.0
    token: str = TOKEN
    said: list[tuple[float | None, str | None]] = field(default_factory=list)
    on_progress: Callable[[], None] = lambda: None

    @property
    def remaining_s(self) -> float:
        return self.until_s - self.clock.now_s

    def output(self, name: str) -> File:
        return File(f"s3://bucket/transcription/job/vendor/0-{name}", self.memory)

    def progress(self, fraction: float | None, note: str | None = None, *, partial: str | None = None) -> None:
        self.said.append((fraction, note))
        self.on_progress()


@dataclass
class Desk:
    """A server, an engine, and the attempts of one job."""

    server: TranscribeServer
    memory: Memory
    clock: Clock
    url: str
    options: dict[str, Any] = field(default_factory=dict)
    read_timeout_s: float = 10.0

    def engine(self) -> TranscribeEngine:
        """A new process's."""
        options = TranscribeEngine.Options(region="us-east-1", endpoint_url=self.url, **self.options)
        sdk = client("transcribe", options, read_timeout_s=self.read_timeout_s)
        jobs = Jobs(sdk, timing=Timing(self.clock.now, self.clock.sleep), uniform=lambda _low, high: high)
        return TranscribeEngine(options, jobs)

    def attempt(self, call: Call | None = None, **request: Any) -> Any:
        asked = TranscriptionRequest(audio=AUDIO, **request)
        engine = self.engine()
        try:
            return engine.transcribe(asked, Audio(MEDIA, self.memory), call or self.call())
        finally:
            engine.close()

    def call(self, **fields: Any) -> Call:
        return Call(self.memory, self.clock, **fields)

    def asked(self) -> dict[str, Any]:
        """What the one job that was begun was asked."""
        (job,) = self.server.jobs.values()
        return job.asked


@contextmanager
def desk_of(environment: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Run a server, and have credentials that it takes."""
    environment.setenv("AWS_ACCESS_KEY_ID", "test")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    memory = Memory({MEDIA: b"RIFF"})
    with TranscribeServer(memory.bucket(), Outcome(HELLO)) as server:
        yield Desk(server, memory, Clock(), server.url)
