"""The AWS adapters on a wire of the test's own: what they ask for, and what they make of the answers.

botocore builds and reads everything itself; only the sending is replaced, so nothing needs a socket. What an emulator
can't show stands here: eventually consistent reads, pages, conflicts of transactions, partial failures.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from hypothesis import given
from hypothesis import strategies as st

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.dynamodb.items import from_item, job_key, to_item
from ops.aws.errors import reason, translated
from ops.aws.objects import S3ObjectStore
from ops.aws.queues import SqsQueues
from ops.settings import Settings
from schemas import moves
from schemas.envelope import Envelope, from_message
from schemas.errors import NotSentError, RefusedError, UnavailableError
from schemas.job import CountAfter, Job, JobError, Lease, open_shards, parked_shard
from tests.conftest import ManualClock, new_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.move import Move

SETTINGS = Settings(_env_file=None, long_poll_s=20)
NOW = ManualClock().now
ERROR = JobError(code="engine_crashed", message="The engine crashed.", retryable=True)


class _Raw:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, **_: object) -> Any:
        yield self.body

    def read(self, *_: object) -> bytes:
        body, self.body = self.body, b""
        return body


class Wire:
    """Notes every request's parameters, and answers with what it was given, the last answer again and again."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.answers: list[tuple[int, Any]] = [(200, {})]

    def attach(self, client: Any) -> Any:
        client.meta.events.register("before-parameter-build.*.*", self._note)
        client.meta.events.register("before-send.*.*", self._answer)
        return client

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.asked.append((model.name, dict(params)))

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers: Any = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, status, headers, _Raw(data))

    def params(self, operation: str) -> list[dict[str, Any]]:
        return [params for name, params in self.asked if name == operation]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def store(wire: Wire) -> DynamoJobStore:
    return DynamoJobStore(wire.attach(Clients(SETTINGS).dynamodb), "table")


@pytest.fixture
def queues(wire: Wire) -> SqsQueues:
    return SqsQueues(wire.attach(Clients(SETTINGS).sqs), SETTINGS)


