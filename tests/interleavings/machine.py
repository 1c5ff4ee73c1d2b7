"""Anybody makes a step at any time, and any step may fail, be lost, or be the last."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.interleavings.calm import calm_down, findings
from tests.interleavings.handler import DEEDS
from tests.interleavings.lockstep import Fate
from tests.interleavings.system import System

if TYPE_CHECKING:
    from tests.interleavings.lockstep import Actor
    from tests.interleavings.worker import Worker

_NUMBERS = st.integers(0, 5)
_DEEDS = st.sampled_from([*DEEDS, "ok long", "slow long"])
_MOST_JOBS = 3
_MOST_ACTORS = 6


class Interleavings(RuleBasedStateMachine):
    """Jobs are few, so that everybody meets."""

    def __init__(self) -> None:
        super().__init__()
        self.system = System(are_stale_handles_good=True)
        self.told = 0

    # --- before the storm ---

    @initialize(deed=_DEEDS, are_stale_handles_good=st.booleans(), begun=st.integers(0, 2))
    def a_job(self, deed: str, *, are_stale_handles_good: bool, begun: int) -> None:
        """A job is accepted, and perhaps received, even twice."""
        self.system.queue.are_stale_handles_good = are_stale_handles_good
        self.system.finish(self.system.submit(deed, key=None, ahead_s=None))
        for number in range(begun):
            self.system.receive(self.system.workers[number], self.system.queue.messages[0])
            self.system.workers[number].begin()

    # --- clients ---

    @precondition(lambda self: self.has_room and len(self.system.table.jobs) < _MOST_JOBS)
    @rule(deed=_DEEDS, ahead_s=st.sampled_from([None, None, 300, 3600]))
    def submit(self, deed: str, ahead_s: float | None) -> None:
        self.system.submit(deed, key=None, ahead_s=ahead_s)

    @precondition(lambda self: self.has_room)
    @rule(ahead_s=st.sampled_from([None, None, None, 300]))
    def submit_with_key(self, ahead_s: float | None) -> None:
        self.system.submit("ok long", key="key", ahead_s=None)

    @precondition(lambda self: self.has_room and self.system.table.jobs)
    @rule(number=_NUMBERS)
    def cancel(self, number: int) -> None:
        self.system.cancel(self._job_id(number))

    @precondition(lambda self: self.has_room and self.system.table.jobs)
    @rule(number=_NUMBERS)
    def redrive(self, number: int) -> None:
        self.system.redrive(self._job_id(number))

    @precondition(lambda self: self.system.queue.dead)
    @rule(number=_NUMBERS)
    def move_dead_letter_back(self, number: int) -> None:
        dead = self.system.queue.dead
        self.system.queue.move_back(dead[number % len(dead)])
        self.system.stage.say("console: a dead letter is moved back")

    # --- workers and clocks ---

    @precondition(lambda self: self.has_room and self.system.queue.messages)
    @rule(worker=_NUMBERS, number=_NUMBERS, again=st.booleans(), begin=st.sampled_from([True, True, True, False]))
    def receive(self, worker: int, number: int, *, again: bool, begin: bool) -> None:
        if messages := self.system.queue.receivable(again=again):
            self.system.receive(self._worker(worker), messages[number % len(messages)])
            if begin:
                self._worker(worker).begin()

    @rule(worker=_NUMBERS)
    def begin(self, worker: int) -> None:
        self._worker(worker).begin()

    @rule(worker=_NUMBERS, is_whole=st.booleans())
    def keep(self, worker: int, *, is_whole: bool) -> None:
        keeper = self._worker(worker).round()
        if is_whole:
            self.system.finish(keeper)

    @precondition(lambda self: self.has_room)
    @rule(is_whole=st.booleans())
    def sweep(self, *, is_whole: bool) -> None:
        sweeper = self.system.sweep()
        if is_whole:
            self.system.finish(sweeper)

    @rule(worker=_NUMBERS, grace_s=st.sampled_from([0.0, 60.0]))
    def terminate(self, worker: int, grace_s: float) -> None:
        self.system.stage.say(f"{self._worker(worker).name}: SIGTERM")
        self._worker(worker).keeper.drain(grace_s)

    # --- steps ---

    @precondition(lambda self: self.system.actors)
    @rule(number=_NUMBERS, steps=st.integers(1, 4))
    def go_on(self, number: int, steps: int) -> None:
        actor = self._actor(number)
        for _ in range(steps):
            self.system.do(actor)

    @precondition(lambda self: self.system.actors)
    @rule(number=_NUMBERS)
    def finish(self, number: int) -> None:
        self.system.finish(self._actor(number))

    @precondition(lambda self: self.system.actors)
    @rule(number=_NUMBERS, fate=st.sampled_from([Fate.LOST, Fate.OUT]), times=st.integers(1, 2))
    def fail(self, number: int, fate: Fate, times: int) -> None:
        actor = self._actor(number)
        for _ in range(times):
            self.system.do(actor, fate)

    @precondition(lambda self: self.system.actors)
    @rule(number=_NUMBERS)
    def kill(self, number: int) -> None:
        self.system.kill(self._actor(number))

    @rule(worker=_NUMBERS)
    def kill_worker(self, worker: int) -> None:
        self._worker(worker).is_over = True
        self.system.reap()

    @rule(seconds=st.sampled_from([1, 16, 41, 61, 605, 3605]))
    def time_passes(self, seconds: float) -> None:
        self.system.clock.advance(seconds)

    # --- what holds ---

    @invariant()
    def nothing_is_wrong(self) -> None:
        for line in self.system.stage.lines[self.told :]:
            note(line)
        self.told = len(self.system.stage.lines)
        assert not self.system.table.findings

    def teardown(self) -> None:
        is_over = sys.exc_info()[0] is not None
        try:
            if not is_over:
                calm_down(self.system)
                self.nothing_is_wrong()
                assert not list(findings(self.system))
        finally:
            if not is_over:
                for line in self.system.stage.lines[self.told :]:
                    note(line)
            self.system.close()

    # --- whom ---

    @property
    def has_room(self) -> bool:
        return len(self.system.actors) < _MOST_ACTORS

    def _actor(self, number: int) -> Actor:
        return self.system.actors[number % len(self.system.actors)]

    def _worker(self, number: int) -> Worker:
        return self.system.workers[number % len(self.system.workers)]

    def _job_id(self, number: int) -> str:
        return self.system.table.jobs[number % len(self.system.table.jobs)].id
