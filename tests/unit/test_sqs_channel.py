# ruff: noqa: SLF001 - internals are what this is about
"""kombu's channel as it is overridden: received by threads, delivered in the event loop, settled by the custody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ops.sqs_transport.custody import HANDED_BACK
from ops.sqs_transport.held import Refused
from tests.celery_bench import Bench
from tests.transport import OTHER, QUEUE, body, held


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_who_consumes_a_queue_receives_from_it_and_kombu_polls_nothing(bench: Bench):
    assert bench.receiving == [(QUEUE, bench.channel._on_received)]
    assert bench.hub.soon == []


def test_the_client_is_ours_whatever_the_broker_url_says(bench: Bench):
    assert bench.channel.sqs(queue=QUEUE) is bench.client


def test_declaring_a_queue_asks_sqs_nothing(bench: Bench):
    assert bench.channel._size(QUEUE) == 0
    assert bench.channel.queue_declare(QUEUE, passive=True).message_count == 0


def test_a_receivers_thread_hands_messages_to_the_event_loop(bench: Bench):
    messages: list[Any] = [(held(), {})]

    bench.channel._on_received(QUEUE, messages)

    assert bench.hub.soon == [(bench.channel._deliver, QUEUE, messages)]
    assert bench.taken == []


def test_a_message_knows_when_it_was_received_whether_it_probes_and_what_sqs_said(bench: Bench):
    bench.receive("one", received_at=1_800_000_000.5, probing=False)

    [message] = bench.taken
    info = message.properties["delivery_info"]
    assert info["received_at"] == 1_800_000_000.5
    assert info["probing"] is False
    assert info["sqs_message"]["ReceiptHandle"] == "one"
    assert message.delivery_tag == "one"
    assert json.loads(message.body)[0][0]["job_id"] == "job-1"


def test_what_comes_when_nobody_consumes_any_more_is_handed_back(bench: Bench):
    bench.channel.basic_cancel("tag")

    bench.receive()

    assert bench.taken == []
    assert bench.endings() == [("one", HANDED_BACK)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(json.loads(body()) | {"properties": None}),
        json.dumps(json.loads(body()) | {"properties": {"body_encoding": "rot13", "delivery_info": {}}}),
    ],
)
def test_a_message_that_kombu_cannot_read_is_refused_and_the_next_one_delivered(bench: Bench, text: str):
    bench.deliver(held("foreign", body=text), held("one", body=body()))

    assert bench.endings() == [("foreign", Refused("unreadable_message"))]
    assert [message.delivery_tag for message in bench.taken] == ["one"]


def test_a_defect_after_the_pool_has_the_message_is_not_the_messages(bench: Bench):
    def given(message: Any) -> None:
        bench.custody.give(message.delivery_tag)
        raise KeyError("defect")

    bench.channel.connection._callbacks[QUEUE] = lambda payload: given(bench.channel.message_to_python(payload))

    with pytest.raises(KeyError):
        bench.receive()

    assert bench.endings() == []


@pytest.mark.parametrize(("settle", "code"), [("ack", "unreadable_message"), ("reject", "unknown_task")])
def test_what_celery_itself_settles_is_refused_and_never_just_deleted(bench: Bench, settle: str, code: str):
    bench.receive()

    getattr(bench.taken[0], settle)()

    assert bench.endings() == [("one", Refused(code))]
    assert bench.channel.qos.can_consume()
    assert bench.channel.qos._delivered.keys() - bench.channel.qos._dirty == set()


def test_a_channel_that_closes_gives_nothing_back_by_itself(bench: Bench):
    """The custody does; kombu would restore each message by a request of its own, hidden for a long poll's time."""
    bench.receive()

    bench.channel.close()

    assert bench.endings() == []
    assert [message.receipt for message in bench.custody.held()] == ["one"]


def test_another_queue_is_not_this_channels(bench: Bench):
    bench.custody.take(OTHER, [held("one", queue=OTHER)])

    bench.channel._deliver(OTHER, [(held("one", queue=OTHER), {})])

    assert bench.endings() == [("one", HANDED_BACK)]
