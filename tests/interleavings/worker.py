"""A worker: the real custody, keeper, settler and heartbeat, and a child for each delivery that is begun."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from ops.sqs_transport.batches import Batches
from ops.sqs_transport.custody import Custody
from ops.sqs_transport.heartbeat import Heartbeat
from ops.sqs_transport.held import Held, Lost
from ops.sqs_transport.keeper import Keeper
from ops.sqs_transport.settler import Settler
from schemas.envelope import REASON_ATTRIBUTE
from tests.interleavings.handler import ECHO
from tests.interleavings.lockstep import Actor, KilledError
from tests.interleavings.queue import VISIBILITY_S
from workers.keeping import JobAttempts, delivery

if TYPE_CHECKING:
    from tests.interleavings.queue import Message
    from tests.interleavings.system import System
    from workers.delivery import Delivery

HEARTBEAT_S = 15
SKEW_S = 5
#: A child that hangs is overdue by then.
LIMIT_S = ECHO.timeout_s + 25


class Impatient(Custody):
    """Waits for nothing: a round of the keeper is made when it is time to."""

    def wait(self, timeout_s: float, *, linger_s: float) -> None:
        pass


class InTurn:
    """Extends leases one after the other, in the keeper's own thread."""

    map = staticmethod(map)


class Worker:
    """One process, its keeper and its pool."""

    def __init__(self, system: System, name: str) -> None:
        self.name = name
        self.is_over = False
        self._system = system
        self._waiting: list[tuple[Held, bool]] = []
        self.children: dict[Actor, Held] = {}
        """Those who run, and what."""
        self._rounds: list[Actor] = []
        self._runner = system.runner(tries=2)
        now = system.now_s
        self.custody = Impatient(slots=10, pool_size=4, guards={}, now=now)
        batches = Batches(system.client)
        settler = Settler(batches, now=now)
        settler._random = Random(7)  # noqa: SLF001 - to be repeatable
        attempts = JobAttempts(
            runner=system.runner(tries=1),
            store=system.store,
            dead_letters=system.port,
            lease=timedelta(seconds=VISIBILITY_S - SKEW_S),
            clock=system.clock,
        )
        heartbeat = Heartbeat(
            batches=batches, attempts=attempts, interval_s=HEARTBEAT_S, visibility_s=VISIBILITY_S, now=now
        )
        extenders: Any = InTurn()
        heartbeat._extenders = extenders  # noqa: SLF001 - no thread but the actors'
        self.keeper = Keeper(
            custody=self.custody,
            settler=settler,
            heartbeat=heartbeat,
            attempts=attempts,
            limit_s=lambda _: LIMIT_S,
            longest_s=LIMIT_S,
            watch=lambda: None,
            on_drained=self._over,
            leave=self._leave,
            now=now,
        )

    def _over(self) -> None:
        self.is_over = True

    def _leave(self, reason: str) -> None:
        self._system.stage.say(f"{self.name}: leaves, {reason}")
        self.is_over = True
        raise KilledError

    # --- what may happen to it ---

    def take(self, message: Message, receipt: str) -> None:
        """Have a message in hand."""
        now = self._system.now_s()
        held = Held(
            queue="echo",
            url="echo",
            receipt=receipt,
            body=message.body,
            received_at=now,
            visible_at=now + VISIBILITY_S,
            beat_at=now + HEARTBEAT_S,
        )
        self.custody.take("echo", [held])
        self._waiting.append((held, REASON_ATTRIBUTE in message.attributes))

    def begin(self) -> Actor | None:
        """Give the pool what it is to run next; None where there is nothing."""
        while self._waiting:
            held, redriven = self._waiting.pop(0)
            if self.custody.give(held.receipt):
                return self._begin(held, redriven=redriven)
        return None

    def _begin(self, held: Held, *, redriven: bool) -> Actor:
        told = replace(delivery(held), redriven=redriven)
        actor = self._system.act(f"{self.name} child", lambda: self._run(actor, held, told))
        self.custody.start(held.receipt, actor.name)
        self.children[actor] = held
        return actor

    def _run(self, actor: Actor, held: Held, told: Delivery) -> None:
        outcome = self._runner.run(replace(told, worker=actor.name))
        self._system.stage.pause(f"its answer, {outcome}")
        self._system.stage.say(f"{actor.name}: {outcome}")
        self.custody.end(held.receipt, outcome)

    def round(self) -> Actor:
        """Have the keeper make a round; one at a time."""
        self._rounds = [actor for actor in self._rounds if not actor.is_done]
        if not self._rounds:
            self._rounds.append(self._system.act(f"{self.name} keeper", self.keeper.round))
        return self._rounds[0]

    def look(self) -> None:
        """Learn which processes are gone: a child is lost, without its keeper all is over."""
        self.is_over = self.is_over or any(keeper.is_killed for keeper in self._rounds)
        for child, held in list(self.children.items()):
            if child.is_done:
                del self.children[child]
                if child.is_killed:
                    self.custody.end(held.receipt, Lost("worker_lost"))

    def kill(self) -> None:
        """End it, and all that is of it."""
        self.is_over = True
        for actor in [*self._rounds, *self.children]:
            actor.kill()

    @property
    def in_hand(self) -> set[str]:
        """The jobs that it has to do with."""
        held = [*self.children.values(), *self.custody.held()]
        return {delivery(one).envelope.job_id for one in held}

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in hand, nor on its way out."""
        return self.custody.is_empty and self.keeper.settler.next_at is None
