"""Kills, stops and terminates processes of the stack at times that the seed decides."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Self

from tests.chaos.ambush import API_WRITES, IN_AN_ATTEMPT, WORKER_WRITES
from tests.chaos.scale import GRACE_S, VISIBILITY_S
from tests.faults import Fault
from tests.waiting import runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.chaos.stack import StormyStack

#: What is done, each so often before the round begins anew: even a short storm has most of it.
DEEDS = {
    "kill_worker": 1,
    "kill_child": 1,
    "kill_group": 1,
    "kill_api": 1,
    "kill_clock": 1,
    "ambush_worker": 3,
    "ambush_api": 1,
    "stall_worker": 1,
    "term_worker": 2,
}
#: A worker is stopped for longer than its lease and its messages' visibility.
STOPPED_S = VISIBILITY_S + 3
#: A worker that was told to end may take its grace period, and this much for the machine to be busy.
_MARGIN_S = 20
_LOOK_S = 0.1
_PLACES = {
    ("ambush", False): WORKER_WRITES,
    ("ambush", True): API_WRITES,
    ("stall", False): IN_AN_ATTEMPT,
}


@dataclass(frozen=True)
class Deed:
    """What was done, when, and which processes it struck."""

    at: float
    name: str
    target: str
    pids: frozenset[int]


@dataclass(frozen=True)
class _Later:
    at: float
    pid: int
    act: Callable[[int], None]


@dataclass
class Violence:
    """A thread that does deeds within `with`; at its end everything that was stopped goes on."""

    stack: StormyStack
    gap_s: float
    deeds: list[Deed] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
    """Workers that SIGTERM did not end in time."""
    _over: Event = field(default_factory=Event)
    _later: list[_Later] = field(default_factory=list)
    _round: list[str] = field(default_factory=list)
    _stopped: set[int] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def __enter__(self) -> Self:
        self._random = Random(f"{self.stack.scale.seed}/violence")
        self._thread = Thread(target=self._run, name="violence", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def counts(self) -> dict[str, int]:
        """Return how often each deed was done."""
        return dict(sorted(Counter(deed.name for deed in self.deeds).items()))

    def _run(self) -> None:
        next_s = time.time() + self._gap()
        while not self._over.wait(_LOOK_S):
            self._do_later()
            if time.time() >= next_s:
                self._strike()
                next_s = time.time() + self._gap()
        # What was stopped goes on in its time, and what was told to end has its time for it.
        while self._later:
            time.sleep(_LOOK_S)
            self._do_later()

    def _gap(self) -> float:
        return self._random.expovariate(1 / self.gap_s)

    def _do_later(self) -> None:
        now = time.time()
        # Ambushes add to it meanwhile, from the proxies' threads.
        with self._lock:
            waiting = [later for later in self._later if runs(later.pid)]
            self._later = [later for later in waiting if later.at > now]
        for later in waiting:
            if later.at <= now:
                later.act(later.pid)

    def _next_deed(self) -> str:
        if not self._round:
            self._round = [name for name, times in DEEDS.items() for _ in range(times)]
            self._random.shuffle(self._round)
        return self._round.pop()

    def _strike(self) -> None:
        name = self._next_deed()
        verb, _, what = name.partition("_")
        target = what if what in {"api", "clock"} else self._random.choice(self.stack.workers)
        # The draw is made in any case, so that one process less doesn't change all that comes after.
        draw = self._random.random()
        pid = self.stack.running.stack.process(target).pid
        if pid is None:
            return
        if verb in {"ambush", "stall"}:
            self._lay_ambush(verb, target, pid, draw)
        else:
            pids = (pid, *children(pid))
            with suppress(ProcessLookupError):
                self._note(name, target, self._do(verb, what, pids, draw))

    def _note(self, name: str, target: str, pids: Sequence[int]) -> None:
        self.deeds.append(Deed(time.time(), name, target, frozenset(pids)))

    def _lay_ambush(self, verb: str, target: str, pid: int, draw: float) -> None:
        random = Random(draw)
        operation = random.choice(_PLACES[verb, target == "api"])
        # Struck before the request is carried out, after it, or - stopped, not killed - with the answer on its way.
        fault = Fault.NONE if verb == "stall" else random.choice((Fault.RESET, Fault.ANSWER_LOST))

        def strike() -> None:
            pids = (pid, *children(pid))
            if verb == "stall":
                self._stop(pid)
            else:
                self._signal_group(pid, signal.SIGKILL)
            self._note(f"{verb}_{operation}", target, pids)

        self.stack.lookouts[target].lay(operation, fault, strike)

    def _stop(self, pid: int) -> None:
        """Stop a whole worker for longer than lease and visibility."""
        self._stopped.add(pid)
        self._signal_group(pid, signal.SIGSTOP)
        with self._lock:
            self._later.append(_Later(time.time() + STOPPED_S, pid, self._go_on))

    def _do(self, verb: str, what: str, pids: Sequence[int], draw: float) -> Sequence[int]:
        pid = pids[0]
        if verb == "term":
            os.kill(pid, signal.SIGTERM)
            with self._lock:
                self._later.append(_Later(time.time() + GRACE_S + _MARGIN_S, pid, self._end))
        elif what == "group":
            self._signal_group(pid, signal.SIGKILL)
        elif what == "child" and len(pids) > 1:
            child = pids[1 + int(draw * (len(pids) - 1))]
            os.kill(child, signal.SIGKILL)
            return [child]
        else:
            os.kill(pid, signal.SIGKILL)
        return pids

    @staticmethod
    def _signal_group(pid: int, signum: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(pid, signum)

    def _go_on(self, pid: int) -> None:
        self._signal_group(pid, signal.SIGCONT)

    def _end(self, pid: int) -> None:
        """Note a worker that SIGTERM has not ended, and end it."""
        if pid not in self._stopped:  # else it was asleep meanwhile
            self.overdue.append(f"{pid} did not end within {GRACE_S} s and {_MARGIN_S} s")
            self._signal_group(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run, oldest first."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            found += map(int, path.read_text().split())
    return sorted(found)
