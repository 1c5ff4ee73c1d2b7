"""Planted faults are found, each as what it is, and nothing on a sound stack."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.queues import SqsQueues
from ops.clock import DUTY
from ops.doctor import CHECKS, Patient, examine
from ops.doctor.whole import patient
from ops.infra.deploy import deploy
from ops.roles import ROLES
from ops.timing import utc_now
from schemas.kinds import registry
from schemas.status import Status
from tests.conftest import new_job
from tests.emulated import emulator, free_port
from tests.operating import sign
from workers.process import InspectedEngines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ops.roles import Role
    from ops.settings import Settings
    from schemas.job import Job

#: Whoever has looked may have left nothing.
EMPTY = {"objects": 0, "items": 0, "messages": 0}
SERVER = {"transcription": "openai"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An emulator of these tests' own, for they fill it with stacks."""
    with emulator(tmp_path_factory.mktemp("doctor")) as settings:
        yield settings


@pytest.fixture
def sound(stack: Settings) -> Patient:
    """A sound stack of the test's own: it may break it."""
    settings = stack.model_copy(update={"environment": f"d{uuid4().hex[:8]}"})
    deploy(settings, Clients(settings))
    return seen(settings)


def seen(settings: Settings, role: Role = "operator", **fields: Any) -> Patient:
    engines = InspectedEngines(settings)
    return replace(patient(settings, list(registry()), engines, role=role), versions={"celery": "5.7.0"}, **fields)


def found(patient: Patient) -> set[tuple[str, str]]:
    return {(finding.code, finding.subject) for finding in examine(patient)}


