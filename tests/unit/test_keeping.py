"""What the keeper does to jobs, over the stores in memory: extend, abandon, hand back, refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from schemas import moves
from schemas.envelope import Envelope, to_message
from schemas.errors import UnavailableError
from schemas.outcome import Hidden, Left, Settled
from schemas.status import Status
from tests.transport import QUEUE, held
from tests.workers import ECHO, LEASE_S, Bench
from workers.delivery import lease_token
from workers.keeping import JobAttempts, delivery

if TYPE_CHECKING:
    from ops.sqs_transport.held import Held
    from schemas.job import Job
    from schemas.outcome import Outcome
    from tests.conftest import ManualClock

EXTENDED = timedelta(seconds=55)


class Hand(Bench):
    """A bench whose one message is in hand."""

    def attempts(self) -> JobAttempts:
        return JobAttempts(
            runner=self.runner(),
            store=self.store,
            dead_letters=self.queues,
            lease=EXTENDED,
            clock=self.clock,
        )

    def message(self, receipt: str = "one") -> Held:
        text = to_message(Envelope(job_id="job-1", kind="echo"), task="sayline.echo", queue=QUEUE)
        return held(receipt, body=text, received_at=self.clock().timestamp(), worker="host:1", given_at=0.0)

    def claim(self, receipt: str = "one") -> Job:
        """What a process of the pool does first."""
        lease = delivery(self.message(receipt)).lease(LEASE_S, self.clock())
        job: Job = self.store.apply(moves.claim("job-1", epoch=0, lease=lease, now=self.clock()))
        return job

    def abandon(self, code: str = "worker_lost") -> Outcome:
        return self.attempts().abandon(self.message(), code)


@pytest.fixture
def hand(clock: ManualClock) -> Hand:
    hand = Hand(clock)
    hand.submit()
    return hand


def other_takes_over(hand: Hand) -> None:
    hand.clock.advance(LEASE_S + 1)
    lease = delivery(hand.message("two")).lease(LEASE_S, hand.clock())
    attempts = hand.kind.max_attempts
    hand.store.apply(moves.take_over(hand.job(), lease=lease, max_attempts=attempts, now=hand.clock()))


def out_of_reach(*_: object) -> None:
    raise UnavailableError("DynamoDB", "ReadTimeoutError")


# --- extend ---


def test_an_extended_lease_lasts_from_now_and_is_the_same_holders(hand: Hand):
    hand.claim()
    hand.clock.advance(15)

    assert hand.attempts().extend(hand.message())

    lease = hand.job().lease
    assert lease is not None
    assert (lease.token, lease.until, lease.worker) == (lease_token("one"), hand.clock() + EXTENDED, "host:1")


def test_a_lease_is_the_jobs_however_often_it_was_extended(hand: Hand):
    hand.claim()
    for _ in range(100):
        hand.clock.advance(15)
        assert hand.attempts().extend(hand.message())

    assert hand.deliver("a copy of the message") == Hidden(20, "leased")


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RETRYING])
def test_an_extension_before_the_claim_loses_nothing_and_does_nothing(clock: ManualClock, status: Status):
    hand = Hand(clock)
    before = hand.submit(status=status)

    assert hand.attempts().extend(hand.message())

    assert hand.job() == before


def test_the_lease_of_a_job_that_another_has_is_not_extended(hand: Hand):
    hand.claim()
    other_takes_over(hand)
    theirs = hand.job()

    assert not hand.attempts().extend(hand.message())

    assert hand.job() == theirs


def test_the_lease_of_a_job_that_has_ended_or_is_gone_is_not_extended(hand: Hand):
    hand.deliver(lease_token("one"))
    assert hand.job().status is Status.SUCCEEDED
    assert not hand.attempts().extend(hand.message())

    hand.store = type(hand.store)()
    assert not hand.attempts().extend(hand.message())


def test_a_table_out_of_reach_is_not_taken_for_a_lease_that_is_lost(hand: Hand, monkeypatch: Any):
    monkeypatch.setattr(hand.store, "apply", out_of_reach)

    with pytest.raises(UnavailableError):
        hand.attempts().extend(hand.message())


# --- abandon ---


@pytest.mark.parametrize("code", ["worker_lost", "timed_out"])
def test_an_abandoned_attempt_is_recorded_and_tried_again(hand: Hand, code: str):
    hand.claim()

    outcome = hand.abandon(code)

    assert isinstance(outcome, Hidden)
    assert outcome.code == code
    job = hand.job()
    assert (job.status, job.attempt, job.lease) == (Status.RETRYING, 1, None)
    assert [(line.outcome, line.code, line.worker) for line in job.history] == [("retry", code, "host:1")]


def test_an_attempt_is_abandoned_once(hand: Hand):
    hand.claim()
    hand.abandon()

    assert isinstance(hand.abandon(), Hidden)

    assert len(hand.job().history) == 1


def test_the_last_attempt_that_is_abandoned_dead_letters_its_job(clock: ManualClock):
    hand = Hand(clock, kind=replace(ECHO, max_attempts=1))
    hand.submit()
    hand.claim()

    assert hand.abandon() == Settled("worker_lost")

    assert hand.job().status is Status.DEAD_LETTERED
    assert [error.code for _, error in hand.queues.dead] == ["worker_lost"]


def test_what_an_abandoned_job_wrote_is_no_result(clock: ManualClock):
    hand = Hand(clock, kind=replace(ECHO, max_attempts=1))
    hand.submit()
    hand.claim()
    hand.objects.put("echo/job-1/0.1/echo.txt", b"half", mime="text/plain")

    hand.abandon()

    assert list(hand.objects.keys("")) == []


def test_an_attempt_that_had_not_begun_or_had_ended_is_left_to_the_next_receiver(hand: Hand):
    assert isinstance(hand.abandon(), Hidden)
    assert hand.job().attempt == 0

    hand.deliver(lease_token("one"))
    ended = hand.job()
    assert isinstance(hand.abandon(), Hidden)
    assert hand.job() == ended


def test_the_message_of_an_attempt_that_another_has_taken_over_is_left_alone(hand: Hand):
    hand.claim()
    other_takes_over(hand)

    assert hand.abandon() == Left()

    assert hand.job().status is Status.RUNNING


def test_an_owner_who_cancelled_meanwhile_gets_no_other_attempt(hand: Hand):
    hand.claim()
    hand.store.apply(moves.request_cancel("job-1", now=hand.clock()))

    assert isinstance(hand.abandon(), Settled)

    assert hand.job().status is Status.CANCELLED


# --- hand back ---


def test_a_job_that_is_handed_back_has_its_attempt_back_and_can_be_claimed_at_once(hand: Hand):
    hand.claim()

    hand.attempts().hand_back(hand.message())

    job = hand.job()
    assert (job.status, job.attempt, job.lease) == (Status.QUEUED, 0, None)
    assert [line.outcome for line in job.history] == ["hand_back"]
    assert isinstance(hand.deliver("next"), Settled)
    assert (hand.job().status, hand.job().attempt) == (Status.SUCCEEDED, 1)


def test_a_job_handed_back_as_often_as_workers_end_loses_no_attempt(hand: Hand):
    for _ in range(3 * hand.kind.max_attempts):
        hand.claim()
        hand.attempts().hand_back(hand.message())

    assert isinstance(hand.deliver("next"), Settled)
    assert hand.job().status is Status.SUCCEEDED


def test_a_job_that_has_not_begun_is_handed_back_as_it_is(hand: Hand):
    before = hand.job()

    hand.attempts().hand_back(hand.message())

    assert hand.job() == before


def test_a_job_that_another_has_is_not_handed_back(hand: Hand):
    hand.claim()
    other_takes_over(hand)
    theirs = hand.job()

    hand.attempts().hand_back(hand.message())

    assert hand.job() == theirs


def test_a_job_that_is_gone_is_not_handed_back(hand: Hand):
    hand.store = type(hand.store)()

    hand.attempts().hand_back(hand.message())


# --- refuse ---


def test_a_foreign_message_is_dead_lettered_as_it_is(hand: Hand):
    hand.attempts().refuse(QUEUE, "not JSON", "unreadable_message")

    assert hand.queues.foreign == [(QUEUE, "not JSON", "unreadable_message")]


def test_a_message_in_hand_is_the_delivery_that_it_was_to_the_pool(hand: Hand):
    told = delivery(hand.message())

    assert told.envelope == Envelope(job_id="job-1", kind="echo")
    assert told.token == lease_token("one")
    assert told.received_at == hand.clock()
    assert told.worker == "host:1"


@pytest.mark.parametrize("how", ["abandon", "hand_back"])
def test_what_a_child_has_written_goes_with_a_job_that_was_cancelled(hand: Hand, how: str):
    job = hand.claim()
    hand.objects.put(f"echo/{job.id}/0.1-{delivery(hand.message()).token[:8]}/echo.txt", b"half", mime="text/plain")
    hand.store.apply(moves.request_cancel(job.id, now=hand.clock()))

    if how == "abandon":
        hand.abandon()
    else:
        hand.attempts().hand_back(hand.message())

    assert hand.job().status is Status.CANCELLED
    assert list(hand.objects.keys("echo/")) == []
