"""Workers, operators and a network that fails, their steps interleaved at random within each request and each count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.operating.draining import left, pause_all
from ops.sqs_transport.custody import Custody
from ops.sqs_transport.held import Lost
from ops.sqs_transport.presence import Presence
from schemas.errors import UnavailableError
from schemas.outcome import Settled
from tests.conftest import ManualClock
from tests.operating import Office, sign
from tests.transport import QUEUE, held

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from ops.sqs_transport.held import Ending, Held

#: A worker is remembered for an hour after its word; one that is asleep for longer is nobody's claim.
_LONGEST_S = 3000


class Site:
    """Whatever anybody does, nothing runs between a drain's end and the next resume."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.clock = ManualClock()
        self.began_at = self.clock()
        self.office = Office(self.clock)
        self.workers: list[Worker] = []
        self.is_drained = False
        self.fails = 0.1
        self.happens = 4
        self.ends = random.choice([0, 0.3])

    def run(self, steps: int) -> None:
        """Take steps of anybody, then let everybody come to an end."""
        for _ in range(steps):
            self.anybody()()
            self.between()
        self.fails, self.happens = 0.0, 1
        self.pause()
        for worker in self.workers:
            worker.come_to_rest()
        assert self.workers == [] or self.look_whether_drained()

    def anybody(self) -> Callable[[], None]:
        looks = [worker.look for worker in self.workers]
        start = [self.start] if len(self.workers) < 2 else []
        return self.random.choice([*looks, *start, self.wait])

    def between(self) -> None:
        """Whatever may happen while a worker asks or counts."""
        for _ in range(self.random.randrange(self.happens)):
            operator = [self.pause, self.resume, self.look_whether_drained]
            self.random.choice(self.random.choice([operator, self.of_workers() or operator]))()
            assert not (self.is_drained and any(worker.runs() for worker in self.workers)), "after a drain's end"

    def of_workers(self) -> list[Callable[[], None]]:
        steps: list[Callable[[], None]] = []
        for worker in self.workers:
            steps += [worker.receive, worker.receive, worker.finish, worker.hang, worker.unhang, worker.keep]
            if self.random.random() < self.ends:
                steps.append(worker.custody.close)
        return steps

    def start(self) -> None:
        worker = Worker(self, len(self.workers))
        self.workers.append(worker)
        worker.look()

    def wait(self) -> None:
        """Time goes by; who has not spoken may count as gone."""
        seconds = self.random.choice([1, 10, 100])
        if (self.clock() - self.began_at).total_seconds() + seconds < _LONGEST_S:
            self.clock.advance(seconds)

    def pause(self) -> None:
        pause_all(self.office.desk, ["tts"], by="mina@desk")

    def resume(self) -> None:
        self.office.operating.resume("tts")
        self.is_drained = False

    def look_whether_drained(self) -> bool:
        if self.office.operating.paused() and left(self.office.desk, ["tts"]).is_nothing:
            self.is_drained = True
        return self.is_drained


class _Custody(Custody):
    """Things happen right after it has counted."""

    site: Site

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        counted = super().counts()
        self.site.between()
        return counted


class _Crossed:
    """The table: others act before and after a request, and it fails before or after it has taken effect."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def __getattr__(self, name: str) -> Any:
        act = getattr(self.site.office.operating, name)

        def ask(*args: Any) -> Any:
            self._happen()
            answer: Mapping[str, Any] = act(*args)
            self._happen()
            return answer

        return ask

    def _happen(self) -> None:
        self.site.between()
        if self.site.random.random() < self.site.fails:
            raise UnavailableError("DynamoDB", "ReadTimeoutError")


class Worker:
    """One worker's custody and presence; its pool and its keeper are steps."""

    def __init__(self, site: Site, number: int) -> None:
        self.site, self.name = site, f"host:{number}"
        self.custody = _Custody(slots=4, pool_size=4, guards={})
        self.custody.site = site
        self.custody.pause([QUEUE])  # receivers start once it has attended
        self.hanging: list[str] = []
        self.settling: list[tuple[Held, Ending]] = []
        self.received = 0
        table: Any = _Crossed(site)
        about, ports = sign(site.clock, self.name, kinds=("tts",)), {"pauses": table, "workforce": table}
        times: Any = {"look_s": 5, "speak_s": 30, "clock": site.clock}
        self.presence = Presence(about=about, kinds={QUEUE: "tts"}, **ports, **times)

    def look(self) -> None:
        self.presence.look(self.custody)

    def receive(self) -> None:
        """As a poll does that may have begun before a pause: what comes is given to the pool, where it may be."""
        self.received += 1
        receipt = f"{self.name} {self.received}"
        self.custody.take(QUEUE, [held(receipt)])
        if self.custody.give(receipt):
            self.custody.start(receipt, self.name)

    def finish(self) -> None:
        ends: list[Ending] = [Settled("ok"), Lost("broke")]
        for one in self.custody.held()[:1]:
            self.custody.end(one.receipt, self.site.random.choice(ends))

    def hang(self) -> None:
        for one in self.custody.held()[:1]:
            self.hanging.append(one.receipt)
            self.custody.give_up(one.receipt, Lost("timed_out"))

    def unhang(self) -> None:
        for receipt in self.hanging[:1]:
            self.hanging.remove(receipt)
            self.custody.end(receipt, Settled("ok"))

    def keep(self) -> None:
        """The keeper has settled what it had, and gets what has ended since."""
        self.settling = []
        self.settling = self.custody.drain()

    def runs(self) -> int:
        ending = [*self.custody._ended, *self.settling]  # noqa: SLF001 - as the keeper will be given them
        lost = [held for held, end in ending if isinstance(end, Lost)]  # which are recorded as they are settled
        return len(self.custody.held()) + len(self.hanging) + len(lost)

    def come_to_rest(self) -> None:
        while self.custody.held():
            self.finish()
        while self.hanging:
            self.unhang()
        for _ in range(2):
            self.keep()
        self.site.clock.advance(5)
        self.look()
