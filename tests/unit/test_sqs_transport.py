# ruff: noqa: SLF001 - internals are what this is about
"""kombu's channel and Celery's request, as they are mended; and the internals on which the mending rests."""

from __future__ import annotations

import inspect
import json
from importlib.metadata import version
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from celery.exceptions import Retry
from celery.worker.request import Request
from kombu import Connection
from kombu.asynchronous.aws.sqs.connection import AsyncSQSConnection
from kombu.transport import SQS

from ops.sqs_transport import channel as mended
from ops.sqs_transport.request import Redeliver, SqsRequest
from schemas.envelope import Envelope, to_message

if TYPE_CHECKING:
    from collections.abc import Callable

QUEUE, URL = "sayline-dev-tts", "http://127.0.0.1:1/000000000000/sayline-dev-tts"


class FakeHub:
    """An event loop that runs nothing, and remembers what it was asked to run."""

    def __init__(self) -> None:
        self.soon: list[tuple[Any, ...]] = []
        self.later: list[tuple[float, Any, tuple[Any, ...]]] = []

    def call_soon(self, callback: Callable[..., None], *arguments: Any) -> None:
        self.soon.append((callback, *arguments))

    def call_later(self, seconds: float, callback: Callable[..., None], *arguments: Any) -> None:
        self.later.append((seconds, callback, arguments))


