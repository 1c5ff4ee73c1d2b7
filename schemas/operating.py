"""What operators say to workers, workers of themselves, and what else operators look at: queues and lists of jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import AwareDatetime, Field

from schemas.model import Model

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from schemas.job import Job
    from schemas.status import Status

#: A sign of life names this many jobs: 800 bytes of them.
RUNNING_NAMED = 20

#: Who has not said that it ends, and says nothing any more, is remembered for this long after it was due.
SILENT_FOR = timedelta(hours=1)


class Pause(Model):
    """A kind that no worker takes for now; its jobs wait, and none is lost."""

    kind: str
    since: AwareDatetime
    by: str
    """Who has said so, `user@host`."""


class SignOfLife(Model):
    """What a worker last said of itself."""

    name: str
    """`host:pid` of the worker's parent, as leases have the process that runs a job."""
    state: Literal["running", "draining"] = "running"
    """`draining` from SIGTERM on: it receives nothing more."""
    kinds: tuple[str, ...]
    pool: str
    concurrency: int
    in_hand: dict[str, int] = Field(default_factory=dict)
    """Messages in hand, by kind; of kinds that have none nothing is said."""
    running: tuple[str, ...] = ()
    """Ids of the jobs whose attempts have begun, the earliest first; of `RUNNING_NAMED` at most."""
    settled_per_s: dict[str, float] = Field(default_factory=dict)
    """Messages that it was done with, by kind, per second over about the last minute."""
    paused: tuple[str, ...] = ()
    """Kinds that it has stopped to receive."""
    out_of_order: tuple[str, ...] = ()
    """Kinds whose engine it leaves alone for a while: their breaker is open."""
    versions: dict[str, str]
    """Of Python, Sayline and the libraries that a worker depends on most."""
    registry: str
    """Digest of its kinds; see `schemas.fingerprint`."""
    started_at: AwareDatetime
    seen_at: AwareDatetime
    until: AwareDatetime
    """By when it says the next, and more than that: after it the worker counts as gone."""

    def is_alive(self, now: datetime) -> bool:
        """Whether it has spoken in time."""
        return now <= self.until


class Pauses(Protocol):
    """Which kinds are paused."""

    def paused(self) -> Mapping[str, Pause]:
        """Return the pauses by kind."""

    def pause(self, pause: Pause) -> Pause:
        """Pause a kind, and return its pause: the earlier one where it is paused already."""

    def resume(self, kind: str) -> bool:
        """End a kind's pause; false where there is none."""


class Workforce(Protocol):
    """Who works."""

    def say(self, sign: SignOfLife) -> None:
        """Write a worker's sign of life over its last one."""

    def forget(self, name: str) -> None:
        """Remove a worker that ends."""

    def workers(self, *, now: datetime) -> Sequence[SignOfLife]:
        """Return all workers but for those that were forgotten, by name; those gone silent for a while."""


class Depths(Protocol):
    """How much each queue holds."""

    def depths(self, queue: str) -> Mapping[str, int]:
        """Return about how many messages a queue holds: `visible`, `in_flight` and `delayed`."""


class JobLists(Protocol):
    """All jobs, not only one owner's."""

    def open_jobs(self, kind: str) -> Iterator[Job]:
        """Iterate over a kind's jobs with something left to do, in no order; one may come twice."""

    def oldest_open(self, kind: str) -> datetime | None:
        """Return about when the oldest of a kind's jobs that wait or run was to begin."""

    def first_check(self, shards: Iterable[str], *, by: datetime) -> datetime | None:
        """Return the earliest check in these partitions of the open index, where one was due by then."""

    def owned(self, owner: str) -> Iterator[Job]:
        """Iterate over an owner's jobs, newest first."""

    def select(
        self, *, kinds: frozenset[str], statuses: frozenset[Status], since: datetime | None, until: datetime | None
    ) -> Iterator[Job]:
        """Iterate over jobs of these kinds and states (all, where none are given), created in this time."""


def takers(workers: Collection[SignOfLife], kind: str, *, now: datetime) -> list[SignOfLife]:
    """Return the living workers that serve a kind."""
    return [worker for worker in workers if worker.is_alive(now) and kind in worker.kinds]