def attribute(patient: Patient, queue: str, **values: str) -> None:
    sqs: Any = patient.clients.sqs
    sqs.set_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], Attributes=values)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_found_on_a_sound_stack_and_nothing_is_left_there(sound: Patient, role: Role):
    sound = replace(sound, role=role)
    sound.workforce.say(sign(utc_now, "here:1"))
    sqs, settings = sound.clients.sqs, sound.settings
    url = sqs.get_queue_url(QueueName=settings.dlq_name("tts"))["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="a dead letter")
    try:
        assert list(examine(sound)) == []
    finally:
        sound.workforce.forget("here:1")
    clients = sound.clients
    queues = SqsQueues(sqs, settings)
    left = {
        "objects": clients.s3.list_objects_v2(Bucket=settings.bucket_name)["KeyCount"],
        "items": clients.dynamodb.scan(TableName=settings.table_name)["Count"],
        "messages": sum(queues.depth(kind) for kind in registry()),
    }
    assert left == EMPTY
    assert queues.depths(settings.dlq_name("tts")) == {"visible": 1, "in_flight": 0, "delayed": 0}


# --- what the stack may have: 1 to 5, and 11 ---


def test_1_a_queue_without_a_redrive_policy(sound: Patient):
    attribute(sound, f"{sound.settings.stack}-tts", RedrivePolicy="")

    assert found(sound) == {("no_redrive_policy", f"{sound.settings.stack}-tts")}


def test_2_a_visibility_that_is_too_short(sound: Patient):
    attribute(sound, f"{sound.settings.stack}-reply", VisibilityTimeout="20")

    [finding] = examine(sound)

    assert (finding.code, finding.subject) == ("visibility_too_short", f"{sound.settings.stack}-reply")
    assert "20 s, and should be for 60" in finding.detail
    assert "sayline deploy" in finding.remedy


def test_3_a_wrong_retention(sound: Patient):
    attribute(sound, f"{sound.settings.stack}-tts", MessageRetentionPeriod="3600")

    assert found(sound) == {("wrong_retention", f"{sound.settings.stack}-tts")}


def test_4_a_public_bucket(sound: Patient):
    sound.clients.s3.delete_public_access_block(Bucket=sound.settings.stack)

    assert found(sound) == {("public_bucket", f"public access block of bucket {sound.settings.stack}")}


def test_4_a_bucket_that_is_half_public(sound: Patient):
    block: Any = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls"), True)
    half: Any = {**block, "RestrictPublicBuckets": False}
    sound.clients.s3.put_public_access_block(Bucket=sound.settings.stack, PublicAccessBlockConfiguration=half)

    assert {code for code, _ in found(sound)} == {"public_bucket"}


def test_5_a_missing_index(sound: Patient):
    table: Any = sound.clients.dynamodb.describe_table(TableName=sound.settings.stack)["Table"]
    [by_owner] = [index for index in table["GlobalSecondaryIndexes"] if index["IndexName"] == "by_owner"]
    _remake_table(sound, table, [by_owner])

    findings = {finding.subject: finding for finding in examine(sound)}

    assert findings[f"indexes of table {sound.settings.stack}"].code == "missing_index"
    assert findings[f"indexes of table {sound.settings.stack}"].detail == "Missing: open."


def _remake_table(patient: Patient, table: Any, indexes: list[Any]) -> None:
    client: Any = patient.clients.dynamodb
    client.delete_table(TableName=patient.settings.stack)
    keys = {key["AttributeName"] for schema in (table, *indexes) for key in schema["KeySchema"]}
    kept = ("IndexName", "KeySchema", "Projection")
    client.create_table(
        TableName=patient.settings.stack,
        KeySchema=table["KeySchema"],
        AttributeDefinitions=[each for each in table["AttributeDefinitions"] if each["AttributeName"] in keys],
        GlobalSecondaryIndexes=[{key: index[key] for key in kept} for index in indexes],
        BillingMode="PAY_PER_REQUEST",
    )


def test_11_a_dead_letter_queue_that_forgets_before_the_records_do(sound: Patient):
    attribute(sound, f"{sound.settings.stack}-tts-dlq", MessageRetentionPeriod=str(4 * 86_400))

    [finding] = examine(sound)

    assert (finding.code, finding.subject) == ("dlq_retention_too_short", f"{sound.settings.stack}-tts-dlq")
    assert "4 days, not 14" in finding.detail


def test_a_stack_that_is_not_there_is_found_resource_by_resource(sound: Patient):
    elsewhere = sound.settings.model_copy(update={"environment": "other"})

    codes = Counter(code for code, _ in found(seen(elsewhere)))

    assert codes["missing_queue"] == 2 * len(registry())
    assert codes["missing_table"] == codes["missing_bucket"] == 1


# --- what the machine and the settings may have: 6 to 10 ---


@pytest.mark.parametrize(
    ("seconds", "said"), [(60, "ahead"), (9, "ahead"), (-60, "behind"), (-9, "behind"), (3, None), (-3, None)]
)
def test_6_a_clock_that_differs(stack: Settings, seconds: int, said: str | None):
    findings = list(examine(seen(stack, clock=lambda: utc_now() + timedelta(seconds=seconds)), ["clock"]))

    assert [finding.code for finding in findings] == (["clock_skew"] if said else [])
    assert all(f"s {said} of AWS's" in finding.detail for finding in findings)


def test_7_a_secret_that_is_not_there(stack: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SAYLINE_TEST_KEY", raising=False)
    options = {"openai": {"model": "whisper-1", "api_key": "env:SAYLINE_TEST_KEY"}}

    [finding] = examine(seen(with_server(stack, options)), ["engines"])

    assert (finding.code, finding.subject) == ("unresolvable_secret", "transcription")
    assert "env:SAYLINE_TEST_KEY" in finding.detail


def with_server(stack: Settings, options: dict[str, dict[str, Any]]) -> Settings:
    return stack.model_copy(update={"engines": {**stack.engines, **SERVER}, "engine_options": options})


@contextmanager
def listening(answer: bytes | None) -> Iterator[str]:
    """A server that answers so, or hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(10_000)
                    if answer:
                        connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"


def reply(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


@pytest.mark.parametrize("answer", [None, reply("502 Bad Gateway"), reply("503 Service Unavailable")])
def test_8_an_engine_that_is_dead(stack: Settings, answer: bytes | None):
    with listening(answer) as url:
        [finding] = examine(seen(with_server(stack, {"openai": {"model": "whisper-1", "base_url": url}})), ["engines"])

        assert (finding.code, finding.subject) == ("dead_engine", f"transcription: {url}")


def test_8_an_engine_that_nobody_listens_for(stack: Settings):
    url = f"http://127.0.0.1:{free_port()}/v1"

    [finding] = examine(seen(with_server(stack, {"openai": {"model": "whisper-1", "base_url": url}})), ["engines"])

    assert (finding.code, finding.detail) == ("dead_engine", "Nothing answers there: ConnectError.")


@pytest.mark.parametrize("status", ["200 OK", "401 Unauthorized", "404 Not Found", "500 Internal Server Error"])
def test_8_an_engine_that_answers_lives(stack: Settings, status: str):
    with listening(reply(status)) as url:
        alive = seen(with_server(stack, {"openai": {"model": "whisper-1", "base_url": url}}))

        assert list(examine(alive, ["engines"])) == []


VENDORS = [
    ("tts", "polly", {"endpoint_url": "{url}"}),
    ("transcription", "transcribe", {"endpoint_url": "{url}"}),
    ("analysis", "comprehend", {"endpoint_url": "{url}"}),
    ("reply", "anthropic", {"base_url": "{url}", "model": "m", "api_key": "env:PATH"}),
    ("reply", "openai-chat", {"base_url": "{url}", "model": "m"}),
    ("image", "openai-images", {"base_url": "{url}", "model": "m"}),
]


@pytest.mark.parametrize(("kind", "engine", "options"), VENDORS)
def test_8_every_vendor_is_asked_where_its_engine_calls_it(
    stack: Settings, kind: str, engine: str, options: dict[str, str]
):
    def codes(url: str) -> list[str]:
        there = {name: value.format(url=url) for name, value in options.items()}
        chosen = {"engines": {**stack.engines, kind: engine}, "engine_options": {engine: there}}
        return [finding.code for finding in examine(seen(stack.model_copy(update=chosen)), ["engines"])]

    with listening(reply("404 Not Found")) as url:
        assert codes(url) == []
    assert codes(f"http://127.0.0.1:{free_port()}") == ["dead_engine"]


def test_an_engine_that_cannot_be_made_is_found(stack: Settings):
    [finding] = examine(seen(with_server(stack, {"openai": {"modle": "whisper-1"}})), ["engines"])

    assert (finding.code, finding.subject) == ("engine_unfit", "transcription")


def test_9_a_library_of_an_unknown_version(stack: Settings):
    [finding] = examine(replace(seen(stack), versions={"celery": "5.7.0", "kombu": "5.8.0"}), ["versions"])

    assert (finding.code, finding.subject) == ("unknown_version", "kombu 5.8.0 here")
    assert "5.7.0 alone" in finding.detail


@pytest.mark.parametrize("environment", ["prod", "production", "prod-eu", "live"])
def test_10_an_emulator_under_production_settings(stack: Settings, environment: str):
    production = stack.model_copy(update={"environment": environment})

    [finding] = examine(seen(production), ["environment"])

    assert (finding.code, finding.subject) == ("emulator_in_production", "SAYLINE_AWS")


def test_10_amazons_own_that_is_led_to_an_emulator(stack: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:4566")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")

    subjects = {subject for _, subject in found_in("environment", stack.model_copy(update={"aws": "aws"}))}

    assert subjects == {"SQS", "AWS_ACCESS_KEY_ID"}


def found_in(check: str, settings: Settings) -> set[tuple[str, str]]:
    return {(finding.code, finding.subject) for finding in examine(seen(settings), [check])}


def test_10_amazons_own_is_sound(stack: Settings, monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")

    assert found_in("environment", stack.model_copy(update={"aws": "aws", "environment": "prod"})) == set()


# --- what other workers may have: 12 ---


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"registry": "another"}, "other_registry"),
        ({"versions": {"kombu": "5.8.0"}}, "unknown_version"),
        ({"registry": "another", "until": utc_now() - timedelta(seconds=1)}, None),  # it is gone
        ({}, None),
    ],
)
def test_12_a_worker_with_another_registry_or_library(stack: Settings, fields: dict[str, Any], code: str | None):
    patient = seen(stack)
    patient.workforce.say(sign(utc_now, "there:1", **fields))
    try:
        codes = [finding.code for finding in examine(patient)]
    finally:
        patient.workforce.forget("there:1")

    assert codes == ([code] if code else [])


# --- a clock that does not run ---


def minutes_ago(minutes: float) -> Any:
    return utc_now() - timedelta(minutes=minutes)


def put_job(patient: Patient, job_id: str, **fields: Any) -> Job:
    store = DynamoJobStore(patient.clients.dynamodb, patient.settings.table_name)
    clock: Any = utc_now
    job = new_job(job_id, clock, **fields)
    store.create(job)
    return job


def test_a_scheduled_job_that_nobody_releases_is_a_clock_that_is_silent(sound: Patient):
    put_job(sound, "due", status=Status.SCHEDULED, next_check_at=minutes_ago(5), due_at=minutes_ago(5))

    [finding] = examine(sound)

    assert (finding.code, finding.subject) == ("clock_silent", "the clock")
    assert "not looked for 5 minutes" in finding.detail
    assert list(examine(replace(sound, role="worker"), ["workers"])) == []  # it may not ask


@pytest.mark.parametrize("minutes", [-10, 0, 2])
def test_a_scheduled_job_that_is_hardly_due_says_nothing_about_the_clock(sound: Patient, minutes: int):
    at = minutes_ago(minutes)
    put_job(sound, "due", status=Status.SCHEDULED, next_check_at=at, due_at=at)

    assert list(examine(sound, ["workers"])) == []


def have_the_duty(sound: Patient, *, until: datetime) -> None:
    store = DynamoJobStore(sound.clients.dynamodb, sound.settings.table_name)
    assert store.acquire(DUTY, "there", now=until, ttl=timedelta())


def test_a_late_job_where_no_clock_has_ever_run_waits_for_one(sound: Patient):
    put_job(sound, "late", next_check_at=minutes_ago(20))
    assert found_by(sound, "workers") == ["clock_silent"]

    have_the_duty(sound, until=utc_now())

    assert found_by(sound, "workers") == []  # a clock leaves it alone while its queue is full


def test_a_clock_that_is_dead_is_missed_though_nothing_is_due(sound: Patient):
    have_the_duty(sound, until=minutes_ago(2))
    assert found_by(sound, "workers") == []

    have_the_duty(sound, until=minutes_ago(5))

    [finding] = examine(sound, ["workers"])
    assert finding.code == "clock_silent"
    assert "not looked for 5 minutes" in finding.detail


def found_by(patient: Patient, check: str) -> list[str]:
    return [finding.code for finding in examine(patient, [check])]


# --- permissions, by the errors that AWS answers with ---


def denied(*_: object, **__: object) -> Any:
    error: Any = {"Error": {"Code": "AccessDeniedException"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    raise ClientError(error, "AnyOperation")


@pytest.mark.parametrize(
    ("role", "service", "operation", "subject"),
    [
        ("worker", "dynamodb", "update_item", "dynamodb:UpdateItem on sayline-dev"),
        ("operator", "dynamodb", "batch_get_item", "dynamodb:BatchGetItem on sayline-dev"),
        ("clock", "dynamodb", "query", "dynamodb:Query on index open of sayline-dev"),
        ("operator", "s3", "complete_multipart_upload", "s3:PutObject on sayline-dev/requests/"),
        ("operator", "sqs", "receive_message", "sqs:ReceiveMessage on sayline-dev-tts-dlq"),
        ("worker", "sqs", "delete_message", "sqs:DeleteMessage on sayline-dev-tts"),
        ("api", "sqs", "get_queue_url", "sqs:GetQueueUrl on sayline-dev-tts"),
    ],
)
def test_what_the_role_may_not_do_is_found(stack: Settings, role: Role, service: str, operation: str, subject: str):
    patient = replace(seen(stack, role), kinds=["tts"])
    setattr(getattr(patient.clients, service), operation, denied)

    [finding] = examine(patient, ["permissions"])

    assert (finding.code, finding.subject) == ("not_allowed", subject)


def test_a_check_that_cannot_be_made_is_a_finding_and_the_others_are_made(stack: Settings):
    out = seen(stack.model_copy(update={"emulator_port": free_port(), "environment": "prod"}))

    codes = Counter(finding.code for finding in examine(out, CHECKS.keys() - {"engines"}))

    assert codes["emulator_in_production"] == 1
    assert codes["not_checked"] == 5


def test_every_finding_can_be_read_by_programs(stack: Settings):
    production = stack.model_copy(update={"environment": "prod"})

    documents = json.loads(json.dumps([finding.as_dict() for finding in examine(seen(production), ["environment"])]))

    assert [sorted(document) for document in documents] == [["code", "detail", "remedy", "subject"]]