@pytest.fixture
def objects(wire: Wire) -> S3ObjectStore:
    return S3ObjectStore(wire.attach(Clients(SETTINGS).s3), "bucket")


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between tries, which take no time here."""
    made: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", made.append)
    return made


def refusal(code: str, **more: object) -> tuple[int, dict[str, object]]:
    return 400, {"__type": f"com.amazonaws#{code}", "message": "", **more}


def job_a(**fields: object) -> Job:
    return new_job("a", ManualClock(), **fields)  # type: ignore[arg-type]


def finished() -> Job:
    after = {name: CountAfter(name=name, by=1, day="2026-11-21") for name in ("n", "m")}
    return job_a(status="succeeded", after=after)


def claim() -> Move:
    return moves.claim("a", epoch=0, lease=Lease(token="t", until=NOW, worker="w"), now=NOW)


# --- errors ---


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "AnyOperation")


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AWS.SimpleQueueService.NonExistentQueue",
        "ExpiredTokenException",
        "InternalServerError",
        "NoSuchBucket",
        "ProvisionedThroughputExceededException",
        "ResourceNotFoundException",
        "SlowDown",
        "ThrottlingException",
        "TransactionCanceledException",
        "UnrecognizedClientException",
    ],
)
def test_an_error_that_may_pass_is_one_of_reach(code: str):
    with pytest.raises(UnavailableError, match=code), translated("S3"):
        raise client_error(code)


@pytest.mark.parametrize(
    "code",
    [
        "InvalidParameterValue",
        "InvalidRequest",
        "MalformedPolicyDocument",
        "SerializationException",
        "ValidationError",
        "ValidationException",
    ],
)
def test_a_request_that_is_wrong_in_itself_is_seen_as_the_defect_that_it_is(code: str):
    with pytest.raises(ClientError), translated("S3"):
        raise client_error(code)


def test_a_parameter_that_botocore_refuses_is_a_defect_and_a_broken_connection_is_none():
    with pytest.raises(ParamValidationError), translated("SQS"):
        raise ParamValidationError(report="")
    with pytest.raises(UnavailableError, match="EndpointConnectionError"), translated("SQS"):
        raise EndpointConnectionError(endpoint_url="http://nowhere")


def test_an_error_that_was_translated_before_keeps_its_reason():
    assert reason(UnavailableError("SQS", "ReadTimeoutError")) == "ReadTimeoutError"


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.create(job_a()),
        lambda store: store.get("a"),
        lambda store: store.apply(claim()),
        lambda store: store.withdraw(new_job("a", ManualClock())),
        lambda store: store.list_by_owner("mina", limit=1),
        lambda store: list(store.due_for_check("tts", now=NOW)),
        lambda store: store.first_check(["tts#0"], by=NOW),
        lambda store: store.count_open("tts", at_most=1),
        lambda store: store.postpone_check(job_a(), NOW),
        lambda store: store.complete_after(finished(), "n"),
        lambda store: store.counter("mina", "2026-11-21", "n"),
        lambda store: store.acquire("clock", "me", now=NOW, ttl=timedelta(seconds=1)),
        lambda store: list(store.scan()),
    ],
)
def test_a_table_that_answers_no_request_is_out_of_reach(
    wire: Wire, store: DynamoJobStore, ask: Callable[[DynamoJobStore], object]
):
    wire.answers = [refusal("ResourceNotFoundException")]

    with pytest.raises(UnavailableError, match="DynamoDB is unavailable: ResourceNotFoundException"):
        ask(store)


@pytest.mark.parametrize(
    "ask",
    [
        lambda queues: queues.send(Envelope(job_id="a", kind="tts"), owner="mina"),
        lambda queues: queues.bury(Envelope(job_id="a", kind="tts"), error=ERROR, context={}),
        lambda queues: queues.depth("tts"),
    ],
)
@pytest.mark.parametrize("knows_url", [True, False])
def test_a_queue_that_answers_no_request_is_out_of_reach(
    wire: Wire, queues: SqsQueues, ask: Callable[[SqsQueues], object], *, knows_url: bool
):
    wire.answers = [refusal("AccessDenied")]
    if knows_url:
        wire.answers.insert(0, (200, {"QueueUrl": "http://sqs/q"}))

    with pytest.raises(UnavailableError, match="SQS is unavailable: AccessDenied"):
        ask(queues)


def test_a_queue_whose_url_can_not_be_asked_for_is_out_of_reach(wire: Wire, queues: SqsQueues):
    wire.answers = [refusal("AccessDenied")]

    with pytest.raises(UnavailableError, match="SQS is unavailable: AccessDenied"):
        queues.url("q")


@pytest.mark.parametrize(
    "ask",
    [
        lambda objects: objects.put("k", b"", mime="x"),
        lambda objects: objects.get("k"),
        lambda objects: objects.delete(["k"]),
        lambda objects: list(objects.keys("k")),
    ],
)
def test_a_bucket_that_answers_no_request_is_out_of_reach(
    wire: Wire, objects: S3ObjectStore, ask: Callable[[S3ObjectStore], object]
):
    wire.answers = [(403, b"<Error><Code>AccessDenied</Code></Error>")]

    with pytest.raises(UnavailableError, match="S3 is unavailable: AccessDenied"):
        ask(objects)


# --- DynamoDB ---


def test_what_is_decided_upon_is_read_strongly_consistent(wire: Wire, store: DynamoJobStore):
    store.get("a")
    store.counter("mina", "2026-11-21", "n")
    wire.answers = [(200, {"Items": []})]
    list(store.scan())

    assert [params.get("ConsistentRead") for _, params in wire.asked] == [True, True, True]


def test_the_audit_reads_records_alone(wire: Wire, store: DynamoJobStore):
    wire.answers = [(200, {"Items": []})]

    list(store.scan())

    (params,) = wire.params("Scan")
    assert params["FilterExpression"] == "#sk = :v0"
    assert params["ExpressionAttributeValues"] == {":v0": {"S": "record"}}


@given(milliseconds=st.integers(0, 4_000_000_000_000))
def test_a_time_comes_back_to_the_millisecond(milliseconds: int):
    time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    job = job_a(created_at=time, next_check_at=time, lease=Lease(token="t", until=time, worker="w"))

    item = to_item(job)

    assert item["next_check_at"] == {"N": str(milliseconds)}
    assert from_item(item) == job


def test_a_record_expires_at_a_second_as_the_time_to_live_wants_it():
    item = to_item(job_a(expires_at=datetime(2026, 12, 21, 9, 0, tzinfo=UTC)))

    assert item["expires_at"] == {"N": "1797843600"}


def test_only_what_is_due_is_read_of_the_index(wire: Wire, store: DynamoJobStore):
    wire.answers = [(200, {"Items": []})]

    list(store.due_for_check("tts", now=NOW))

    asked = wire.params("Query")
    assert {params["ExpressionAttributeValues"][":v0"]["S"] for params in asked} == {
        *open_shards("tts"),
        parked_shard("tts"),
    }
    assert {params["KeyConditionExpression"] for params in asked} == {"#open_shard = :v0 AND #next_check_at <= :v1"}


def test_the_earliest_check_costs_a_request_and_an_item_of_each_partition(wire: Wire, store: DynamoJobStore):
    key = {"pk": {"S": "job#a"}, "sk": {"S": "record"}, "next_check_at": {"N": "0"}}
    wire.answers = [(200, {"Items": [key], "LastEvaluatedKey": key})]

    assert store.first_check(open_shards("tts"), by=NOW) == datetime(1970, 1, 1, tzinfo=UTC)

    assert [params["Limit"] for params in wire.params("Query")] == [1] * len(open_shards("tts"))


def test_what_the_index_names_is_looked_at_before_it_is_due(wire: Wire, store: DynamoJobStore):
    """The index is behind the table: its jobs may be done, postponed or gone by now."""
    late = job_a(next_check_at=NOW)
    done, postponed = (
        job_a(next_check_at=None).model_copy(update={"id": "b"}),
        job_a(next_check_at=NOW + timedelta(milliseconds=1)).model_copy(update={"id": "c"}),
    )
    keys = [{**job_key(job_id), "next_check_at": {"N": "0"}} for job_id in ("a", "b", "c", "gone")]
    records = {store._table: [to_item(record) for record in (done, postponed, late)]}  # noqa: SLF001 - as AWS names it
    wire.answers = [(200, {"Items": keys}), *[(200, {"Items": []})] * len(open_shards("tts"))]
    wire.answers += [(200, {"Responses": records, "UnprocessedKeys": {}})]

    assert list(store.due_for_check("tts", now=NOW)) == [late]


def test_what_is_due_is_read_a_hundred_at_a_time_and_the_earliest_first(wire: Wire, store: DynamoJobStore):
    shards = len(open_shards("tts")) + 1
    pages = [
        [{**job_key(f"{shard}-{at}"), "next_check_at": {"N": str(at)}} for at in range(30)] for shard in range(shards)
    ]
    wire.answers = [(200, {"Items": page}) for page in pages]
    wire.answers += [(200, {"Responses": {}, "UnprocessedKeys": {}})]

    assert list(store.due_for_check("tts", now=NOW)) == []

    read = [keys["Keys"] for params in wire.params("BatchGetItem") for keys in params["RequestItems"].values()]
    assert [len(keys) for keys in read] == [100, shards * 30 - 100]
    ats = [int(key["pk"]["S"].rpartition("-")[2]) for keys in read for key in keys]
    assert ats == sorted(ats)


def test_an_index_is_read_to_its_last_page(wire: Wire, store: DynamoJobStore):
    key = {"pk": {"S": "job#a"}, "sk": {"S": "record"}}
    page = {"Items": [key] * 3, "LastEvaluatedKey": {**key, "open_shard": {"S": "tts#0"}, "next_check_at": {"N": "1"}}}
    wire.answers = [(200, page), (200, {"Items": [key]}), (200, {"Items": []})]

    assert store.count_open("tts", at_most=100) == 4
    assert len(wire.asked) == 1 + len(open_shards("tts"))


def test_no_more_is_read_than_is_counted(wire: Wire, store: DynamoJobStore):
    key = {"pk": {"S": "job#a"}, "sk": {"S": "record"}}
    page = {"Items": [key] * 3, "LastEvaluatedKey": {**key, "open_shard": {"S": "tts#0"}, "next_check_at": {"N": "1"}}}
    wire.answers = [(200, page)]

    assert store.count_open("tts", at_most=5) == 5
    assert len(wire.asked) == 2


def test_a_refusal_that_comes_without_its_record_is_no_acceptance(wire: Wire, store: DynamoJobStore):
    wire.answers = [refusal("ConditionalCheckFailedException")]

    with pytest.raises(UnavailableError):
        store.create(job_a())


def test_a_refused_move_tells_the_record_as_it_stood(wire: Wire, store: DynamoJobStore):
    wire.answers = [refusal("ConditionalCheckFailedException", Item=to_item(job_a(epoch=1)))]

    with pytest.raises(RefusedError) as refused:
        store.apply(claim())

    assert refused.value.existing == job_a(epoch=1)
    assert len(wire.asked) == 1


def test_a_transaction_that_lost_its_race_is_told_from_one_that_met_another(wire: Wire, store: DynamoJobStore):
    lost = [{"Code": "ConditionalCheckFailed"}, {"Code": "None"}]
    conflict = [{"Code": "None"}, {"Code": "TransactionConflict"}]
    wire.answers = [refusal("TransactionCanceledException", CancellationReasons=lost)]
    assert store.complete_after(finished(), "n") is None

    wire.answers = [refusal("TransactionCanceledException", CancellationReasons=conflict)]
    with pytest.raises(UnavailableError):
        store.complete_after(finished(), "n")


def test_counting_and_its_entrys_removal_are_one_transaction(wire: Wire, store: DynamoJobStore):
    left = store.complete_after(finished(), "n")

    assert left is not None
    assert left.after.keys() == {"m"}
    ((name, params),) = wire.asked
    assert name == "TransactWriteItems"
    removal, count = (item["Update"] for item in params["TransactItems"])
    assert "size(#after) = " in removal["ConditionExpression"]
    assert count["UpdateExpression"] == "ADD #n :by"


# --- S3 ---


def test_an_object_that_could_not_be_deleted_is_not_passed_over(wire: Wire, objects: S3ObjectStore):
    error = b"<Error><Key>k</Key><Code>InternalError</Code></Error>"
    wire.answers = [(200, b"<DeleteResult>" + error + b"</DeleteResult>")]

    with pytest.raises(UnavailableError, match="InternalError"):
        objects.delete(["k"])


def test_any_number_of_objects_is_deleted_a_thousand_at_a_time(wire: Wire, objects: S3ObjectStore):
    wire.answers = [(200, b"<DeleteResult/>")]

    objects.delete([str(n) for n in range(2500)])

    batches = [params["Delete"]["Objects"] for params in wire.params("DeleteObjects")]
    assert [len(batch) for batch in batches] == [1000, 1000, 500]
    assert {entry["Key"] for batch in batches for entry in batch} == {str(n) for n in range(2500)}


def test_an_object_is_written_with_its_type(wire: Wire, objects: S3ObjectStore):
    wire.answers = [(200, b"")]

    objects.put("k", b"sound", mime="audio/mpeg")

    (params,) = wire.params("PutObject")
    assert (params["Bucket"], params["Key"], params["ContentType"]) == ("bucket", "k", "audio/mpeg")


def records(*jobs: Job, left_out: tuple[Job, ...] = ()) -> tuple[int, dict[str, object]]:
    """An answer to BatchGetItem."""
    keys = [{name: to_item(job)[name] for name in ("pk", "sk")} for job in left_out]
    unread = {"table": {"Keys": keys}} if keys else {}
    return 200, {"Responses": {"table": [to_item(job) for job in jobs]}, "UnprocessedKeys": unread}


def owned(clock: ManualClock, count: int) -> tuple[list[Job], tuple[int, dict[str, object]]]:
    """Jobs of an owner, and the index's answer that names them."""
    jobs = [new_job(f"job-{n}", clock) for n in range(count)]
    return jobs, (200, {"Items": [{name: to_item(job)[name] for name in ("pk", "sk")} for job in jobs]})


