"""Dead letters on the wire: pages, counts, and what SQS could not do of a batch."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from ops.aws.clients import Clients
from ops.aws.dead_letters import SqsDeadLetterBox
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.queues import SqsQueues
from schemas.dead_letters import DeadKey, DeadLetter, Period
from schemas.envelope import Envelope
from schemas.errors import NotSentError, UnavailableError
from schemas.job import JobError, dead_shards
from tests.unit.test_aws_requests import NOW, SETTINGS, Wire

#: More brackets than a parser of JSON follows.
DEEP = "[" * 100_000

URL = {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/q"}


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def store(wire: Wire) -> DynamoJobStore:
    return DynamoJobStore(wire.attach(Clients(SETTINGS).dynamodb), "sayline-dev")


@pytest.fixture
def box(wire: Wire) -> SqsDeadLetterBox:
    client = wire.attach(Clients(SETTINGS).sqs)
    return SqsDeadLetterBox(client, SqsQueues(client, SETTINGS), SETTINGS)


def key(number: int) -> dict[str, Any]:
    at = str(round((NOW + timedelta(seconds=number)).timestamp() * 1000))
    return {"pk": {"S": f"job#{number}"}, "sk": {"S": "record"}, "next_check_at": {"N": at}}


def letters(count: int) -> list[DeadLetter]:
    return [DeadLetter(id=str(n), receipt=f"r{n}", body="", envelope=None, reason={}) for n in range(count)]


def test_the_pages_of_all_shards_are_read_and_merged_by_the_time_of_death(wire: Wire, store: DynamoJobStore):
    # A merge asks each shard for its first page, then the one whose page is used up for its next.
    wire.answers = [
        (200, {"Items": [key(1), key(5)], "LastEvaluatedKey": {**key(5), "open_shard": {"S": "tts#dead#0"}}}),
        (200, {"Items": [key(2)]}),
        (200, {"Items": []}),
        (200, {"Items": [key(3), key(9)]}),
        (200, {"Items": [key(7)]}),
    ]

    found = list(store.dead_keys("tts"))

    assert found == [DeadKey(NOW + timedelta(seconds=n), str(n)) for n in (1, 2, 3, 5, 7, 9)]
    asked = wire.params("Query")
    assert [params["ExpressionAttributeValues"][":v2"]["S"] for params in asked[:4]] == list(dead_shards("tts"))
    assert {(params["IndexName"], params["Limit"]) for params in asked} == {("open", 1000)}


def test_a_period_is_asked_for_and_not_filtered(wire: Wire, store: DynamoJobStore):
    wire.answers = [(200, {"Items": []})]

    list(store.dead_keys("tts", Period(NOW, NOW + timedelta(seconds=1))))

    (first, *_) = wire.params("Query")
    condition = "#open_shard = :v2 AND #next_check_at BETWEEN :v0 AND :v1"
    assert first["KeyConditionExpression"] == condition
    assert [first["ExpressionAttributeValues"][v]["N"] for v in (":v0", ":v1")] == [
        key(0)["next_check_at"]["N"],
        key(1)["next_check_at"]["N"],
    ]


def test_a_period_that_ends_before_it_begins_is_not_asked_for(wire: Wire, store: DynamoJobStore):
    assert list(store.dead_keys("tts", Period(NOW, NOW - timedelta(seconds=1)))) == []

    assert wire.asked == []  # AWS answers with a ValidationException


def test_no_request_names_a_record_twice(wire: Wire, store: DynamoJobStore):
    wire.answers = [(200, {"Responses": {}, "UnprocessedKeys": {}})]

    store.get_many([*"abcab", *map(str, range(98)), "a"])

    asked = [params["RequestItems"]["sayline-dev"]["Keys"] for params in wire.params("BatchGetItem")]
    named = [each["pk"]["S"] for keys in asked for each in keys]
    assert ([len(keys) for keys in asked], len(set(named))) == ([100, 1], 101)


def test_the_dead_are_counted_over_all_pages_without_being_read(wire: Wire, store: DynamoJobStore):
    wire.answers = [(200, {"Count": 7, "LastEvaluatedKey": key(1)}), (200, {"Count": 3}), (200, {"Count": 0})]

    assert store.count_dead("tts") == 10
    assert {params["Select"] for params in wire.params("Query")} == {"COUNT"}
    assert len(wire.asked) == 5


def test_messages_are_hidden_for_as_long_as_was_asked(wire: Wire, box: SqsDeadLetterBox):
    wire.answers = [(200, URL), (200, {})]

    assert list(box.receive("tts", hide_s=77)) == []

    (asked,) = wire.params("ReceiveMessage")
    assert (asked["VisibilityTimeout"], asked["MaxNumberOfMessages"], asked["WaitTimeSeconds"]) == (77, 10, 1)


@pytest.mark.parametrize("reason", ["{", "[]", '"x"', DEEP])
def test_a_reason_that_is_none_of_ours_is_no_reason(wire: Wire, box: SqsDeadLetterBox, reason: str):
    attribute = {"sayline.reason": {"DataType": "String", "StringValue": reason}}
    message = {"MessageId": "m", "ReceiptHandle": "r", "Body": "?", "MessageAttributes": attribute}
    wire.answers = [(200, URL), (200, {"Messages": [message]})]

    (letter,) = box.receive("tts", hide_s=1)

    assert (letter.envelope, letter.reason, letter.body) == (None, {}, "?")


@pytest.mark.parametrize("body", ["?", "{}", "[]", DEEP, json.dumps({"body": DEEP})])
def test_a_body_that_is_none_of_ours_is_no_envelope(wire: Wire, box: SqsDeadLetterBox, body: str):
    wire.answers = [(200, URL), (200, {"Messages": [{"MessageId": "m", "ReceiptHandle": "r", "Body": body}]})]

    (letter,) = box.receive("tts", hide_s=1)

    assert (letter.envelope, letter.body) == (None, body)


def test_messages_are_deleted_and_put_back_by_tens(wire: Wire, box: SqsDeadLetterBox):
    wire.answers = [(200, URL), (200, {"Successful": []})]

    box.delete("tts", letters(23))
    box.put_back("tts", [letter.receipt for letter in letters(11)])

    deleted, shown = wire.params("DeleteMessageBatch"), wire.params("ChangeMessageVisibilityBatch")
    assert [len(params["Entries"]) for params in deleted] == [10, 10, 3]
    assert [len(params["Entries"]) for params in shown] == [10, 1]
    assert {entry["VisibilityTimeout"] for params in shown for entry in params["Entries"]} == {0}
    assert [entry["ReceiptHandle"] for params in deleted for entry in params["Entries"]] == [f"r{n}" for n in range(23)]


@pytest.mark.parametrize("fault", [True, False])
def test_a_receipt_that_is_no_good_is_no_error_and_a_fault_of_sqs_is_one(
    wire: Wire, box: SqsDeadLetterBox, monkeypatch: pytest.MonkeyPatch, *, fault: bool
):
    monkeypatch.setattr("time.sleep", lambda _: None)
    wire.answers = [(200, URL), (200, {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": fault}]})]

    if fault:
        box.delete("tts", letters(1))
        box.put_back("tts", ["r0"])
    else:
        with pytest.raises(UnavailableError, match="InternalError"):
            box.delete("tts", letters(1))
        with pytest.raises(UnavailableError):
            box.put_back("tts", ["r0"])


def test_what_sqs_fails_at_is_asked_for_again(wire: Wire, box: SqsDeadLetterBox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    failed = {"Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": False}]}
    wire.answers = [(200, URL), (200, failed), (200, {"Successful": []})]

    box.delete("tts", letters(3))

    asked = [[entry["ReceiptHandle"] for entry in params["Entries"]] for params in wire.params("DeleteMessageBatch")]
    assert asked == [["r0", "r1", "r2"], ["r1"]]


def test_many_are_buried_by_tens_and_what_sqs_does_not_take_is_named(wire: Wire, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    client = wire.attach(Clients(SETTINGS).sqs)
    error = JobError(code="timed_out", message="It took too long.", retryable=True)
    failed = {"Failed": [{"Id": "11", "Code": "InternalError", "SenderFault": False}]}
    wire.answers = [(200, URL), (200, {"Successful": []}), *[(200, failed)] * 4]

    with pytest.raises(NotSentError) as raised:
        SqsQueues(client, SETTINGS).bury_batch(
            [(Envelope(job_id=f"job-{n}", kind="tts"), error, {"epoch": n}) for n in range(12)]
        )

    assert [envelope.job_id for envelope in raised.value.unsent] == ["job-11"]
    sent = wire.params("SendMessageBatch")
    assert [len(params["Entries"]) for params in sent] == [10, 2, 1, 1, 1]
    reason = json.loads(sent[0]["Entries"][3]["MessageAttributes"]["sayline.reason"]["StringValue"])
    assert reason == {"code": "timed_out", "message": "It took too long.", "epoch": 3}
    (asked,) = wire.params("GetQueueUrl")
    assert asked["QueueName"] == SETTINGS.dlq_name("tts")
