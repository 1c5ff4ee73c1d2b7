"""What `sayline queues` says of a known state, beside counts that are made without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from ops.aws.clients import Clients
from ops.desk import open_desk
from ops.infra.deploy import deploy
from ops.operating.queues import Trend, look
from schemas.envelope import envelope_of
from schemas.job import JobError
from tests.conftest import ManualClock, future_clock, new_job
from tests.operating import sign

if TYPE_CHECKING:
    from ops.desk import Desk
    from ops.settings import Settings

ERROR = JobError(code="engine_crashed", message="It crashed.", retryable=True)
WAITING, TAKEN, LATER, DEAD = 23, 4, 3, 12


@pytest.fixture
def clock() -> ManualClock:
    return future_clock()


@pytest.fixture
def desk(local_aws: Settings, clock: ManualClock) -> Desk:
    """A stack of the test's own, and time that passes when the test says so."""
    settings = local_aws.model_copy(update={"environment": f"q{uuid4().hex[:8]}"})
    deploy(settings, Clients(settings))
    return replace(open_desk(settings), now=clock)


def send(desk: Desk, clock: ManualClock, count: int, *, age_s: float = 0, delay_s: int = 0) -> None:
    created_at = clock() - timedelta(seconds=age_s)
    for _ in range(count):
        job = new_job(uuid4().hex, clock, created_at=created_at, next_check_at=created_at + desk.check_after)
        desk.jobs.create(job)
        desk.queues.send(envelope_of(job), owner=job.owner, delay_s=delay_s)


def take(desk: Desk, queue: str, at_most: int, *, hide_s: int = 600) -> list[str]:
    """Receive as a worker would, and return the messages' ids."""
    sqs: Any = Clients(desk.settings).sqs
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    ids: list[str] = []
    while len(ids) < at_most:
        asked = min(10, at_most - len(ids))
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=asked, VisibilityTimeout=hide_s).get("Messages")
        if not found:
            break
        ids += [message["MessageId"] for message in found]
    return ids


def test_figures_are_those_of_a_known_state(desk: Desk, clock: ManualClock):
    send(desk, clock, WAITING + TAKEN - 1)
    send(desk, clock, 1, age_s=95)
    taken = take(desk, desk.settings.queue_name("tts"), TAKEN)
    send(desk, clock, LATER, delay_s=900)
    for _ in range(DEAD):
        desk.queues.bury(envelope_of(new_job(uuid4().hex, clock)), error=ERROR, context={})
    desk.workforce.say(sign(clock, "a:1", settled_per_s={"tts": 1.5}))
    desk.workforce.say(sign(clock, "b:1", settled_per_s={"tts": 0.5}, out_of_order=("tts",)))
    desk.workforce.say(sign(clock, "c:1", settled_per_s={"tts": 7.0}, until=clock() - timedelta(seconds=1)))

    [tts, reply] = look(desk, ["tts", "reply"])

    assert (tts.visible, tts.in_flight, tts.delayed, tts.dead) == (WAITING, TAKEN, LATER, DEAD)
    assert (tts.oldest_s, tts.takers, tts.out_of_order, tts.out_per_s) == (95.0, 2, 1, 2.0)
    assert (reply.total, reply.dead, reply.oldest_s, reply.drained_in_s) == (0, 0, None, 0.0)
    rest = take(desk, desk.settings.queue_name("tts"), 100)
    assert (len(set(taken)), len(set(rest))) == (TAKEN, WAITING), "as counted by receiving them"
    assert len(set(take(desk, desk.settings.dlq_name("tts"), 100))) == DEAD


@pytest.mark.parametrize(("more", "in_per_s", "left_s"), [(10, 3.0, None), (0, 2.0, None), (-10, 1.0, 10.0)])
def test_rates_and_the_time_that_is_left_follow_from_two_looks(
    desk: Desk, clock: ManualClock, more: int, in_per_s: float, left_s: float | None
):
    trend = Trend()
    send(desk, clock, 20)
    desk.workforce.say(sign(clock, settled_per_s={"tts": 2.0}))
    [first] = trend.follow(look(desk, ["tts"]))
    assert (first.in_per_s, first.drained_in_s) == (None, 10.0)
    if more < 0:
        sqs: Any = Clients(desk.settings).sqs
        url = sqs.get_queue_url(QueueName=desk.settings.queue_name("tts"))["QueueUrl"]
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=-more)["Messages"]:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    send(desk, clock, max(0, more))
    clock.advance(10)

    [second] = trend.follow(look(desk, ["tts"]))

    assert second.total == 20 + more
    assert (second.in_per_s, second.drained_in_s) == (in_per_s, left_s)


@pytest.mark.parametrize(("suffix", "missing"), [("", "queue"), ("-dlq", "dlq")])
def test_a_queue_that_was_deleted_is_said_and_the_other_kinds_are_shown(desk: Desk, suffix: str, missing: str):
    sqs: Any = Clients(desk.settings).sqs
    name = f"{desk.settings.queue_name('tts')}{suffix}"
    desk.queues.depths(name)  # its URL is known from before
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])

    for seen in (desk, open_desk(desk.settings)):
        states = look(seen, ["tts", "reply"])

        assert [sorted(state.missing) for state in states] == [[missing], []]
