"""Anybody makes a step at any time, and any step may fail, be lost, or be the last."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from hypothesis import currently_in_test_context, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from schemas.redriving import REDRIVABLE
from schemas.status import Status
from tests.interleavings.calm import calm_down, findings, pass_time
from tests.interleavings.handler import DEEDS
from tests.interleavings.lockstep import Fate
from tests.interleavings.system import System

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.job import Job
    from tests.interleavings.lockstep import Actor
    from tests.interleavings.worker import Worker

_NUMBERS = st.integers(0, 5)
_DEEDS = st.sampled_from([*DEEDS, "ok long", "slow long", "ok talk", "slow talk", "ok talk", "flaky talk"])
_IS_SO = st.booleans()
_LOSSES = ("lost", "out", "lost, lost", "lost, out")
FAULTS = (*_LOSSES, *_LOSSES, "killed", "worker killed", "worker stopped")
_MOST_JOBS = 3
_MOST_ACTORS = 6
ALL = 999


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

    @precondition(lambda self: self.may_submit)
    @rule(deed=_DEEDS, ahead_s=st.sampled_from([None, None, 300, 3600]))
    def submit(self, deed: str, ahead_s: float | None) -> None:
        self.system.submit(deed, key=None, ahead_s=ahead_s)

    @precondition(lambda self: self.has_room)
    @rule()
    def submit_with_key(self) -> None:
        self.system.submit("ok long", key="key", ahead_s=None)

    @precondition(lambda self: self.has_room)
    @rule(number=_NUMBERS)
    def cancel(self, number: int) -> None:
        if job := self._job(number, lambda job: job.status is Status.RUNNING):
            self.system.cancel(job.id)

    @precondition(lambda self: self.has_room)
    @rule(number=_NUMBERS)
    def redrive(self, number: int) -> None:
        if job := self._job(number, lambda job: job.status in REDRIVABLE):
            self.system.redrive(job.id)

    @precondition(lambda self: self.has_room and self.system.table.conversations.heads())
    @rule(is_so=st.sampled_from([True, False, False, False]))
    def forget(self, *, is_so: bool) -> None:
        if is_so:
            self.system.forget()

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

    @precondition(lambda self: any(worker.in_hand for worker in self.system.workers))
    @rule(worker=_NUMBERS)
    def begin(self, worker: int) -> None:
        self._worker(worker).begin()

    @precondition(lambda self: self.has_room and self.system.children)
    @rule(number=_NUMBERS, seconds=st.sampled_from([1, 41, 61]), steps=st.integers(0, 4))
    def overtake(self, number: int, seconds: float, steps: int) -> None:
        """A child stands still, perhaps past its lease, while the other worker has the same message and goes on."""
        child = self.system.children[number % len(self.system.children)]
        job_id = self.system.job_of(child)
        self.system.clock.advance(seconds)
        messages = [m for m in self.system.queue.messages if m.envelope.job_id == job_id]
        if messages:
            worker = next(worker for worker in self.system.workers if child not in worker.children)
            self.system.receive(worker, messages[number % len(messages)])
            if other := worker.begin():
                for _ in range(steps):
                    self.system.do(other)

    @rule(worker=_NUMBERS, is_whole=_IS_SO)
    def keep(self, worker: int, *, is_whole: bool) -> None:
        self._start(self._worker(worker).round(), is_whole=is_whole)

    @rule(seconds=st.sampled_from([16, 20]), times=st.integers(1, 4))
    def all_keep(self, seconds: float, times: int) -> None:
        """Time passes, and every keeper does its duty."""
        for _ in range(times):
            self.system.clock.advance(seconds)
            for worker in list(self.system.workers):
                self.system.finish(worker.round())

    @precondition(lambda self: self.has_room)
    @rule(is_whole=_IS_SO)
    def sweep(self, *, is_whole: bool) -> None:
        self._start(self.system.sweep(), is_whole=is_whole)

    @precondition(lambda self: len(self.system.actors) < 2)
    @rule(rounds=st.integers(1, 2))
    def quiet(self, rounds: int) -> None:
        """For a while nothing happens but what is due; who stands still does so all the while."""
        for _ in range(rounds):
            pass_time(self.system)

    # --- steps ---

    @precondition(lambda self: self.system.actors)
    @rule(number=_NUMBERS, steps=st.sampled_from([1, 1, 2, 3, 5, ALL]))
    def go_on(self, number: int, steps: int) -> None:
        actor = self._actor(number)
        for _ in range(steps):
            self.system.do(actor)
            if actor.is_done:
                break

    @precondition(lambda self: len(self.system.actors) > 1)
    @rule(first=_NUMBERS, second=_NUMBERS, turns=st.lists(_IS_SO, min_size=2, max_size=12))
    def race(self, first: int, second: int, turns: list[bool]) -> None:
        actors = self._actor(first), self._actor(second)
        for turn in turns:
            self.system.do(actors[turn])

    @precondition(lambda self: self.system.actors)
    @rule(number=_NUMBERS, how=st.sampled_from(FAULTS))
    def fail(self, number: int, how: str) -> None:
        actor, worker = self._actor(number), self._worker(number)
        match how:
            case "killed":
                self.system.kill(actor)
            case "worker killed":
                worker.is_over = True
                self.system.reap()
            case "worker stopped":
                worker.keeper.drain(number * 10.0)
                worker.round()
            case _:
                for fate in how.split(", "):
                    self.system.do(actor, Fate(fate))

    @rule(seconds=st.sampled_from([1, 16, 41, 61, 605, 3605]))
    def time_passes(self, seconds: float) -> None:
        self.system.clock.advance(seconds)

    # --- what holds ---

    @invariant()
    def nothing_is_wrong(self) -> None:
        self._tell()
        assert not self.system.table.findings, self.system.table.findings

    def end(self) -> None:
        """Calm down, and see whether all is well."""
        try:
            calm_down(self.system)
        finally:
            self._tell()
        assert not self.system.table.findings, self.system.table.findings
        wrong = list(findings(self.system))
        assert not wrong, wrong

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.end()
        finally:
            self.system.close()

    def _tell(self) -> None:
        if currently_in_test_context():
            for line in self.system.stage.lines[self.told :]:
                note(line)
            self.told = len(self.system.stage.lines)

    # --- whom ---

    @property
    def has_room(self) -> bool:
        return len(self.system.actors) < _MOST_ACTORS

    @property
    def may_submit(self) -> bool:
        return self.has_room and len(self.system.table.jobs) < _MOST_JOBS

    def _actor(self, number: int) -> Actor:
        return self.system.actors[number % len(self.system.actors)]

    def _worker(self, number: int) -> Worker:
        return self.system.workers[number % len(self.system.workers)]

    def _job(self, number: int, is_meant: Callable[[Job], bool]) -> Job | None:
        """One of the jobs that are meant; now and then any other."""
        jobs = self.system.table.jobs
        jobs = [job for job in jobs if is_meant(job)] or jobs
        return jobs[number % len(jobs)] if jobs else None

    def _start(self, actor: Actor, *, is_whole: bool) -> None:
        if is_whole:
            self.system.finish(actor)
