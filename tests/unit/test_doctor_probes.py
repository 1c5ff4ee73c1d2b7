"""Probes that change nothing, and a clock that is compared with AWS's."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import example, given
from hypothesis import strategies as st

from ops.doctor import Patient, clock, permissions, workforce
from ops.memory_operating import MemoryOperating
from ops.settings import CLOCK_SKEW_S, Settings
from tests.conftest import ManualClock
from tests.operating import sign
from tests.transport import refusal

#: What AWS answers to a probe by one who may do it.
HARMLESS = (
    "ConditionalCheckFailedException",
    "NoSuchKey",
    "NoSuchUpload",
    "ReceiptHandleIsInvalid",
    "EmptyBatchRequest",
)


class Service:
    """Refuses everything, with the code that a test says for an operation, and notes it."""

    def __init__(self, **codes: str) -> None:
        self.codes = codes
        self.asked: dict[str, dict[str, Any]] = {}

    def __getattr__(self, operation: str) -> Any:
        def ask(**request: Any) -> Any:
            self.asked[operation] = request
            if operation == "get_queue_url" and operation not in self.codes:
                return {"QueueUrl": request["QueueName"]}
            raise refusal(400, self.codes.get(operation, HARMLESS[0]))

        return ask


def patient(**services: Any) -> Patient:
    clients: Any = SimpleNamespace(**{"dynamodb": Service(), "s3": Service(), "sqs": Service(), **services})
    engines: Any = None
    return Patient(
        settings=Settings(_env_file=None),
        clients=clients,
        kinds=["tts"],
        workforce=MemoryOperating(),
        engines=engines,
        versions={},
    )


@pytest.mark.parametrize("code", HARMLESS)
def test_whoever_is_refused_for_another_reason_may_do_it(code: str):
    def refuses(*operations: str) -> Service:
        return Service(**dict.fromkeys(operations, code))

    allowed = patient(
        dynamodb=refuses("get_item", "put_item", "update_item", "delete_item", "query"),
        s3=refuses("list_objects_v2", "get_object", "complete_multipart_upload"),
        sqs=refuses("send_message_batch", "change_message_visibility", "delete_message"),
    )

    assert list(permissions.check(allowed)) == []


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "403"])
@pytest.mark.parametrize(
    ("service", "operation", "subject"),
    [
        ("dynamodb", "get_item", "dynamodb:GetItem on sayline-dev"),
        ("dynamodb", "put_item", "dynamodb:PutItem on sayline-dev"),
        ("dynamodb", "update_item", "dynamodb:UpdateItem on sayline-dev"),
        ("dynamodb", "delete_item", "dynamodb:DeleteItem on sayline-dev"),
        ("dynamodb", "query", "dynamodb:Query on sayline-dev's indexes"),
        ("s3", "list_objects_v2", "s3:ListBucket on sayline-dev"),
        ("s3", "get_object", "s3:GetObject on sayline-dev"),
        ("s3", "complete_multipart_upload", "s3:PutObject on sayline-dev"),
        ("sqs", "get_queue_url", "sqs:GetQueueUrl on sayline-dev-tts"),
        ("sqs", "send_message_batch", "sqs:SendMessage on sayline-dev-tts"),
        ("sqs", "change_message_visibility", "sqs:ChangeMessageVisibility on sayline-dev-tts"),
        ("sqs", "delete_message", "sqs:DeleteMessage on sayline-dev-tts"),
    ],
)
def test_what_a_role_may_not_do_is_named(service: str, operation: str, subject: str, code: str):
    denied = patient(**{service: Service(**{operation: code})})

    assert [(each.code, each.subject) for each in permissions.check(denied)] == [("not_allowed", subject)]


def test_no_probe_can_change_anything():
    table, bucket, queues = Service(), Service(), Service()

    assert list(permissions.check(patient(dynamodb=table, s3=bucket, sqs=queues))) == []

    writes = [request for name, request in table.asked.items() if name in {"put_item", "update_item", "delete_item"}]
    assert [request["ConditionExpression"] for request in writes] == ["attribute_exists(pk)"] * 3
    assert "UpdateExpression" not in table.asked["update_item"]
    assert set(bucket.asked) == {"list_objects_v2", "get_object", "complete_multipart_upload"}
    assert queues.asked["send_message_batch"]["Entries"] == []
    handles = {queues.asked[name]["ReceiptHandle"] for name in ("change_message_visibility", "delete_message")}
    assert handles == {"sayline-doctor"}
    assert "receive_message" not in queues.asked


# --- the clock ---


class Dated:
    """DynamoDB, whose clock differs from ours, and which takes its time to answer."""

    def __init__(self, ours: ManualClock, *, ahead_s: float, takes_s: float, refuses: bool = False) -> None:
        self.ours, self.ahead_s, self.takes_s, self.refuses = ours, ahead_s, takes_s, refuses

    def get_item(self, **_: Any) -> Any:
        self.ours.advance(self.takes_s / 2)
        theirs = self.ours() + timedelta(seconds=self.ahead_s)
        self.ours.advance(self.takes_s / 2)
        metadata: Any = {"HTTPHeaders": {"date": format_datetime(theirs, usegmt=True)}}
        if self.refuses:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}, "ResponseMetadata": metadata}, "GetItem")
        return {"ResponseMetadata": metadata}


def skews(ahead_s: float, takes_s: float = 0.1, *, refuses: bool = False) -> list[str]:
    ours = ManualClock()
    looked_at = patient(dynamodb=Dated(ours, ahead_s=ahead_s, takes_s=takes_s, refuses=refuses))
    return [finding.detail for finding in clock.check(Patient(**{**vars(looked_at), "clock": ours}))]


@given(st.floats(-CLOCK_SKEW_S + 0.01, CLOCK_SKEW_S - 0.01), st.floats(0, 10))
@example(-CLOCK_SKEW_S + 0.3, 0)  # the header leaves out most of a second
def test_a_clock_that_differs_by_no_more_than_leases_bear_is_sound(ahead_s: float, takes_s: float):
    assert skews(ahead_s, takes_s) == []


@given(st.floats(CLOCK_SKEW_S + 2.01, 10_000), st.floats(0, 1), st.booleans())
def test_one_that_differs_by_more_is_found_on_the_side_where_it_is(by_s: float, takes_s: float, refuses: bool):  # noqa: FBT001
    [behind] = skews(by_s, takes_s, refuses=refuses)
    [ahead] = skews(-by_s, takes_s, refuses=refuses)

    assert "behind" in behind
    assert "ahead" in ahead


def test_an_answer_without_a_date_says_nothing():
    no_date: Any = SimpleNamespace(get_item=lambda **_: {"ResponseMetadata": {"HTTPHeaders": {}}})

    assert list(clock.check(patient(dynamodb=no_date))) == []


# --- workers ---


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({}, []),
        ({"registry": "another"}, ["other_registry"]),
        ({"versions": {"kombu": "5.8.0"}}, ["unknown_version"]),
        ({"registry": "another", "until": ManualClock().now - timedelta(seconds=1)}, []),
    ],
)
def test_living_workers_are_of_one_registry_and_of_known_libraries(fields: dict[str, Any], codes: list[str]):
    ours = ManualClock()
    looked_at = Patient(**{**vars(patient()), "clock": ours})
    looked_at.workforce.say(sign(ours, "there:1", **fields))

    assert [finding.code for finding in workforce.check(looked_at)] == codes
