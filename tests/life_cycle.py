"""A model of the life cycle: any move, by anybody, at any time, against any store.

What should be allowed is worked out here from the table's rows and from the guards in plain Python, apart from the
conditions that the stores use.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from schemas import moves, purging
from schemas.errors import RefusedError
from schemas.job import CountAfter, Job, JobError, Lease, Payload, Progress, dead_shard, open_shard, parked_shard
from schemas.moves import End, Holder, Success
from schemas.status import FINAL, TRANSITIONS, Guard, Status
from tests.conftest import ManualClock, future_clock, new_job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from schemas.move import Move
    from schemas.ports import JobStore

MAX_ATTEMPTS = 2
ERROR = JobError(code="engine_crashed", message="The engine crashed.", retryable=True)
TOKENS = ("token-a", "token-b", "token-c")

_HOLDS: Mapping[Guard, Callable[[Job, Job, str, ManualClock], bool]] = {
    Guard.SAME_EPOCH: lambda job, seen, _t, _c: job.epoch == seen.epoch,
    Guard.HOLDS_LEASE: lambda job, _s, token, _c: job.lease is not None and job.lease.token == token,
    Guard.LEASE_EXPIRED: lambda job, _s, _t, clock: job.lease is not None and job.lease.until < clock(),
    Guard.ATTEMPTS_LEFT: lambda job, _s, _t, _c: job.attempt < MAX_ATTEMPTS,
    Guard.ATTEMPTS_USED_UP: lambda job, _s, _t, _c: job.attempt >= MAX_ATTEMPTS,
    Guard.CANCEL_REQUESTED: lambda job, _s, _t, _c: job.cancel_requested,
    Guard.NO_CANCEL_REQUESTED: lambda job, _s, _t, _c: not job.cancel_requested,
    Guard.NOTHING_FOLLOWS: lambda job, _s, _t, _c: not job.after,
    Guard.DUE: lambda job, _s, _t, clock: job.due_at is not None and job.due_at <= clock(),
}


def build(name: str, seen: Job, token: str, clock: ManualClock, *, follows: bool) -> Move:
    """The move of this name as somebody makes it who last saw the job as `seen` and holds the token."""
    now = clock()
    lease = Lease(token=token, until=now + timedelta(seconds=60), worker=f"worker of {token}")
    holder = Holder(
        kind="tts",
        job_id=seen.id,
        epoch=seen.epoch,
        attempt=seen.attempt,
        token=token,
        worker="w",
        max_attempts=MAX_ATTEMPTS,
    )
    after = {"practice_count": CountAfter(name="practice_count", by=1, day="2026-11-21")} if follows else {}
    end = End(expires_at=now + timedelta(days=30), after=after)
    later = now + timedelta(minutes=20)
    success = Success(result=Payload(inline={"by": token}), files={"speech.mp3": "k"}, engine="e", model="m")
    makers: Mapping[str, Callable[[], Move]] = {
        "release": lambda: moves.release(seen, next_check_at=later, now=now),
        "claim": lambda: moves.claim(seen.id, epoch=seen.epoch, lease=lease, now=now),
        "take_over": lambda: moves.take_over(seen, lease=lease, max_attempts=MAX_ATTEMPTS, now=now),
        "bury": lambda: moves.bury(seen, error=ERROR, max_attempts=MAX_ATTEMPTS, end=end, now=now),
        "extend": lambda: moves.extend(seen.id, lease, now=now),
        "report": lambda: moves.report(holder, Progress(fraction=0.5, note="halfway", at=now), now=now),
        "succeed": lambda: moves.succeed(holder, success, end=end, now=now),
        "fail": lambda: moves.fail(holder, ERROR, end=end, now=now),
        "retry": lambda: moves.retry(holder, ERROR, now=now),
        "park": lambda: moves.park(holder, ERROR, due_at=later, now=now),
        "hand_back": lambda: moves.hand_back(holder, now=now),
        "wait": lambda: moves.wait(holder, since=now, now=now),
        "dead_letter": lambda: moves.dead_letter(holder, ERROR, end=end, now=now),
        "cancel": lambda: moves.cancel(seen.id, end=end, now=now),
        "request_cancel": lambda: moves.request_cancel(seen.id, now=now),
        "stop": lambda: moves.stop(holder, end=end, now=now),
        "drop": lambda: moves.drop(seen, end=end, now=now),
        "redrive": lambda: moves.redrive(seen, next_check_at=later, now=now),
        "discard": lambda: purging.discard(seen, now=now),
        "restore": lambda: purging.restore(seen, now=now),
        "forget": lambda: moves.forget(seen.id, now=now),
    }
    return makers[name]()


def allowed(name: str, job: Job, seen: Job, token: str, clock: ManualClock) -> bool:
    """Whether the table allows the move for the job as it is."""
    row = TRANSITIONS[name]
    return job.status in row.sources and all(_HOLDS[guard](job, seen, token, clock) for guard in row.guards)


class LifeCycle(RuleBasedStateMachine):
    """Anybody makes any move, with what they saw of the job at any time before."""

    seen = Bundle("seen")

    def __init__(self) -> None:
        super().__init__()
        self.clock = future_clock()
        self.store = self.make_store()
        self.jobs: dict[str, Job] = {}
        self.writes: dict[str, int] = {}
        self.results: dict[tuple[str, int], int] = {}

    def make_store(self) -> JobStore:
        raise NotImplementedError

    def job_id(self, number: int) -> str:
        return f"job-{number}"

    @initialize(target=seen, status=st.sampled_from([Status.QUEUED, Status.SCHEDULED]), later=st.booleans())
    def first(self, status: Status, *, later: bool) -> Job:
        return self._create(status, later=later)

    @precondition(lambda self: len(self.jobs) < 3)
    @rule(target=seen, status=st.sampled_from([Status.QUEUED, Status.SCHEDULED]), later=st.booleans())
    def another(self, status: Status, *, later: bool) -> Job:
        return self._create(status, later=later)

    def _create(self, status: Status, *, later: bool) -> Job:
        # A queued job may be due later, too: its message is delayed.
        due_at = self.clock() + timedelta(minutes=20) if later or status is Status.SCHEDULED else None
        job_id = self.job_id(len(self.jobs))
        shard = parked_shard("tts") if status is Status.SCHEDULED else open_shard("tts", job_id)
        job = new_job(job_id, self.clock, status=status, due_at=due_at, open_shard=shard)
        self.store.create(job)
        self.jobs[job.id] = job
        self.writes[job.id] = 0
        return job

    @rule(
        target=seen,
        name=st.sampled_from(sorted(TRANSITIONS)),
        seen=seen,
        token=st.sampled_from(TOKENS),
        follows=st.booleans(),
    )
    def any_move(self, name: str, seen: Job, token: str, *, follows: bool) -> Job:
        return self._move(name, seen, token, follows=follows)

    @rule(target=seen, data=st.data(), steps=st.integers(4, 12), seconds=st.sampled_from([1201, 61, 1]))
    def live_on(self, data: st.DataObject, steps: int, seconds: int) -> Job:
        """Moves that are allowed, by those who know the job as it is: so that long lives are lived, too."""
        job = data.draw(st.sampled_from([self.jobs[job_id] for job_id in sorted(self.jobs)]))
        for _ in range(steps):
            self.clock.advance(seconds)
            choices = [
                name
                for name, row in sorted(TRANSITIONS.items())
                if row.target not in FINAL and allowed(name, job, job, TOKENS[0], self.clock)
            ]
            if not choices:
                break
            job = self._move(data.draw(st.sampled_from(choices)), job, TOKENS[0], follows=False)
            self.rules_hold()
        return job

    def _move(self, name: str, seen: Job, token: str, *, follows: bool) -> Job:
        before = self.jobs[seen.id]
        move = build(name, seen, token, self.clock, follows=follows)
        if allowed(name, before, seen, token, self.clock):
            after = self.store.apply(move)
            assert after.status is TRANSITIONS[name].target
            self.writes[seen.id] += 1
            self.jobs[seen.id] = after
            if name == "extend":
                assert after == before.model_copy(
                    update={"lease": after.lease, "version": after.version, "updated_at": after.updated_at}
                )
                assert after.lease is not None
                assert after.lease.token == token
            if name == "succeed":
                key = (after.id, after.epoch)
                self.results[key] = self.results.get(key, 0) + 1
            return after
        if move.took_effect(before):
            # Made once more to the letter, at the same instant: its first answer might have been lost.
            assert self.store.apply(move) == before
            return before
        with pytest.raises(RefusedError) as refused:
            self.store.apply(move)
        assert refused.value.unmet
        assert refused.value.existing == before
        return before

    @rule(seconds=st.sampled_from([0.001, 1, 61, 1201]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(seen=seen)
    def what_follows_is_done(self, seen: Job) -> None:
        job = self.jobs[seen.id]
        if not job.after or not job.status.is_final:
            return
        done = self.store.complete_after(job, next(iter(job.after)))
        assert done is not None
        self.writes[job.id] += 1
        self.jobs[job.id] = done
        assert self.store.complete_after(job, next(iter(job.after))) is None

    @invariant()
    def the_store_holds_what_it_said(self) -> None:
        for job in self.jobs.values():
            assert self.store.get(job.id) == job

    @invariant()
    def rules_hold(self) -> None:
        for job in self.jobs.values():
            assert (job.lease is not None) == (job.status is Status.RUNNING)
            assert 0 <= job.attempt <= MAX_ATTEMPTS
            assert (job.open_shard is not None) == job.is_indexed == (job.next_check_at is not None)
            assert (job.open_shard == dead_shard(job.kind, job.id)) == (job.is_indexed and not job.is_open)
            assert (job.finished_at is not None) == (job.status in FINAL) == (job.expires_at is not None)
            assert job.progress is None or job.status is Status.RUNNING
            assert job.due_at is not None or job.status is not Status.SCHEDULED
            assert job.due_at is None or job.status is Status.SCHEDULED or not (job.attempt or job.status in FINAL)
            if job.status not in FINAL:
                assert (job.open_shard == parked_shard(job.kind)) == (job.status is Status.SCHEDULED)
            assert job.version == self.writes[job.id]
        assert all(count == 1 for count in self.results.values())