def test_records_that_a_busy_table_leaves_out_are_read_after_a_pause(
    wire: Wire, store: DynamoJobStore, clock: ManualClock, pauses: list[float]
):
    jobs, index = owned(clock, 3)
    wire.answers = [
        index,
        records(jobs[0], left_out=(jobs[1], jobs[2])),
        records(jobs[2], left_out=(jobs[1],)),
        records(jobs[1]),
    ]

    assert store.list_by_owner("mina", limit=3) == jobs

    assert [len(params["RequestItems"]["table"]["Keys"]) for params in wire.params("BatchGetItem")] == [3, 2, 1]
    assert len(pauses) == 2


def test_a_table_that_leaves_records_out_again_and_again_is_out_of_reach(
    wire: Wire, store: DynamoJobStore, clock: ManualClock, pauses: list[float]
):
    jobs, index = owned(clock, 1)
    wire.answers = [index, records(left_out=(jobs[0],))]

    with pytest.raises(UnavailableError, match="DynamoDB is unavailable: UnprocessedKeys"):
        store.list_by_owner("mina", limit=1)

    assert len(pauses) == 7
    assert max(pauses) <= 2


def test_a_read_that_is_refused_is_not_tried_again_beyond_the_clients_own_tries(
    wire: Wire, store: DynamoJobStore, clock: ManualClock, pauses: list[float]
):
    wire.answers = [owned(clock, 1)[1], refusal("AccessDeniedException")]

    with pytest.raises(UnavailableError):
        store.list_by_owner("mina", limit=1)

    assert pauses == []


