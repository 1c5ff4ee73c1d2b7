"""Each fault is seen by a real client as the error that it stands for."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import httpx2
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from ops.aws.clients import EMULATOR_CREDENTIALS
from tests.faults import Fault, FaultProxy, Injection
from tests.faults.refusals import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.settings import Settings

BLACK_HOLE_S = 5.0
PATIENCE_S = 0.5


@pytest.fixture
def proxy(local_aws: Settings) -> Iterator[FaultProxy]:
    with FaultProxy(local_aws.emulator_port) as proxy:
        yield proxy
        assert proxy.errors == []


def client(service: str, port: int, *, patience_s: float = 20) -> Any:
    """A client that tries once: what it sees is what the proxy did."""
    key, secret = EMULATOR_CREDENTIALS
    session = boto3.Session(region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret)
    config = Config(retries={"total_max_attempts": 1}, read_timeout=patience_s, s3={"addressing_style": "path"})
    return session.client(service, endpoint_url=f"http://127.0.0.1:{port}", config=config)  # type: ignore[call-overload]


@pytest.fixture
def sqs(proxy: FaultProxy) -> Any:
    return client("sqs", proxy.port)


@pytest.fixture
def queue(sqs: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    url = sqs.create_queue(QueueName=f"q-{abs(hash(request.node.name))}")["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


def depth(sqs: Any, queue: str) -> int:
    name = "ApproximateNumberOfMessages"
    return int(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"][name])


def on(operation: str, fault: Fault, seconds: float = 0.0):
    return lambda name: Injection(fault, seconds) if name == operation else Injection(Fault.NONE)


CALLS = {
    "sqs": ("SQS.ListQueues", lambda c: c.list_queues()),
    "dynamodb": ("DynamoDB.ListTables", lambda c: c.list_tables()),
    "s3": ("S3.ListBuckets", lambda c: c.list_buckets()),
}


@pytest.mark.parametrize(
    ("service", "fault", "status", "code"),
    [
        ("sqs", Fault.INTERNAL_ERROR, 500, "InternalFailure"),
        ("sqs", Fault.UNAVAILABLE, 503, "ServiceUnavailable"),
        ("sqs", Fault.EXPIRED_TOKEN, 403, "ExpiredTokenException"),
        ("sqs", Fault.THROTTLED, 403, "RequestThrottled"),
        ("dynamodb", Fault.INTERNAL_ERROR, 500, "InternalFailure"),
        ("dynamodb", Fault.EXPIRED_TOKEN, 403, "ExpiredTokenException"),
        ("dynamodb", Fault.THROTTLED, 400, "ProvisionedThroughputExceededException"),
        ("s3", Fault.UNAVAILABLE, 503, "ServiceUnavailable"),
        ("s3", Fault.EXPIRED_TOKEN, 400, "ExpiredToken"),
        ("s3", Fault.THROTTLED, 503, "SlowDown"),
    ],
)
def test_a_refusal_is_the_services_own_error(proxy: FaultProxy, service: str, fault: Fault, status: int, code: str):
    operation, call = CALLS[service]
    proxy.fault = on(operation, fault)

    with pytest.raises(ClientError) as caught:
        call(client(service, proxy.port))

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert caught.value.response["Error"]["Code"] == code
    proxy.fault = on(operation, Fault.NONE)
    call(client(service, proxy.port))


def test_a_reset_is_not_carried_out(proxy: FaultProxy, sqs: Any, queue: str):
    proxy.fault = on("SQS.SendMessage", Fault.RESET)

    with pytest.raises(ConnectionClosedError):
        sqs.send_message(QueueUrl=queue, MessageBody="lost")

    assert depth(sqs, queue) == 0


def test_a_lost_answer_is_carried_out_and_told(proxy: FaultProxy, sqs: Any, queue: str):
    lost: list[bytes] = []
    proxy.on_lost = lambda request: lost.append(request.body)
    proxy.fault = on("SQS.SendMessage", Fault.ANSWER_LOST)

    with pytest.raises(ConnectionClosedError):
        sqs.send_message(QueueUrl=queue, MessageBody="there")

    assert depth(sqs, queue) == 1
    assert [b"there" in body for body in lost] == [True]


@pytest.mark.parametrize(("fault", "sent"), [(Fault.RESET, 0), (Fault.ANSWER_LOST, 1)])
def test_what_is_done_at_a_faults_moment_comes_before_or_after_the_write(
    proxy: FaultProxy, sqs: Any, queue: str, fault: Fault, sent: int
):
    directly = client("sqs", proxy.target_port)
    found: list[int] = []
    injection = Injection(fault, act=lambda: found.append(depth(directly, queue)))
    proxy.fault = lambda name: injection if name == "SQS.SendMessage" else Fault.NONE

    with pytest.raises(ConnectionClosedError):
        sqs.send_message(QueueUrl=queue, MessageBody="x")

    assert found == [sent]


def test_a_black_hole_is_a_time_out_and_not_carried_out(proxy: FaultProxy, sqs: Any, queue: str):
    proxy.fault = on("SQS.SendMessage", Fault.BLACK_HOLE, BLACK_HOLE_S)

    with pytest.raises(ReadTimeoutError):
        client("sqs", proxy.port, patience_s=PATIENCE_S).send_message(QueueUrl=queue, MessageBody="swallowed")

    proxy.fault = on("SQS.SendMessage", Fault.NONE)
    assert depth(sqs, queue) == 0


def test_latency_only_takes_longer(proxy: FaultProxy, sqs: Any):
    proxy.fault = on("SQS.ListQueues", Fault.LATENCY, 0.3)
    began = time.monotonic()

    sqs.list_queues()

    assert time.monotonic() - began >= 0.3


def test_a_duplicate_is_the_same_message_with_a_receipt_handle_of_its_own(proxy: FaultProxy, sqs: Any, queue: str):
    sqs.send_message(QueueUrl=queue, MessageBody="twice")
    proxy.fault = on("SQS.ReceiveMessage", Fault.DUPLICATE)
    first = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=60)["Messages"]
    proxy.fault = on("SQS.ReceiveMessage", Fault.NONE)

    second = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=60)["Messages"]

    assert first[0]["MessageId"] == second[0]["MessageId"]
    assert first[0]["ReceiptHandle"] != second[0]["ReceiptHandle"]
    assert proxy.duplicated == 1


def test_a_receiver_that_hangs_up_takes_its_long_poll_with_it():
    with socket.create_server(("127.0.0.1", 0)) as behind:
        behind.settimeout(10)
        with FaultProxy(behind.getsockname()[1]) as proxy:
            sqs = client("sqs", proxy.port, patience_s=PATIENCE_S)
            with pytest.raises(ReadTimeoutError):
                sqs.receive_message(QueueUrl="http://127.0.0.1/0/q", WaitTimeSeconds=5)
            poll, _ = behind.accept()
            poll.settimeout(10)

            with poll:
                assert b"WaitTimeSeconds" in b"".join(iter(lambda: poll.recv(65_536), b"")), "it never ended"


def test_objects_of_any_size_go_through(proxy: FaultProxy):
    s3 = client("s3", proxy.port)
    s3.create_bucket(Bucket="through")
    for data in (b"", b"small", bytes(range(256)) * 12_000):
        s3.put_object(Bucket="through", Key="k", Body=data)
        assert s3.get_object(Bucket="through", Key="k")["Body"].read() == data
        assert s3.head_object(Bucket="through", Key="k")["ContentLength"] == len(data)


def test_a_vendor_says_when_to_come_again(proxy: FaultProxy, local_aws: Settings):
    with FaultProxy(local_aws.emulator_port, Vendor()) as vendor:
        vendor.fault = lambda _: Fault.THROTTLED

        answer = httpx2.post(f"http://127.0.0.1:{vendor.port}/v1/calls", json={}, trust_env=False)

    assert (answer.status_code, answer.headers["Retry-After"], answer.json()) == (
        429,
        "1",
        {"error": "too_many_requests"},
    )


def test_it_bears_many_clients_at_once(proxy: FaultProxy, sqs: Any, queue: str):
    def send(number: int) -> None:
        sqs.send_message(QueueUrl=queue, MessageBody=str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(400)))

    assert depth(sqs, queue) == 400
