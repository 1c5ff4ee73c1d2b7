"""The whole of Sayline over twins: API, workers with their keepers, clocks; each request of theirs is a step."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from botocore.exceptions import EndpointConnectionError
from tenacity import stop_after_attempt

from ops.clock.sweeper import Sweeper
from ops.memory import MemoryObjectStore
from ops.payloads import ClaimCheck
from producers.control import Control, StateError
from producers.sending import Sender
from producers.submission import NotInTimeError, Submission, Submissions
from schemas import histories
from schemas.ending import Ending
from schemas.envelope import from_message
from schemas.errors import UnavailableError
from tests.conftest import ManualClock
from tests.interleavings.handler import ECHO, TALK, Handler, request_of
from tests.interleavings.ledger import Ledger
from tests.interleavings.lockstep import Actor, Fate, Stage, Wire
from tests.interleavings.queue import Message, Queue
from tests.interleavings.worker import Worker
from workers.claims import Claims
from workers.finish import Finisher
from workers.reuse import Reuse
from workers.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.job import Job

CHECK_AFTER = timedelta(minutes=10)
LEASE_S = 40.0
KINDS = {ECHO.name: ECHO}
OWNER = "mina"


class System:
    """Everybody, and what they have in common."""

    def __init__(self, *, are_stale_handles_good: bool) -> None:
        self.clock = ManualClock()
        self.stage = Stage(self.clock)
        self.table = Ledger(self.clock, max_attempts=ECHO.max_attempts)
        self.bucket = MemoryObjectStore()
        self.queue = Queue(self.clock, are_stale_handles_good=are_stale_handles_good)
        self.store: Any = Wire(self.stage, "table", self.table, lambda: UnavailableError("DynamoDB", "Twin"))
        self.conversations: Any = Wire(
            self.stage, "table", self.table.conversations, lambda: UnavailableError("DynamoDB", "Twin")
        )
        self.objects: Any = Wire(self.stage, "bucket", self.bucket, lambda: UnavailableError("S3", "Twin"))
        self.port: Any = Wire(self.stage, "queue", self.queue, lambda: UnavailableError("SQS", "Twin"))
        self.client: Any = Wire(
            self.stage, "sqs", self.queue, lambda: EndpointConnectionError(endpoint_url="https://sqs.example")
        )
        self.ending = Ending(record_retention_days=30)
        self.payloads = ClaimCheck(self.objects, inline_max_bytes=100)
        self.handler = Handler(self)
        self.actors: list[Actor] = []
        self.accepted: set[str] = set()
        self.keyed: set[str] = set()
        """What the one idempotency key has led to."""
        self.refused: dict[str, str] = {}
        """Ids that clients never learnt, as they were told that nothing is promised; and who told them so."""
        self.faults: dict[str, list[str]] = {}
        """By actor: what it got no answer to."""
        self.calm_took = timedelta()
        self.is_request_left = False
        self._new_ids: dict[str, str] = {}
        self.cancelled: set[tuple[str, int]] = set()
        """Jobs and epochs whose owner was told that they are, or are to be, cancelled."""
        self.troubled: set[str] = set()
        """Jobs of which somebody was killed or got no answer: objects may be left, for the bucket's rules to delete."""
        self.is_history_left = False
        """Whether of a turn more may be left than its history: somebody was killed, or got no answer."""
        self._numbers: dict[str, int] = {}
        self.workers = [Worker(self, self.name("worker")) for _ in range(2)]
        self._build_api()

    def _build_api(self) -> None:
        sender = Sender(jobs=self.store, objects=self.objects, queue=self.port, now=self.clock)
        self.submissions = Submissions(
            jobs=self.store,
            payloads=self.payloads,
            sender=sender,
            now=self.clock,
            new_id=self._new_id,
            check_after=CHECK_AFTER,
        )
        self.control = Control(
            jobs=self.store, sender=sender, ending=self.ending, now=self.clock, check_after=CHECK_AFTER
        )
        self.sweeper = Sweeper(
            store=self.store, enqueuer=self.port, queues=self.port, clock=self.clock, check_after=CHECK_AFTER
        )

    def name(self, what: str) -> str:
        self._numbers[what] = self._numbers.get(what, 0) + 1
        return f"{what}-{self._numbers[what]}"

    def _new_id(self) -> str:
        new = self.name("00000000-0000-7000-8000-00000000000")
        if self.stage.current:
            self._new_ids[self.stage.current.name] = new
        return new

    def now_s(self) -> float:
        return self.clock().timestamp()

    def runner(self, *, tries: int) -> Runner:
        finisher = Finisher(store=self.store, ending=self.ending, clock=self.clock)
        patient(finisher, tries)
        return Runner(
            kinds=KINDS,
            handler=lambda _: self.handler,
            engine=lambda _: None,
            claims=Claims(
                store=self.store,
                objects=self.objects,
                queue=self.port,
                dead_letters=self.port,
                ending=self.ending,
                lease_s=LEASE_S,
                check_after=CHECK_AFTER,
                clock=self.clock,
            ),
            finisher=finisher,
            store=self.store,
            conversations=self.conversations,
            objects=self.objects,
            payloads=self.payloads,
            reuse=Reuse(self.objects),
            ending=self.ending,
            clock=self.clock,
            random=Random(7),
        )

    # --- who does what ---

    def act(self, name: str, work: Callable[[], object]) -> Actor:
        """Put somebody on the stage, before the first step."""
        actor = Actor(self.stage, self.name(name), work)
        self.actors.append(actor)
        return actor

    def submit(self, what: str, *, key: str | None, ahead_s: float | None) -> Actor:
        run_at = None if ahead_s is None else self.clock() + timedelta(seconds=ahead_s)
        submission = Submission(owner=OWNER, kind=ECHO, request=request_of(what), idempotency_key=key, run_at=run_at)
        actor = self.act(f"submit {what}", lambda: self._submit(submission, actor))
        return actor

    def _submit(self, submission: Submission, actor: Actor) -> None:
        try:
            job = self.submissions.accept(submission).job
        except (UnavailableError, NotInTimeError) as error:
            self.stage.say(f"API: refused, {error}")
            if submission.idempotency_key is None and actor.name in self._new_ids:
                self.refused[self._new_ids[actor.name]] = actor.name
        else:
            self.stage.say(f"API: 202 {job.id[-4:]}")
            self.accepted.add(job.id)
            if submission.idempotency_key:
                self.keyed.add(job.id)

    def cancel(self, job_id: str) -> Actor:
        return self.act("cancel", lambda: self._control("cancel", self.control.cancel, job_id))

    def redrive(self, job_id: str) -> Actor:
        return self.act("redrive", lambda: self._control("redrive", self.control.redrive, job_id))

    def _control(self, name: str, do: Callable[[Job], Job], job_id: str) -> None:
        try:
            job = self.store.get(job_id)
            done = do(job) if job else None
        except (UnavailableError, StateError) as error:
            self.stage.say(f"API: {name} {job_id[-4:]}: {type(error).__name__}")
            return
        if name == "cancel" and done:
            self.cancelled.add((done.id, done.epoch))

    def forget(self) -> Actor:
        """Have the owner delete the conversation."""
        return self.act("delete", self._forget)

    def _forget(self) -> None:
        try:
            self.conversations.delete(OWNER, TALK, now=self.clock())
            histories.erase(OWNER, TALK, self.objects)
        except UnavailableError as error:
            self.stage.say(f"API: the conversation is still to be deleted, {error}")

    def sweep(self) -> Actor:
        return self.act("sweeper", self._sweep)

    def _sweep(self) -> None:
        try:
            self.sweeper.sweep(ECHO.name)
        except UnavailableError as error:
            self.stage.say(f"clock: {error}")

    def receive(self, worker: Worker, message: Message) -> None:
        """Deliver a message to a worker."""
        self.stage.say(f"{worker.name}: receives message {message.number} of epoch {message.envelope.epoch}")
        receipt = self.queue.receive(message)
        if receipt:
            worker.take(message, receipt)

    def worker_of(self, child: Actor) -> Worker:
        return next(worker for worker in self.workers if child in worker.children)

    @property
    def children(self) -> list[Actor]:
        """Those who run jobs."""
        return [child for worker in self.workers for child in worker.children]

    def job_of(self, child: Actor) -> str:
        return from_message(self.worker_of(child).children[child].body).job_id

    def do(self, actor: Actor, fate: Fate = Fate.GO) -> None:
        """Have an actor make its next step."""
        if fate is not Fate.GO:
            self.trouble(actor)
            self.faults.setdefault(actor.name, []).append(actor.at)
        actor.step(fate)
        self.reap()

    def finish(self, actor: Actor) -> None:
        """Have an actor go on to its end."""
        while not actor.is_done:
            self.do(actor)

    def kill(self, actor: Actor) -> None:
        """Kill a process."""
        self.trouble(actor)
        actor.kill()
        self.reap()

    def trouble(self, actor: Actor) -> None:
        """Note that what an actor leaves may have to wait for the end of its retention."""
        self.is_history_left |= actor.name.startswith("delete")
        for worker in self.workers:
            if actor in worker.children or actor.name.startswith(f"{worker.name} "):
                self._trouble(worker, is_deleting=actor.at.startswith("bucket."))
        if actor.name.startswith("submit"):
            self.is_request_left = True

    def _trouble(self, worker: Worker, *, is_deleting: bool) -> None:
        """What is left of a job that goes on is deleted at its end, by whoever ends it; later there is nobody."""
        self.is_history_left = True
        found = {job_id: self.table.get(job_id) for job_id in worker.in_hand}
        self.troubled |= {job_id for job_id, job in found.items() if is_deleting or job is None or job.status.is_final}

    def reap(self) -> None:
        """Forget who is done; replace workers that are over, and end all that were of them."""
        for number, worker in enumerate(self.workers):
            worker.look()
            if worker.is_over:
                self._trouble(worker, is_deleting=False)
                worker.kill()
                self.workers[number] = Worker(self, self.name("worker"))
        self.actors = [actor for actor in self.actors if not actor.is_done]

    def close(self) -> None:
        """End all threads."""
        for actor in self.actors:
            actor.kill()


def patient(finisher: Finisher, tries: int) -> None:
    """Have it try again so many times, without a wait."""
    finisher._patiently = finisher._patiently.copy(stop=stop_after_attempt(tries), sleep=lambda _: None)  # noqa: SLF001
