"""Dead letters, as operators list and receive them: AWS and the in-memory twins keep the same contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from ops import memory_lists
from ops.aws.clients import Clients
from ops.aws.dead_letters import SqsDeadLetterBox
from ops.aws.dynamodb import lists
from ops.aws.queues import SqsQueues
from ops.memory import MemoryQueues
from ops.memory_dead_letters import MemoryDeadLetterBox
from ops.timing import utc_now
from schemas import moves, purging
from schemas.dead_letters import DeadKey, Period
from schemas.envelope import Envelope
from schemas.errors import RefusedError
from schemas.job import CountAfter, Job, JobError, Lease, open_shard
from schemas.moves import End, Holder
from schemas.retention import held_until
from schemas.status import Status
from tests.conftest import ManualClock, new_job

if TYPE_CHECKING:
    from datetime import datetime

    from ops.settings import Settings

ERROR = JobError(code="engine_crashed", message="Der Dienst ist abgestürzt.", retryable=True, engine="espeak-ng")


def dead(store: Any, clock: ManualClock, kind: str, **after: CountAfter) -> Job:
    """A job that has just died in its only attempt."""
    job = new_job(uuid4().hex, clock, kind=kind)
    store.create(job)
    lease = Lease(token="t", until=clock() + timedelta(seconds=60), worker="host:1")
    store.apply(moves.claim(job.id, epoch=0, lease=lease, now=clock()))
    holder = Holder(job_id=job.id, kind=kind, epoch=0, attempt=1, token="t", worker="w", max_attempts=1)
    end = End(expires_at=clock() + timedelta(days=30), after=after)
    return store.apply(moves.dead_letter(holder, ERROR, end=end, now=clock()))


def died(job: Job) -> datetime:
    assert job.finished_at
    return job.finished_at


def ids(store: Any, kind: str, *period: Period) -> list[str]:
    return [key.job_id for key in store.dead_keys(kind, *period)]


def test_the_dead_are_listed_over_all_shards_in_the_order_of_their_deaths(store: Any, clock: ManualClock, kind: str):
    jobs = []
    for _ in range(25):
        clock.advance(1)
        jobs.append(dead(store, clock, kind))
    store.create(new_job(uuid4().hex, clock, kind=kind))

    assert list(store.dead_keys(kind)) == [DeadKey(died(job), job.id) for job in jobs]
    assert store.count_dead(kind) == 25
    assert (ids(store, f"{kind}x"), store.count_dead(f"{kind}x")) == ([], 0)


def test_a_period_has_its_first_and_its_last_instant(store: Any, clock: ManualClock, kind: str):
    jobs = []
    for _ in range(5):
        clock.advance(0.001)
        jobs.append(dead(store, clock, kind))
    since, until = died(jobs[1]), died(jobs[3])

    assert ids(store, kind, Period(since, until)) == [job.id for job in jobs[1:4]]
    assert ids(store, kind, Period(since=until)) == [job.id for job in jobs[3:]]
    assert ids(store, kind, Period(until=since)) == [job.id for job in jobs[:2]]


def test_who_dies_while_they_are_read_is_met_as_well(
    store: Any, clock: ManualClock, kind: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lists, "_PAGE", 2)
    monkeypatch.setattr(memory_lists, "_DEAD_PAGE", 2)
    for _ in range(12):
        clock.advance(1)
        dead(store, clock, kind)
    expected = ids(store, kind)

    met = []
    for key in store.dead_keys(kind):
        met.append(key.job_id)
        if len(met) <= 12:
            clock.advance(1)
            expected.append(dead(store, clock, kind).id)

    assert met[:12] == expected[:12]
    assert set(met[12:]) > set()
    assert len(set(met)) == len(met)
    assert set(met) <= set(expected)
    assert list(store.dead_keys(kind, Period(until=clock() - timedelta(seconds=12)))) == [
        DeadKey(died(job), job.id) for job in store.get_many(expected[:12])
    ]


def test_a_period_that_ends_before_it_begins_has_none(store: Any, clock: ManualClock, kind: str):
    now = died(dead(store, clock, kind))

    assert ids(store, kind, Period(since=now + timedelta(seconds=1), until=now)) == []
    assert len(ids(store, kind, Period(since=now, until=now))) == 1


def test_the_clock_checks_no_dead_letter_and_counts_none_as_open(store: Any, clock: ManualClock, kind: str):
    dead(store, clock, kind)
    clock.advance(86_400)

    assert list(store.due_for_check(kind, now=clock())) == []
    assert store.count_open(kind, at_most=9) == 0


def test_who_is_run_again_is_listed_no_more_and_is_open(store: Any, clock: ManualClock, kind: str):
    job = dead(store, clock, kind)

    again = store.apply(moves.redrive(job, next_check_at=clock() + timedelta(minutes=10), now=clock.advance(1)))

    assert (ids(store, kind), again.open_shard) == ([], open_shard(kind, job.id))
    assert store.count_open(kind, at_most=9) == 1


def test_who_was_redriven_is_found_by_each_redrive_that_it_was_in(store: Any, clock: ManualClock, kind: str):
    first, second = (f"20261121T020355Z{uuid4().hex[:6]}" for _ in range(2))
    other, job = dead(store, clock, kind), dead(store, clock, kind)
    later, now = clock() + timedelta(minutes=10), clock()
    store.apply(moves.redrive(other, next_check_at=later, now=now))
    again = store.apply(moves.redrive(job, next_check_at=later, now=now, redrive_id=first))
    assert (again.redrives, again) == ({first: 1}, store.get(job.id))

    lease = Lease(token="t", until=clock() + timedelta(seconds=60), worker="host:1")
    store.apply(moves.claim(job.id, epoch=1, lease=lease, now=clock()))
    holder = Holder(job_id=job.id, kind=kind, epoch=1, attempt=1, token="t", worker="w", max_attempts=1)
    died_again = store.apply(moves.dead_letter(holder, ERROR, end=End(expires_at=clock()), now=clock()))
    store.apply(moves.redrive(died_again, next_check_at=later, now=now, redrive_id=second))

    assert [(found.id, found.redrives) for found in store.redriven(first)] == [(job.id, {first: 1, second: 2})]
    assert [found.id for found in store.redriven(second)] == [job.id]
    assert list(store.redriven(f"{first}0")) == []
    assert {job.id} <= {found.id for found in store.redriven()}
    assert other.id not in {found.id for found in store.redriven()}


def test_who_is_given_up_is_listed_no_more_until_that_is_taken_back(store: Any, clock: ManualClock, kind: str):
    job = dead(store, clock, kind)

    given_up = store.apply(purging.discard(job, now=clock.advance(1)))
    assert (given_up.status, given_up.error, ids(store, kind)) == (Status.FAILED, ERROR, [])
    restored = store.apply(purging.restore(given_up, now=clock.advance(1)))

    assert restored == store.get(job.id) == job.model_copy(update={"version": 4, "updated_at": clock()})
    assert list(store.dead_keys(kind)) == [DeadKey(died(job), job.id)]


def test_what_is_brought_back_late_is_kept_for_as_long_as_its_letter(store: Any, clock: ManualClock, kind: str):
    given_up = store.apply(purging.discard(dead(store, clock, kind), now=clock()))
    clock.advance(timedelta(days=29).total_seconds())

    restored = store.apply(purging.restore(given_up, now=clock()))

    assert restored == store.get(given_up.id)
    assert restored.expires_at == held_until(clock())


def test_an_operator_runs_dead_letters_again_and_none_that_was_given_up(store: Any, clock: ManualClock, kind: str):
    job, later = dead(store, clock, kind), clock() + timedelta(minutes=10)
    given_up = store.apply(purging.discard(job, now=clock()))

    with pytest.raises(RefusedError) as refused:
        store.apply(moves.redrive(job, next_check_at=later, now=clock(), redrive_id="20261121T020355Zabcdef"))

    assert (refused.value.existing, [unmet.name for unmet in refused.value.unmet]) == (given_up, ["allowed_state"])
    owners = store.apply(moves.redrive(given_up, next_check_at=later, now=clock()))
    assert (owners.status, owners.epoch) == (Status.QUEUED, 1)


def test_who_is_followed_by_something_is_listed_once_that_is_done(store: Any, clock: ManualClock, kind: str):
    counts = {name: CountAfter(name=name, by=1, day="2026-11-21") for name in ("one", "two")}
    job = dead(store, clock, kind, **counts)
    assert (ids(store, kind), store.count_open(kind, at_most=9)) == ([], 1)

    job = store.complete_after(job, "one")
    assert ids(store, kind) == []
    job = store.complete_after(job, "two")

    assert job == store.get(job.id)
    assert (ids(store, kind), store.count_open(kind, at_most=9)) == ([job.id], 0)


def test_many_records_are_read_in_the_order_of_their_ids_but_for_those_that_are_gone(
    store: Any, clock: ManualClock, kind: str
):
    jobs = [dead(store, clock, kind) for _ in range(103)]
    wanted = [job.id for job in reversed(jobs)]

    assert [job.id for job in store.get_many([*wanted[:50], "gone", *wanted[50:]])] == wanted


def test_a_record_that_is_asked_for_twice_is_read_once(store: Any, clock: ManualClock, kind: str):
    first, second = (dead(store, clock, kind) for _ in range(2))

    assert store.get_many([second.id, first.id, second.id, "gone", "gone", first.id]) == [second, first]


@dataclass
class Post:
    """Queues and their dead-letter queues' other end; `pass_hidden` waits until what was hidden is seen again."""

    queues: Any
    box: Any
    queue: str