class FakeSqs:
    """Remembers the calls that settle messages; fails where it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.is_out_of_reach = False

    def _call(self, name: str, arguments: dict[str, Any]) -> None:
        if self.is_out_of_reach:
            raise EndpointConnectionError(endpoint_url=URL)
        self.calls.append((name, arguments))

    def delete_message(self, **arguments: Any) -> None:
        self._call("delete", arguments)

    def change_message_visibility(self, **arguments: Any) -> None:
        self._call("hide", arguments)


class Bench:
    """A channel over a fake client, with a consumer that takes whatever comes."""

    def __init__(self) -> None:
        self.sqs, self.hub = FakeSqs(), FakeHub()
        connection = Connection(
            transport=mended.Transport,
            transport_options={
                "predefined_queues": {QUEUE: {"url": URL}},
                "new_client": lambda: self.sqs,
                "region": "us-east-1",
                "sqs_base64_encoding": False,
            },
        )
        self.channel = connection.channel()
        self.channel.hub = self.hub
        self.channel._active_queues.append(QUEUE)
        self.channel.connection._callbacks[QUEUE] = self._take
        self.taken: list[Any] = []

    def _take(self, payload: Any) -> None:
        message = self.channel.message_to_python(payload)
        self.channel.qos.append(message, message.delivery_tag)
        self.taken.append(message)

    def receive(self, handle: str = "handle") -> Any:
        body = to_message(Envelope(job_id="job", kind="tts"), task="sayline.tts", queue=QUEUE)
        self.channel._on_messages_ready(URL, QUEUE, {"Messages": [{"Body": body, "ReceiptHandle": handle}]})
        return self.taken[-1]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_versions_are_those_whose_internals_are_overridden():
    assert (version("celery"), version("kombu")) == ("5.7.0", "5.7.0")


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (SQS.Channel, "_on_messages_ready", ["self", "queue", "qname", "messages"]),
        (SQS.Channel, "_loop1", ["self", "queue", "messages_fetched"]),
        (SQS.Channel, "_schedule_queue", ["self", "queue"]),
        (SQS.Channel, "_envelope_payload", ["self", "payload", "raw_text", "message", "q_url"]),
        (SQS.Channel, "asynsqs", ["self", "queue"]),
        (SQS.Channel, "basic_ack", ["self", "delivery_tag", "multiple"]),
        (SQS.Channel, "basic_reject", ["self", "delivery_tag", "requeue"]),
        (AsyncSQSConnection, "_on_list_ready", ["self", "parent", "markers", "operation", "response"]),
        (Request, "on_retry", ["self", "exc_info"]),
    ],
)
def test_what_is_overridden_is_as_it_was(owner: type, name: str, parameters: list[str]):
    assert list(inspect.signature(getattr(owner, name)).parameters) == parameters


def test_the_client_is_ours_whatever_the_broker_url_says(bench: Bench):
    assert bench.channel.sqs(queue=QUEUE) is bench.sqs


@pytest.mark.parametrize("status", [403, 408, 500, 503, 599])
def test_a_failed_receive_is_marked_and_raises_nothing(bench: Bench, status: int):
    connection = mended.Connection(sqs_connection=SimpleNamespace(meta=None), http_client=object())

    answer = connection._on_list_ready(None, None, "ReceiveMessage", SimpleNamespace(status=status))

    assert answer == {mended._FAILED: f"HTTP {status}"}
    assert bench.channel._on_messages_ready(URL, QUEUE, answer) == 0


def test_an_answer_that_cannot_be_read_is_a_failed_receive():
    connection = mended.Connection(sqs_connection=SimpleNamespace(meta=None), http_client=object())

    answer = connection._on_list_ready(None, None, "ReceiveMessage", SimpleNamespace(status=200, response=b"?"))

    assert mended._FAILED in answer


def test_failed_receives_back_off_and_a_good_one_ends_that(bench: Bench):
    for _ in range(8):
        bench.channel._on_messages_ready(URL, QUEUE, {mended._FAILED: "HTTP 500"})
        bench.channel._loop1(QUEUE, 0)
    bench.channel._on_messages_ready(URL, QUEUE, {})
    bench.channel._loop1(QUEUE, 0)

    assert [seconds for seconds, *_ in bench.hub.later] == [0.5, 1, 2, 4, 8, 16, 20, 20]
    assert bench.hub.soon == [(bench.channel._schedule_queue, QUEUE)]


def test_a_message_knows_when_it_was_received(bench: Bench):
    message = bench.receive()

    assert message.properties["delivery_info"]["received_at"] > 1_700_000_000
    assert json.loads(message.body)[0][0]["job_id"] == "job"


def test_a_full_prefetch_parks_the_queue_until_a_message_is_settled(bench: Bench):
    bench.channel.qos.prefetch_count = 1
    message = bench.receive()

    bench.channel._schedule_queue(QUEUE)
    assert (bench.hub.soon, bench.hub.later) == ([], [])
    message.ack()

    assert bench.hub.soon == [(bench.channel._schedule_queue, QUEUE)]


@pytest.mark.parametrize("settle", ["ack", "reject", "hide", "leave"])
def test_however_a_message_is_settled_its_slot_is_free_again(bench: Bench, settle: str):
    bench.channel.qos.prefetch_count = 1
    message = bench.receive()
    bench.channel._schedule_queue(QUEUE)
    bench.channel.connection._redrive_policies[URL] = (True, float("inf"))

    {
        "ack": message.ack,
        "reject": message.reject,
        "hide": lambda: bench.channel.hide(message.delivery_tag, 5),
        "leave": lambda: bench.channel.leave(message.delivery_tag),
    }[settle]()

    assert bench.channel.qos.can_consume()
    assert bench.hub.soon == [(bench.channel._schedule_queue, QUEUE)]


def test_an_acknowledged_message_is_deleted(bench: Bench):
    bench.receive("one").ack()

    assert bench.sqs.calls == [("delete", {"QueueUrl": URL, "ReceiptHandle": "one"})]


def delivered(bench: Bench) -> SqsRequest:
    message = bench.receive("one")
    request = SqsRequest.__new__(SqsRequest)
    request._message = message
    request._connection_errors = ()
    return request


def raised(outcome: Redeliver) -> Any:
    return SimpleNamespace(exception=outcome, traceback="")


def test_a_retry_hides_the_message_for_its_time_and_publishes_nothing(bench: Bench):
    request = delivered(bench)

    request.on_retry(raised(Redeliver("engine_crashed", when=7)))

    assert bench.sqs.calls == [("hide", {"QueueUrl": URL, "ReceiptHandle": "one", "VisibilityTimeout": 7})]
    assert request.message.acknowledged
    assert bench.channel.qos.can_consume()


def test_a_message_that_is_not_ours_any_more_is_left_alone(bench: Bench):
    request = delivered(bench)

    request.on_retry(raised(Redeliver("left")))

    assert bench.sqs.calls == []
    assert request.message.acknowledged


def test_a_hide_that_fails_leaves_the_message_to_its_visibility_timeout(bench: Bench):
    request = delivered(bench)
    bench.sqs.is_out_of_reach = True

    request.on_retry(raised(Redeliver("engine_crashed", when=7)))

    assert request.message.acknowledged


def test_redeliver_is_a_retry_that_says_a_code_alone():
    assert isinstance(Redeliver("code", when=1), Retry)
    assert str(Redeliver("code", when=1)) == "code"
