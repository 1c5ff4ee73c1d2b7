"""A worker over the in-memory twins, with a kind whose handler a test writes itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from ops.memory import MemoryJobStore, MemoryObjectStore, MemoryQueues
from ops.payloads import ClaimCheck
from schemas.ending import Ending
from schemas.envelope import Envelope
from schemas.kind import Kind, Request, Result
from tests.conftest import ManualClock, new_job
from workers.attempt import Around
from workers.claims import Claims
from workers.delivery import Delivery
from workers.finish import Finisher
from workers.reuse import Reuse
from workers.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.job import Job
    from schemas.kinds import AnyKind
    from schemas.outcome import Outcome
    from workers.work import OwnerWork, Work


LEASE_S = 40.0


class EchoRequest(Request):
    text: str


class EchoResult(Result):
    text: str


ECHO = Kind(
    name="echo",
    summary="Say it back",
    request=EchoRequest,
    result=EchoResult,
    example=EchoRequest(text="Hello"),
    max_attempts=2,
    counters={"practice_count": 1},
)


def say_back(request: EchoRequest, work: Work[Any]) -> EchoResult:
    work.store("echo.txt", request.text.encode(), mime="text/plain")
    return EchoResult(text=request.text, engine="echo", model="1")


def around(objects: Any, clock: ManualClock) -> Around:
    """What an attempt without a runner reaches."""
    jobs = MemoryJobStore()
    payloads = ClaimCheck(objects, inline_max_bytes=1024)
    return Around(
        jobs=jobs, objects=objects, payloads=payloads, conversations=jobs.conversations, engines={}, clock=clock
    )


@dataclass
class Bench:
    """A runner and everything around it."""

    clock: ManualClock
    handle: Callable[[EchoRequest, OwnerWork[Any]], EchoResult] = say_back
    kind: AnyKind = ECHO
    store: Any = field(default_factory=MemoryJobStore)
    objects: Any = field(default_factory=MemoryObjectStore)
    queues: Any = field(default_factory=MemoryQueues)
    engines: dict[str, Any] = field(default_factory=dict)
    """By kind and role."""
    handled: int = 0

    @property
    def conversations(self) -> Any:
        return self.store.conversations

    def runner(self) -> Runner:
        ending = Ending(record_retention_days=30)
        return Runner(
            kinds={self.kind.name: self.kind},
            handler=lambda _: self._count,
            engine=self.engines.get,
            claims=Claims(
                store=self.store,
                objects=self.objects,
                queue=self.queues,
                dead_letters=self.queues,
                ending=ending,
                lease_s=LEASE_S,
                check_after=timedelta(minutes=10),
                clock=self.clock,
            ),
            finisher=Finisher(store=self.store, ending=ending, clock=self.clock),
            store=self.store,
            conversations=self.conversations,
            objects=self.objects,
            payloads=ClaimCheck(self.objects, inline_max_bytes=1024),
            reuse=Reuse(self.objects),
            ending=ending,
            clock=self.clock,
            random=Random(7),
        )

    def _count(self, request: EchoRequest, work: OwnerWork[Any]) -> EchoResult:
        self.handled += 1
        return self.handle(request, work)

    def submit(self, job_id: str = "job-1", **fields: Any) -> Job:
        job = new_job(job_id, self.clock, kind=self.kind.name, **fields)
        self.store.create(job)
        return job

    def deliver(self, token: str = "first", *, job_id: str = "job-1", epoch: int = 0) -> Outcome:
        return self.runner().run(self.delivery(token, job_id=job_id, epoch=epoch))

    def delivery(self, token: str = "first", *, job_id: str = "job-1", epoch: int = 0) -> Delivery:
        envelope = Envelope(job_id=job_id, kind=self.kind.name, epoch=epoch)
        return Delivery(envelope=envelope, token=token, received_at=self.clock(), worker="host:1")

    def job(self, job_id: str = "job-1") -> Job:
        job = self.store.get(job_id)
        assert job is not None
        return job