@pytest.fixture(params=["memory", "sqs"])
def post(request: pytest.FixtureRequest) -> Post:
    if request.param == "memory":
        queues = MemoryQueues()
        return Post(queues, MemoryDeadLetterBox(queues, utc_now), "sayline-dev-tts")
    local: Settings = request.getfixturevalue("local_aws")
    client = Clients(local).sqs
    sqs = SqsQueues(client, local)
    for name in (local.queue_name("tts"), local.dlq_name("tts")):
        client.purge_queue(QueueUrl=sqs.url(name))
    return Post(sqs, SqsDeadLetterBox(client, sqs, local), local.queue_name("tts"))


def bury(post: Post, *job_ids: str, epoch: int = 0) -> None:
    for job_id in job_ids:
        envelope = Envelope(job_id=job_id, kind="tts", epoch=epoch)
        post.queues.bury(envelope, error=ERROR, context={"epoch": epoch})


def test_a_dead_letter_is_received_with_its_reason(post: Post):
    bury(post, "민아", epoch=2)

    (letter,) = post.box.receive("tts", hide_s=60)

    assert letter.envelope == Envelope(job_id="민아", kind="tts", epoch=2)
    assert letter.reason == {"code": ERROR.code, "message": ERROR.message, "epoch": 2}
    assert post.box.held("tts") == {"visible": 0, "in_flight": 1, "delayed": 0}


