"""A desk of dead letters with nothing but memory behind it, workers that do what they are told, and a sudden death."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ops.clock.sweeper import Sweeper
from ops.dlq.amending import Amendment
from ops.dlq.pace import Pace
from ops.dlq.redriving import Redriver
from ops.dlq.selection import Selection, find
from ops.memory import MemoryJobStore, MemoryObjectStore, MemoryQueues
from ops.memory_dead_letters import MemoryDeadLetterBox
from ops.settings import Settings
from schemas import moves
from schemas.envelope import envelope_of
from schemas.errors import RefusedError
from schemas.job import Job, JobError, Lease, Payload
from schemas.moves import End, Holder, Success
from tests.conftest import ManualClock, new_job
from tests.desks import memory_desk

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.desk import Desk
    from schemas.job import JsonObject

CRASHED = JobError(code="engine_crashed", message="The engine crashed.", retryable=True, engine="espeak-ng")
VOICE = JobError(code="bad_voice", message="There is no such Voice.", retryable=False, engine="polly")
ALL = Selection(kinds=("tts", "reply"))
CHECK_AFTER = timedelta(seconds=Settings(_env_file=None).check_after_s)


def redriver(desk: Desk, **amendment: Any) -> Redriver:
    """Whoever runs jobs again, with their requests amended so, at full speed."""
    return Redriver(desk=desk, amendment=Amendment(desk=desk, **amendment), pace=Pace(None))


def put(**fields: object) -> Any:
    """An amendment that sets fields."""

    def change(_: str, request: JsonObject) -> JsonObject:
        return {**request, **fields}

    return change


def ids(night: Night, **chosen: Any) -> list[str]:
    """The dead letters that are chosen so, as they are found."""
    return [job.id for job in find(night.desk(), Selection(**{"kinds": ALL.kinds} | chosen))]


class KilledError(BaseException):
    """The process is gone: nothing that it would do in passing is done."""


class Mortal:
    """A port that dies just before, or just after, one of all calls of a process."""

    def __init__(self, inner: Any, life: Life) -> None:
        self._inner = inner
        self._life = life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._life.counting(found) if callable(found) else found


class Life:
    """How many calls a process has left; once it is dead no call of it does anything."""

    def __init__(self, calls: int | None = None, *, after: bool = False) -> None:
        self.left = calls
        self.after = after
        self.calls = 0

    def counting(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            if self.left is not None and self.calls > self.left:
                raise KilledError
            self.calls += 1
            dies = self.left is not None and self.calls > self.left
            if dies and not self.after:
                raise KilledError
            answer = call(*args, **kwargs)
            if dies:
                raise KilledError
            return answer

        return counted


class Night:
    """Jobs that have died, and those who see to them."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.store = MemoryJobStore()
        self.objects = MemoryObjectStore()
        self.queues = MemoryQueues()
        self.results: dict[str, int] = {}
        """By job: how many successes were recorded."""

    def desk(self, life: Life | None = None) -> Desk:
        parts: dict[str, Any] = {
            "jobs": self.store,
            "objects": self.objects,
            "queues": self.queues,
            "box": MemoryDeadLetterBox(self.queues, self.clock),
        }
        if life:
            parts = {name: Mortal(part, life) for name, part in parts.items()}
        return memory_desk(now=self.clock, **parts)

    def dead(self, job_id: str, error: JobError = CRASHED, *, text: str = "Hello", **fields: Any) -> Job:
        """A job that has died of it, and its dead letter."""
        self.clock.advance(0.001)
        fields = {"request": Payload(inline={"text": text})} | fields
        job = new_job(job_id, self.clock, **fields)
        self.store.create(job)
        self._claim(job)
        end = End(expires_at=self.clock() + timedelta(days=30))
        job = self.store.apply(moves.dead_letter(self._holder(job), error, end=end, now=self.clock()))
        self.queues.bury(envelope_of(job), error=error, context={})
        return job

    def work(self, *, fails: Callable[[Job], bool] = lambda _: False) -> None:
        """Deliver all that was sent, each message twice: a worker takes what may be taken."""
        sent, self.queues.sent = self.queues.sent, []
        for envelope in [message for message in sent for _ in range(2)]:
            job = self.store.get(envelope.job_id)
            if job is None or job.epoch != envelope.epoch:
                continue
            try:
                job = self._claim(job)
            except RefusedError:
                continue
            self._end(job, fails=fails(job))

    def sweep(self) -> None:
        """Let the clock look after what nobody has sent."""
        self.clock.advance(CHECK_AFTER.total_seconds() + 1)
        sweeper = Sweeper(
            store=self.store, enqueuer=self.queues, queues=self.queues, clock=self.clock, check_after=CHECK_AFTER
        )
        for kind in ("tts", "slow"):
            sweeper.sweep(kind)

    def job(self, job_id: str) -> Job:
        job = self.store.get(job_id)
        assert job is not None
        return job

    def letters(self) -> list[tuple[str, int]]:
        """The dead letters on the queue: job and epoch."""
        return sorted((envelope.job_id, envelope.epoch) for envelope, _ in self.queues.dead)

    def _claim(self, job: Job) -> Job:
        lease = Lease(token=f"t-{job.epoch}", until=self.clock() + timedelta(seconds=60), worker="w")
        return self.store.apply(moves.claim(job.id, epoch=job.epoch, lease=lease, now=self.clock()))

    def _end(self, job: Job, *, fails: bool) -> None:
        end = End(expires_at=self.clock() + timedelta(days=30))
        if fails:
            dead = self.store.apply(moves.dead_letter(self._holder(job), CRASHED, end=end, now=self.clock()))
            self.queues.bury(envelope_of(dead), error=CRASHED, context={})
            return
        success = Success(result=Payload(inline={}), files={}, engine="e", model="m")
        self.store.apply(moves.succeed(self._holder(job), success, end=end, now=self.clock()))
        self.results[job.id] = self.results.get(job.id, 0) + 1

    @staticmethod
    def _holder(job: Job) -> Holder:
        token = f"t-{job.epoch}"
        return Holder(job_id=job.id, kind=job.kind, epoch=job.epoch, attempt=1, token=token, worker="w", max_attempts=1)