# --- SQS ---


def test_an_owners_messages_are_a_group_that_does_not_name_the_owner(wire: Wire, queues: SqsQueues):
    wire.answers = [(200, {"QueueUrl": "http://sqs/q", "MessageId": "m"})]

    for owner in ("mina", "mina", "juno"):
        queues.send(Envelope(job_id="a", kind="tts"), owner=owner)

    first, again, other = (params["MessageGroupId"] for params in wire.params("SendMessage"))
    assert first == again != other
    assert "mina" not in first


def test_a_queues_url_is_asked_for_once(wire: Wire, queues: SqsQueues):
    wire.answers = [(200, {"QueueUrl": "http://sqs/q", "MessageId": "m"})]

    for _ in range(3):
        queues.send(Envelope(job_id="a", kind="tts"), owner="mina")

    assert len(wire.params("GetQueueUrl")) == 1


def test_a_dead_letters_body_is_a_message_of_its_kinds_queue(wire: Wire, queues: SqsQueues):
    """So that a redrive by SQS itself, which moves the message as it is, puts a message there that runs."""
    wire.answers = [(200, {"QueueUrl": "http://sqs/q", "MessageId": "m"})]

    queues.send(Envelope(job_id="a", kind="tts"), owner="mina")
    queues.bury(Envelope(job_id="a", kind="tts"), error=ERROR, context={})

    sent, dead = wire.params("SendMessage")
    assert dead["MessageBody"] == sent["MessageBody"]
    assert [params["QueueName"] for params in wire.params("GetQueueUrl")] == ["sayline-dev-tts", "sayline-dev-tts-dlq"]


