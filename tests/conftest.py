"""What every test may use: a clock that it sets, and jobs to begin with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import hypothesis
import pytest

from schemas.job import Job, Payload, open_shard
from schemas.status import Status
from tests.emulated import emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.settings import Settings

# How long an example takes says more of what else the machine does than of the code.
hypothesis.settings.register_profile("sayline", deadline=None)
hypothesis.settings.load_profile("sayline")


class ManualClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, *, year: int = 2026) -> None:
        # Not on a whole second: some fields are kept to the second, others to the millisecond.
        self.now = datetime(year, 11, 21, 9, 0, 0, 123_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def future_clock() -> ManualClock:
    """For what is written to the emulator: once a minute it deletes what has expired by the real time."""
    return ManualClock(year=2126)


def new_job(job_id: str, clock: ManualClock, *, kind: str = "tts", owner: str = "mina", **fields: object) -> Job:
    """A job as the API records it."""
    defaults: dict[str, object] = {
        "status": Status.QUEUED,
        "request": Payload(inline={"text": "Hello"}),
        "request_digest": "0" * 64,
        "open_shard": open_shard(kind, job_id),
        "next_check_at": clock() + timedelta(minutes=10),
        "created_at": clock(),
        "updated_at": clock(),
    }
    return Job(id=job_id, kind=kind, owner=owner, **(defaults | fields))


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An emulator for the whole session; tests keep apart by the ids that they use."""
    with emulator(tmp_path_factory.mktemp("aws")) as settings:
        yield settings
