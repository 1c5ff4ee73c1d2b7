"""The job store: DynamoDB and its in-memory twin keep the same contract."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from schemas import moves
from schemas.errors import ExistsError, RefusedError, UnavailableError
from schemas.job import CountAfter, Job, JobError, Lease, Payload, Progress
from schemas.moves import End, Holder, Success
from schemas.status import Status
from schemas.usage import Usage
from tests.conftest import ManualClock, new_job
from tests.emulated import free_port
from tests.life_cycle import LifeCycle

if TYPE_CHECKING:
    from ops.settings import Settings
    from schemas.move import Move
    from schemas.ports import JobStore


def lease(clock: ManualClock, token: str = "t") -> Lease:
    return Lease(token=token, until=clock() + timedelta(seconds=60), worker="host:1")


def fresh_id() -> str:
    return uuid4().hex


def claimed(store: JobStore, clock: ManualClock, **fields: object) -> Job:
    job = new_job(fresh_id(), clock, **fields)  # type: ignore[arg-type]
    store.create(job)
    return store.apply(moves.claim(job.id, epoch=0, lease=lease(clock), now=clock()))


def holder(job: Job, token: str = "t") -> Holder:
    return Holder(
        kind="tts", job_id=job.id, epoch=job.epoch, attempt=job.attempt, token=token, worker="host:1", max_attempts=3
    )


def succeeded(job: Job, clock: ManualClock, **after: CountAfter) -> Move:
    success = Success(
        result=Payload(inline={"text": "좋은 아침 ☀", "ratio": 0.1}),
        files={"speech.mp3": "tts/a/0.1/speech.mp3"},
        engine="espeak-ng",
        model="1.52",
        usage=Usage(characters=5),
    )
    return moves.succeed(
        holder(job), success, end=End(expires_at=clock() + timedelta(days=30), after=after), now=clock()
    )


def test_a_record_comes_back_as_it_was_written(store: JobStore, clock: ManualClock):
    job = new_job(fresh_id(), clock, owner="민아", trace="00-" + "a" * 32 + "-" + "b" * 16 + "-01", flow="f", step="s")

    store.create(job)

    assert store.get(job.id) == job


def test_a_missing_record_is_none(store: JobStore):
    assert store.get("missing") is None


def test_an_id_is_taken_once(store: JobStore, clock: ManualClock):
    first = new_job(fresh_id(), clock)
    store.create(first)

    with pytest.raises(ExistsError) as refused:
        store.create(new_job(first.id, clock, owner="other"))

    assert refused.value.existing == first


def test_the_same_record_may_be_created_again_as_its_answer_may_be_lost(store: JobStore, clock: ManualClock):
    job = new_job(fresh_id(), clock)

    store.create(job)
    store.create(job)

    assert store.get(job.id) == job


def test_of_many_claims_one_wins(store: JobStore, clock: ManualClock):
    job = new_job(fresh_id(), clock)
    store.create(job)

    def claim(n: int) -> bool:
        try:
            store.apply(moves.claim(job.id, epoch=0, lease=lease(clock, f"token-{n}"), now=clock()))
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(claim, range(16)))

    assert won.count(True) == 1
    after = store.get(job.id)
    assert after is not None
    assert after.attempt == 1


def test_a_whole_life_is_recorded(store: JobStore, clock: ManualClock):
    job = claimed(store, clock)
    clock.advance(1)
    error = JobError(code="engine_timeout", message="Too slow.", retryable=True, engine="espeak-ng")
    store.apply(moves.retry(holder(job), error, now=clock()))
    clock.advance(1)
    job = store.apply(moves.claim(job.id, epoch=0, lease=lease(clock, "t"), now=clock()))
    clock.advance(1)

    after = store.apply(succeeded(job, clock))

    assert after == store.get(job.id)
    assert after.status is Status.SUCCEEDED
    assert after.result == Payload(inline={"text": "좋은 아침 ☀", "ratio": 0.1})
    assert after.error is None
    assert [line.outcome for line in after.history] == ["retry", "succeed"]
    assert after.version == 4


def test_progress_comes_back_as_it_was_said_and_goes_with_its_attempt(store: JobStore, clock: ManualClock):
    job = claimed(store, clock)
    said = Progress(fraction=0.333, note="맞추는 중", at=clock.advance(3))

    after = store.apply(moves.report(holder(job), said, now=clock()))

    assert after == store.get(job.id) == job.model_copy(update={"progress": said, "version": 2, "updated_at": clock()})
    assert store.apply(succeeded(job, clock)).progress is None


def test_a_heartbeat_keeps_the_lease_and_a_stale_one_is_refused(store: JobStore, clock: ManualClock):
    job = claimed(store, clock)
    clock.advance(59)
    longer = store.apply(moves.extend(job.id, lease(clock), now=clock()))
    clock.advance(59)

    assert longer == store.get(job.id)
    assert not longer.lease_expired(clock())
    with pytest.raises(RefusedError) as refused:
        store.apply(moves.extend(job.id, lease(clock, "stale"), now=clock()))
    assert [condition.name for condition in refused.value.unmet] == ["holds_lease"]


def test_a_claim_whose_answer_was_lost_is_no_refusal_though_a_heartbeat_came_between(
    store: JobStore, clock: ManualClock
):
    job = new_job(fresh_id(), clock)
    store.create(job)
    claim = moves.claim(job.id, epoch=0, lease=lease(clock), now=clock())
    store.apply(claim)
    clock.advance(15)
    extended = store.apply(moves.extend(job.id, lease(clock), now=clock()))

    assert store.apply(claim) == extended


def test_a_queued_job_that_is_due_later_is_due_no_more_once_it_is_begun(store: JobStore, clock: ManualClock):
    due_at = clock() + timedelta(minutes=5)
    job = new_job(fresh_id(), clock, due_at=due_at)
    store.create(job)
    assert store.get(job.id) == job

    begun = store.apply(moves.claim(job.id, epoch=0, lease=lease(clock), now=clock.advance(300)))

    assert begun.due_at is None


def test_a_refusal_says_which_conditions_failed(store: JobStore, clock: ManualClock):
    job = claimed(store, clock)

    with pytest.raises(RefusedError) as refused:
        store.apply(
            moves.retry(holder(job, token="stale"), JobError(code="e", message="", retryable=True), now=clock())
        )

    assert [condition.name for condition in refused.value.unmet] == ["holds_lease"]
    assert refused.value.existing == job


def test_a_move_of_a_missing_record_is_refused_without_one(store: JobStore, clock: ManualClock):
    with pytest.raises(RefusedError) as refused:
        store.apply(moves.claim("missing", epoch=0, lease=lease(clock), now=clock()))

    assert refused.value.existing is None


def test_a_move_made_again_to_the_letter_is_no_refusal(store: JobStore, clock: ManualClock):
    job = claimed(store, clock)
    move = succeeded(job, clock)

    assert store.apply(move) == store.apply(move)


def test_an_end_made_again_is_no_refusal_at_any_millisecond(store: JobStore, clock: ManualClock):
    clock.advance(0.123)
    job = claimed(store, clock)
    move = succeeded(job, clock)

    assert store.apply(move) == store.apply(move)


def test_an_end_whose_answer_was_lost_is_known_though_what_follows_it_is_done_by_now(
    store: JobStore, clock: ManualClock
):
    job = claimed(store, clock, owner=fresh_id())
    end = succeeded(job, clock, a=CountAfter(name="a", by=1, day="2026-11-21"))
    done = store.complete_after(store.apply(end), "a")

    assert store.apply(end) == done


def test_of_two_that_take_a_job_over_in_the_same_millisecond_one_wins(store: JobStore, clock: ManualClock):
    job = claimed(store, clock)
    clock.advance(61)

    def take_over(token: str) -> Job:
        return store.apply(moves.take_over(job, lease=lease(clock, token), max_attempts=3, now=clock()))

    won = take_over("one")

    with pytest.raises(RefusedError):
        take_over("two")
    assert take_over("one") == won == store.get(job.id)


def test_an_untouched_record_can_be_withdrawn_and_a_claimed_or_checked_one_cannot(store: JobStore, clock: ManualClock):
    untouched = new_job(fresh_id(), clock)
    store.create(untouched)
    checked = new_job(fresh_id(), clock)
    store.create(checked)
    store.postpone_check(checked, clock() + timedelta(hours=1))
    running = claimed(store, clock)

    assert store.withdraw(untouched)
    assert store.withdraw(untouched)
    assert not store.withdraw(running)
    assert not store.withdraw(checked)

    assert store.get(untouched.id) is None
    assert store.get(running.id) == running


def test_a_record_that_another_submission_has_made_since_is_not_taken_back(store: JobStore, clock: ManualClock):
    mine = new_job(fresh_id(), clock, submission="mine")
    theirs = mine.model_copy(update={"submission": "theirs"})
    store.create(theirs)

    assert store.withdraw(mine)
    assert store.get(mine.id) == theirs
    assert store.withdraw(theirs)
    assert store.get(mine.id) is None


def test_an_owner_sees_its_own_jobs_newest_first(store: JobStore, clock: ManualClock):
    owner = fresh_id()
    jobs = []
    for _ in range(3):
        clock.advance(1)
        jobs.append(new_job(fresh_id(), clock, owner=owner))
        store.create(jobs[-1])
    store.create(new_job(fresh_id(), clock, owner="other"))

    assert list(store.list_by_owner(owner, limit=2)) == [jobs[2], jobs[1]]


def test_a_long_list_is_complete_and_in_order(store: JobStore, clock: ManualClock):
    owner = fresh_id()
    for _ in range(130):
        clock.advance(1)
        store.create(new_job(fresh_id(), clock, owner=owner))

    jobs = store.list_by_owner(owner, limit=120)

    assert len(jobs) == 120
    assert [job.created_at for job in jobs] == sorted((job.created_at for job in jobs), reverse=True)


def test_jobs_are_due_for_a_check_when_their_time_has_come(store: JobStore, clock: ManualClock, kind: str):
    jobs = [new_job(fresh_id(), clock, kind=kind) for _ in range(5)]
    for job in jobs:
        store.create(job)

    assert list(store.due_for_check(kind, now=clock())) == []
    due = list(store.due_for_check(kind, now=clock.advance(600)))

    assert {job.id for job in due} == {job.id for job in jobs}
    assert store.count_open(kind, at_most=100) == 5
    assert store.count_open(kind, at_most=3) == 3


def test_a_parked_job_is_found_when_it_is_due_and_not_counted_until_then(
    store: JobStore, clock: ManualClock, kind: str
):
    job = claimed(store, clock, kind=kind)
    error = JobError(code="quota", message="The quota is used up.", retryable=True)
    due_at = clock() + timedelta(hours=1)
    who = Holder(job_id=job.id, kind=kind, epoch=0, attempt=1, token="t", worker="w", max_attempts=3)
    parked = store.apply(moves.park(who, error, due_at=due_at, now=clock()))

    assert store.count_open(kind, at_most=10) == 0
    assert list(store.due_for_check(kind, now=due_at)) == [parked]
    clock.advance(3600)
    store.apply(moves.release(parked, next_check_at=due_at + timedelta(minutes=10), now=clock()))

    assert store.count_open(kind, at_most=10) == 1


def test_a_finished_job_leaves_the_open_index(store: JobStore, clock: ManualClock, kind: str):
    job = claimed(store, clock, kind=kind)

    store.apply(succeeded(job, clock))

    assert store.count_open(kind, at_most=10) == 0


def test_a_check_is_postponed_once(store: JobStore, clock: ManualClock):
    job = new_job(fresh_id(), clock)
    store.create(job)
    until = clock() + timedelta(hours=1)

    assert store.postpone_check(job, until)
    assert not store.postpone_check(job, until + timedelta(hours=1))

    after = store.get(job.id)
    assert after is not None
    assert (after.next_check_at, after.checks) == (until, 1)


def test_what_follows_is_counted_exactly_once(store: JobStore, clock: ManualClock, kind: str):
    job = claimed(store, clock, owner=fresh_id(), kind=kind)
    entries = {name: CountAfter(name=name, by=2, day="2026-11-21") for name in ("a", "b")}
    done = store.apply(succeeded(job, clock, **entries))
    assert store.count_open(kind, at_most=10) == 1

    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(lambda _: store.complete_after(done, "a"), range(8)))
    left = [after for after in first if after]
    assert len(left) == 1
    last = store.complete_after(left[0], "b")

    assert last == store.get(job.id)
    assert [store.counter(job.owner, "2026-11-21", name) for name in ("a", "b")] == [2, 2]
    assert store.count_open(kind, at_most=10) == 0


def test_a_job_is_not_redriven_before_what_follows_its_end_is_done(store: JobStore, clock: ManualClock):
    job = claimed(store, clock, owner=fresh_id())
    entries = {"a": CountAfter(name="a", by=1, day="2026-11-21")}
    end = End(expires_at=clock() + timedelta(days=30), after=entries)
    error = JobError(code="nothing_to_speak", message="Nothing to speak.", retryable=False)
    failed = store.apply(moves.fail(holder(job), error, end=end, now=clock()))
    again = moves.redrive(failed, next_check_at=clock() + timedelta(minutes=10), now=clock())

    with pytest.raises(RefusedError) as refused:
        store.apply(again)
    assert [condition.name for condition in refused.value.unmet] == ["nothing_follows"]
    store.complete_after(failed, "a")

    assert store.apply(again).epoch == 1


def test_who_saw_entries_that_are_done_by_now_completes_nothing(store: JobStore, clock: ManualClock, kind: str):
    """Else the last entry would be removed by somebody who takes it for the last but one, and the job stay open."""
    job = claimed(store, clock, owner=fresh_id(), kind=kind)
    entries = {name: CountAfter(name=name, by=1, day="2026-11-21") for name in ("a", "b")}
    done = store.apply(succeeded(job, clock, **entries))
    left = store.complete_after(done, "a")

    assert store.complete_after(done, "b") is None

    assert store.get(job.id) == left
    assert store.counter(job.owner, "2026-11-21", "b") == 0


def test_a_duty_is_held_by_one_until_it_runs_out(store: JobStore, clock: ManualClock):
    duty, ttl = fresh_id(), timedelta(seconds=30)

    assert store.acquire(duty, "one", now=clock(), ttl=ttl)
    assert not store.acquire(duty, "two", now=clock(), ttl=ttl)
    assert store.acquire(duty, "one", now=clock.advance(20), ttl=ttl)
    assert not store.acquire(duty, "two", now=clock.advance(20), ttl=ttl)
    assert store.acquire(duty, "two", now=clock.advance(11), ttl=ttl)


def test_a_duty_is_held_up_to_its_last_instant(store: JobStore, clock: ManualClock):
    duty, ttl = fresh_id(), timedelta(seconds=30)
    assert store.held_until(duty) is None
    store.acquire(duty, "one", now=clock(), ttl=ttl)
    assert store.held_until(duty) == clock() + ttl

    assert not store.acquire(duty, "two", now=clock.advance(30), ttl=ttl)
    assert store.acquire(duty, "two", now=clock.advance(0.001), ttl=ttl)


def test_the_real_store_lives_as_its_twin_does(local_aws: Settings):
    client = Clients(local_aws).dynamodb

    class DynamoLifeCycle(LifeCycle):
        def make_store(self) -> DynamoJobStore:
            self.run_id = uuid4().hex
            return DynamoJobStore(client, local_aws.table_name)

        def job_id(self, number: int) -> str:
            return f"{self.run_id}-{number}"

    machine = DynamoLifeCycle.TestCase
    machine.settings = settings(max_examples=15, stateful_step_count=20, suppress_health_check=list(HealthCheck))
    machine("runTest").runTest()


def test_a_table_out_of_reach_is_said_to_be(local_aws: Settings, clock: ManualClock):
    nowhere = local_aws.model_copy(update={"emulator_port": free_port()})

    with pytest.raises(UnavailableError, match="DynamoDB is unavailable"):
        DynamoJobStore(Clients(nowhere).dynamodb, nowhere.table_name).create(new_job("a", clock))