def test_a_queue_holds_what_is_visible_in_flight_and_delayed(wire: Wire, queues: SqsQueues):
    name = "ApproximateNumberOfMessages"
    attributes = {name: "1", f"{name}NotVisible": "20", f"{name}Delayed": "300"}
    wire.answers = [(200, {"QueueUrl": "http://sqs/q"}), (200, {"Attributes": attributes})]

    assert queues.depth("tts") == 321


def batch_of(count: int, kind: str = "tts") -> list[tuple[Envelope, str]]:
    return [(Envelope(job_id=f"job-{n}", kind=kind), "mina") for n in range(count)]


def sent_ids(wire: Wire) -> list[list[str]]:
    """The jobs of each request's messages."""
    asked = [params["Entries"] for params in wire.params("SendMessageBatch")]
    return [[from_message(entry["MessageBody"]).job_id for entry in entries] for entries in asked]


def failed(*ids: str) -> tuple[int, dict[str, object]]:
    entries = [{"Id": one, "Code": "InternalError", "SenderFault": False} for one in ids]
    return 200, {"Successful": [], "Failed": entries}


URL_OF_QUEUE = (200, {"QueueUrl": "http://sqs/q"})
ALL_TAKEN: tuple[int, dict[str, object]] = (200, {"Successful": []})


