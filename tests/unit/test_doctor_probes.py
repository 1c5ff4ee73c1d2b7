"""Probes that change nothing, and a clock that is compared with AWS's."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import example, given
from hypothesis import strategies as st

from ops.doctor import Patient, clock, permissions, workforce
from ops.roles import ROLES, Role
from ops.settings import CLOCK_SKEW_S
from schemas.kinds import registry
from tests.conftest import ManualClock
from tests.operating import sign
from tests.patients import patient
from tests.transport import refusal

#: What AWS answers to a probe by one who may do it.
HARMLESS = (
    "ConditionalCheckFailedException",
    "NoSuchKey",
    "NoSuchUpload",
    "ReceiptHandleIsInvalid",
    "EmptyBatchRequest",
    "InvalidParameterValue",
)
HARMLESS_REQUESTS = {
    *("batch_get_item", "get_item", "query", "scan", "put_item", "update_item", "delete_item"),
    *("list_objects_v2", "get_object", "complete_multipart_upload", "delete_object"),
    *("get_queue_url", "get_queue_attributes", "send_message_batch", "receive_message"),
    *("change_message_visibility", "delete_message"),
}


class Service:
    """Refuses everything, with the code that a test says for an operation, and notes it."""

    def __init__(self, **codes: str) -> None:
        self.codes = codes
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Any:
        def ask(**request: Any) -> Any:
            self.asked.append((operation, request))
            if operation == "get_queue_url" and operation not in self.codes:
                return {"QueueUrl": request["QueueName"]}
            raise refusal(400, self.codes.get(operation, HARMLESS[0]))

        return ask


def before(role: Role = "worker", **services: Any) -> Patient:
    """A patient before services that refuse everything, but for these."""
    clients = SimpleNamespace(**{"dynamodb": Service(), "s3": Service(), "sqs": Service(), **services})
    return patient(clients=clients, role=role)


def lacking(role: Role, service: str, operation: str, code: str = "AccessDenied") -> set[str]:
    """What is found where the role may not do this."""
    findings = list(permissions.check(before(role, **{service: Service(**{operation: code})})))
    assert {finding.code for finding in findings} <= {"not_allowed"}
    return {finding.subject for finding in findings}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("code", HARMLESS)
def test_whoever_is_refused_for_another_reason_may_do_it(code: str, role: Role):
    class Other(Service):
        def __getattr__(self, operation: str) -> Any:
            self.codes.setdefault(operation, code) if operation != "get_queue_url" else None
            return super().__getattr__(operation)

    allowed = before(role, dynamodb=Other(), s3=Other(), sqs=Other())

    assert list(permissions.check(allowed)) == []


TABLE, QUEUE, DLQ = "sayline-dev", "sayline-dev-tts", "sayline-dev-tts-dlq"
REUSED, OWNED = "reuse/tts/", hashlib.sha256(b"sayline-doctor").hexdigest()[:32]
CONVERSATIONS, COLLECTIONS = f"users/{OWNED}/conversations/", f"users/{OWNED}/collections/"
#: What each part of Sayline calls, and cannot work without.
NEEDED: list[tuple[Role, str, str, set[str]]] = [
    *((role, "dynamodb", "get_item", {f"dynamodb:GetItem on {TABLE}"}) for role in ROLES),
    *((role, "dynamodb", "update_item", {f"dynamodb:UpdateItem on {TABLE}"}) for role in ROLES),
    ("worker", "dynamodb", "put_item", {f"dynamodb:PutItem on {TABLE}"}),
    ("worker", "dynamodb", "delete_item", {f"dynamodb:DeleteItem on {TABLE}"}),
    ("worker", "dynamodb", "query", {f"dynamodb:Query on {TABLE}"}),
    ("clock", "dynamodb", "query", {f"dynamodb:Query on index open of {TABLE}"}),
    ("api", "dynamodb", "query", {f"dynamodb:Query on {TABLE}", f"dynamodb:Query on index by_owner of {TABLE}"}),
    ("api", "dynamodb", "batch_get_item", {f"dynamodb:BatchGetItem on {TABLE}"}),
    ("operator", "dynamodb", "batch_get_item", {f"dynamodb:BatchGetItem on {TABLE}"}),
    ("operator", "dynamodb", "scan", {f"dynamodb:Scan on {TABLE}"}),
    ("worker", "s3", "list_objects_v2", {f"s3:ListBucket on {TABLE}"}),
    ("operator", "s3", "list_objects_v2", {f"s3:ListBucket on {TABLE}"}),
    (
        "worker",
        "s3",
        "complete_multipart_upload",
        {f"s3:PutObject on {TABLE}/{prefix}" for prefix in ("tts/", REUSED, CONVERSATIONS, COLLECTIONS)},
    ),
    (
        "worker",
        "s3",
        "delete_object",
        {f"s3:DeleteObject on {TABLE}/{prefix}" for prefix in ("tts/", CONVERSATIONS, COLLECTIONS)},
    ),
    (
        "api",
        "s3",
        "complete_multipart_upload",
        {
            f"s3:PutObject on {TABLE}/{prefix}"
            for prefix in ("requests/", "uploads/", "user-audio/", CONVERSATIONS, COLLECTIONS)
        },
    ),
    ("operator", "s3", "delete_object", {f"s3:DeleteObject on {TABLE}/requests/"}),
    ("worker", "sqs", "receive_message", {f"sqs:ReceiveMessage on {QUEUE}"}),
    ("worker", "sqs", "delete_message", {f"sqs:DeleteMessage on {QUEUE}"}),
    ("worker", "sqs", "change_message_visibility", {f"sqs:ChangeMessageVisibility on {QUEUE}"}),
    ("worker", "sqs", "send_message_batch", {f"sqs:SendMessage on {QUEUE}", f"sqs:SendMessage on {DLQ}"}),
    ("worker", "sqs", "get_queue_url", {f"sqs:GetQueueUrl on {QUEUE}", f"sqs:GetQueueUrl on {DLQ}"}),
    ("api", "sqs", "send_message_batch", {f"sqs:SendMessage on {QUEUE}"}),
    ("api", "sqs", "get_queue_attributes", {f"sqs:GetQueueAttributes on {QUEUE}"}),
    ("clock", "sqs", "get_queue_attributes", {f"sqs:GetQueueAttributes on {QUEUE}"}),
    ("operator", "sqs", "receive_message", {f"sqs:ReceiveMessage on {DLQ}"}),
    ("operator", "sqs", "delete_message", {f"sqs:DeleteMessage on {DLQ}"}),
    ("operator", "sqs", "change_message_visibility", {f"sqs:ChangeMessageVisibility on {DLQ}"}),
    ("operator", "sqs", "send_message_batch", {f"sqs:SendMessage on {QUEUE}", f"sqs:SendMessage on {DLQ}"}),
]


@pytest.mark.parametrize(("role", "service", "operation", "subjects"), NEEDED)
def test_what_a_role_may_not_do_is_named(role: Role, service: str, operation: str, subjects: set[str]):
    assert lacking(role, service, operation) == subjects


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "AuthorizationError", "403"])
def test_a_missing_right_has_many_names(code: str):
    assert lacking("clock", "dynamodb", "get_item", code) == {f"dynamodb:GetItem on {TABLE}"}


@pytest.mark.parametrize(
    ("role", "service", "operation"),
    [
        ("api", "sqs", "receive_message"),
        ("clock", "s3", "get_object"),
        ("worker", "dynamodb", "scan"),
        ("clock", "s3", "list_objects_v2"),
    ],
)
def test_a_role_is_not_asked_for_what_others_need(role: Role, service: str, operation: str):
    assert lacking(role, service, operation) == set()


def test_the_api_deletes_pictures_and_no_other_kinds_files():
    role: Role = "api"
    refuses = before(role, s3=Service(delete_object="AccessDenied"))
    findings = permissions.check(Patient(**{**vars(refuses), "kinds": ["image", "picture", "tts"]}))

    pictured = ("image/", "picture/", "reuse/image/", "reuse/picture/")
    assert {finding.subject.rpartition(" ")[2] for finding in findings} == {
        f"{TABLE}/{prefix}" for prefix in ("requests/", *pictured, CONVERSATIONS, COLLECTIONS)
    }


def test_who_may_delete_need_not_read():
    class Bucket(Service):
        def delete_object(self, *, IfMatch: str, **_: Any) -> Any:  # noqa: N803 - as boto3 has it
            raise refusal(400, "NoSuchKey" if IfMatch == "*" else "AccessDenied")  # it compares what it may not read

    may_delete = before("api", s3=Bucket(get_object="AccessDenied"))
    found = permissions.check(Patient(**{**vars(may_delete), "kinds": ["image", "picture"]}))

    assert {finding.subject.partition(" ")[0] for finding in found} == {"s3:GetObject"}


def test_a_worker_reads_the_files_of_all_kinds_as_a_request_may_name_them():
    read = lacking("worker", "s3", "get_object")

    assert read >= {f"s3:GetObject on {TABLE}/{kind}/" for kind in registry()}
    assert read >= {f"s3:GetObject on {TABLE}/{prefix}" for prefix in ("requests/", "uploads/", CONVERSATIONS)}


@pytest.mark.parametrize("role", ROLES)
def test_no_probe_can_change_anything(role: Role):
    table, bucket, queues = Service(), Service(), Service()

    assert list(permissions.check(before(role, dynamodb=table, s3=bucket, sqs=queues))) == []

    for name, request in table.asked:
        if name in {"put_item", "update_item", "delete_item"}:
            assert request["ConditionExpression"] == "attribute_exists(pk)"
            assert "UpdateExpression" not in request
    for name, request in bucket.asked:
        assert request.get("UploadId") == "sayline-doctor" or name != "complete_multipart_upload"
        assert request.get("IfMatch") == "*" or name != "delete_object"
        assert request.get("Key", "/sayline-doctor").endswith("/sayline-doctor")
    for name, request in queues.asked:
        assert request.get("Entries") == [] or name != "send_message_batch"
        assert request.get("ReceiptHandle", "sayline-doctor") == "sayline-doctor"
        assert request.get("MaxNumberOfMessages") == 11 or name != "receive_message"
    asked = {name for service in (table, bucket, queues) for name, _ in service.asked}
    assert asked <= HARMLESS_REQUESTS


def test_a_network_that_is_down_ends_the_probes_at_once():
    asked = []

    class Out:
        def __getattr__(self, operation: str) -> Any:
            def ask(**_: Any) -> Any:
                asked.append(operation)
                time.sleep(2 * (len(asked) > 1))  # a time-out
                raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")

            return ask

    with pytest.raises(EndpointConnectionError):
        list(permissions.check(before(dynamodb=Out(), s3=Out())))

    assert len(asked) <= 20, "of fifty"


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
    looked_at = before(dynamodb=Dated(ours, ahead_s=ahead_s, takes_s=takes_s, refuses=refuses))
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

    assert list(clock.check(before(dynamodb=no_date))) == []


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
    looked_at = Patient(**{**vars(before()), "clock": ours})
    looked_at.workforce.say(sign(ours, "there:1", **fields))

    assert [finding.code for finding in workforce.check(looked_at)] == codes