def test_many_are_buried_each_with_its_reason(post: Post):
    other = JobError(code="timed_out", message="It took too long.", retryable=True)
    letters = [
        (Envelope(job_id=f"job-{n}", kind="tts", epoch=n), (ERROR, other)[n % 2], {"epoch": n}) for n in range(12)
    ]

    post.queues.bury_batch(letters)

    received = [*post.box.receive("tts", hide_s=60), *post.box.receive("tts", hide_s=60)]
    assert sorted((each.envelope.job_id, each.envelope.epoch, each.reason["code"]) for each in received) == sorted(
        (envelope.job_id, envelope.epoch, error.code) for envelope, error, _ in letters
    )


def test_a_message_of_no_job_is_received_as_it_is(post: Post):
    post.queues.bury_foreign(post.queue, "no envelope", code="malformed")

    (letter,) = post.box.receive("tts", hide_s=60)

    assert (letter.envelope, letter.body, letter.reason["code"]) == (None, "no envelope", "malformed")


def test_all_are_received_once_by_tens_and_then_none(post: Post):
    bury(post, *(f"job-{n}" for n in range(23)))
    received: list[str] = []
    while letters := post.box.receive("tts", hide_s=60):
        assert len(letters) <= 10
        received += [letter.envelope.job_id for letter in letters]

    assert sorted(received) == sorted(f"job-{n}" for n in range(23))


def test_what_is_put_back_is_received_again_and_what_is_deleted_is_not(post: Post):
    bury(post, *(f"job-{n}" for n in range(12)))
    letters = [*post.box.receive("tts", hide_s=60), *post.box.receive("tts", hide_s=60)]
    kept, deleted = letters[:1], letters[1:]

    post.box.delete("tts", deleted)
    post.box.put_back("tts", [letter.receipt for letter in kept])

    (again,) = post.box.receive("tts", hide_s=60)
    assert (again.envelope, again.id) == (kept[0].envelope, kept[0].id)
    assert again.receipt != kept[0].receipt
    assert sum(post.box.held("tts").values()) == 1


def test_to_delete_what_is_gone_is_no_error(post: Post):
    bury(post, "job")
    letters = post.box.receive("tts", hide_s=60)
    post.box.delete("tts", letters)

    post.box.delete("tts", letters)

    assert sum(post.box.held("tts").values()) == 0