def test_a_batch_is_sent_by_tens_as_single_messages_would_be(wire: Wire, queues: SqsQueues):
    wire.answers = [URL_OF_QUEUE, (200, {"MessageId": "m"}), ALL_TAKEN]
    queues.send(Envelope(job_id="job-0", kind="tts"), owner="mina")

    queues.send_batch(batch_of(23))

    assert [len(ids) for ids in sent_ids(wire)] == [10, 10, 3]
    assert [one for ids in sent_ids(wire) for one in ids] == [f"job-{n}" for n in range(23)]
    (single,), first = wire.params("SendMessage"), wire.params("SendMessageBatch")[0]["Entries"][0]
    assert {k: first[k] for k in ("MessageBody", "MessageGroupId")} == {
        k: single[k] for k in ("MessageBody", "MessageGroupId")
    }


def test_an_empty_batch_asks_for_nothing(wire: Wire, queues: SqsQueues):
    queues.send_batch([])

    assert wire.asked == []


def test_what_failed_of_a_batch_is_sent_again_alone(wire: Wire, queues: SqsQueues, pauses: list[float]):
    wire.answers = [URL_OF_QUEUE, failed("1", "3"), failed("3"), ALL_TAKEN]

    queues.send_batch(batch_of(5))

    assert sent_ids(wire)[1:] == [["job-1", "job-3"], ["job-3"]]
    assert len(pauses) == 2
    assert all(0 <= pause <= 2 for pause in pauses)


@pytest.mark.usefixtures("pauses")
def test_what_fails_for_good_is_named_and_the_rest_is_sent(wire: Wire, queues: SqsQueues):
    wire.answers = [URL_OF_QUEUE, *[failed("2")] * 4, ALL_TAKEN]

    with pytest.raises(NotSentError, match="SQS is unavailable: 1 of 12 messages were not sent") as raised:
        queues.send_batch(batch_of(12))

    assert [envelope.job_id for envelope in raised.value.unsent] == ["job-2"]
    assert sent_ids(wire)[-1] == ["job-10", "job-11"]


@pytest.mark.usefixtures("pauses")
def test_once_sqs_is_out_of_reach_no_more_is_asked_of_it(wire: Wire, queues: SqsQueues):
    wire.answers = [URL_OF_QUEUE, ALL_TAKEN, refusal("AccessDenied")]

    with pytest.raises(NotSentError) as raised:
        queues.send_batch(batch_of(35))

    assert [envelope.job_id for envelope in raised.value.unsent] == [f"job-{n}" for n in range(10, 35)]
    assert len(sent_ids(wire)) == 2


def test_a_batch_whose_queue_cannot_be_found_is_not_sent(wire: Wire, queues: SqsQueues):
    wire.answers = [refusal("QueueDoesNotExist")]

    with pytest.raises(NotSentError) as raised:
        queues.send_batch(batch_of(2))

    assert len(raised.value.unsent) == 2


@pytest.mark.parametrize("delay_s", [0, 900])
def test_a_message_is_delayed_as_long_as_was_asked_for(wire: Wire, queues: SqsQueues, delay_s: int):
    wire.answers = [(200, {"QueueUrl": "http://sqs/q", "MessageId": "m"})]

    queues.send(Envelope(job_id="a", kind="tts"), owner="mina", delay_s=delay_s)

    assert [params["DelaySeconds"] for params in wire.params("SendMessage")] == [delay_s]


# --- clients ---


@pytest.mark.parametrize("service", ["dynamodb", "s3", "sqs"])
def test_a_client_waits_so_long_and_tries_so_often(service: str):
    config = getattr(Clients(SETTINGS), service).meta.config

    assert config.connect_timeout == 3
    assert config.read_timeout == 10
    assert config.retries["mode"] == "standard"
    assert 3 <= config.retries["total_max_attempts"] <= 4


def test_a_url_is_presigned_with_the_fourth_version_and_names_its_bucket_in_the_path():
    url = S3ObjectStore(Clients(SETTINGS).s3, "bucket").url("k", expires_s=60, filename="f.mp3", mime="audio/mpeg")

    assert url.startswith("http://127.0.0.1:4566/bucket/k?")
    assert {"X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Expires=60", "response-content-type=audio%2Fmpeg"} <= set(
        url.partition("?")[2].split("&")
    )
