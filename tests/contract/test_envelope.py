"""The message that the API writes is the one that Celery and kombu read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.aws.clients import Clients
from ops.aws.queues import SqsQueues
from schemas.envelope import REASON_ATTRIBUTE, Envelope, UnreadableMessageError, from_message, to_message
from schemas.job import JobError

if TYPE_CHECKING:
    from ops.settings import Settings

envelopes = st.builds(
    Envelope,
    job_id=st.uuids().map(str),
    kind=st.just("tts"),
    epoch=st.integers(0, 1000),
    traceparent=st.none() | st.just("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
)


@given(envelope=envelopes)
def test_an_envelope_comes_back_as_it_was_sent(envelope: Envelope):
    assert from_message(to_message(envelope, task="sayline.tts", queue="q")) == envelope


@given(body=st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_anything_else_is_said_to_be_unreadable(body: str):
    with pytest.raises(UnreadableMessageError):
        from_message(body)


def test_a_message_is_small():
    envelope = Envelope(job_id="0192f0c1-7b1e-7cc0-8000-000000000000", kind="tts")

    assert len(to_message(envelope, task="sayline.tts", queue="sayline-dev-tts")) < 1024


def test_it_has_what_celery_puts_into_its_own_messages():
    from celery import Celery  # noqa: PLC0415 - no other contract needs Celery

    theirs = Celery("t").amqp.as_task_v2("id", "sayline.tts", args=({},), kwargs={})
    ours = json.loads(to_message(Envelope(job_id="id", kind="tts"), task="sayline.tts", queue="q"))

    required = {"lang", "task", "id", "root_id", "parent_id", "group", "argsrepr", "kwargsrepr"}
    assert required <= set(theirs.headers)
    assert required == set(ours["headers"])
    args, kwargs, embed = json.loads(ours["body"])
    assert (len(args), kwargs, set(embed)) == (1, {}, set(theirs.body[2]))


def test_it_says_how_to_read_it_and_nothing_of_what_is_in_it():
    message = json.loads(to_message(Envelope(job_id="id", kind="tts", epoch=1), task="sayline.tts", queue="q"))

    assert (message["content-type"], message["content-encoding"]) == ("application/json", "utf-8")
    assert message["headers"]["task"] == "sayline.tts"
    assert (message["headers"]["argsrepr"], message["headers"]["kwargsrepr"]) == ("", "")
    assert message["properties"]["delivery_info"] == {"exchange": "", "routing_key": "q"}
    assert message["properties"]["delivery_tag"] == "id@1"


@pytest.mark.parametrize("change", [{"v": 2}, {"extra": 1}, {"epoch": -1}, {"kind": "../tts"}, {"job_id": ""}])
def test_a_message_of_another_version_or_form_is_unreadable(change: dict[str, object]):
    fields = {"v": 1, "job_id": "id", "kind": "tts", "epoch": 0} | change
    body = json.dumps({"body": json.dumps([[fields], {}, {}])})

    with pytest.raises(UnreadableMessageError):
        from_message(body)


def receive(local: Settings, queue: str) -> Any:
    sqs = Clients(local).sqs
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=2)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return message


def test_a_sent_message_is_on_its_kinds_queue(local_aws: Settings):
    envelope = Envelope(job_id="sent", kind="tts")
    queues = SqsQueues(Clients(local_aws).sqs, local_aws)

    queues.send(envelope, owner="mina")
    assert queues.depth("tts") == 1

    assert from_message(receive(local_aws, local_aws.queue_name("tts"))["Body"]) == envelope
    assert queues.depth("tts") == 0


def test_a_dead_letter_carries_its_reason(local_aws: Settings):
    error = JobError(code="engine_crashed", message="엔진이 멈췄습니다.", retryable=True)

    SqsQueues(Clients(local_aws).sqs, local_aws).bury(
        Envelope(job_id="dead", kind="tts"), error=error, context={"attempts": 3, "worker": "host:1"}
    )

    message = receive(local_aws, local_aws.dlq_name("tts"))
    reason = json.loads(message["MessageAttributes"][REASON_ATTRIBUTE]["StringValue"])
    assert reason == {
        "code": "engine_crashed",
        "message": "엔진이 멈췄습니다.",
        "attempts": 3,
        "worker": "host:1",
    }
