"""The template on a real (emulated) CloudFormation, and the emulator's own promises."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from botocore.exceptions import ClientError

from ops.aws.clients import Clients
from ops.doctor import examine
from ops.infra import deploy as deployment
from ops.infra.deploy import DeployError, deploy
from ops.local import ports
from ops.local.emulator import wait_ready
from ops.settings import Settings
from schemas import retention
from schemas.kinds import registry
from tests.patients import patient
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb.type_defs import TimeToLiveSpecificationTypeDef

ROOT = Path(__file__).parents[2]


class Emulator:
    """An emulator of its own for each test, so that it may be killed."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        port = ports.choose("127.0.0.1", 0)
        self.settings = Settings(emulator_port=port, data_dir=self.data_dir, _env_file=None)
        environment = {**os.environ, "SAYLINE_EMULATOR_PORT": str(port), "SAYLINE_DATA_DIR": str(self.data_dir)}
        self.process = subprocess.Popen([sys.executable, "-m", "ops.local.emulator"], env=environment, cwd=ROOT)
        wait_ready(port)
        self.clients = Clients(self.settings)

    def end(self, signum: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(signum)
        return self.process.wait(timeout=15)

    def snapshot(self, service: str) -> str:
        try:
            return (self.data_dir / "aws" / "current" / f"{service}.json").read_text("utf-8")
        except FileNotFoundError:
            return ""

    def queue_url(self) -> str:
        return self.clients.sqs.get_queue_url(QueueName=self.settings.queue_name("tts"))["QueueUrl"]


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    running = Emulator(tmp_path)
    yield running
    running.end(signal.SIGKILL)


@pytest.fixture
def deployed(emulator: Emulator) -> Emulator:
    deploy(emulator.settings, emulator.clients)
    return emulator


def attributes(emulator: Emulator, queue: str) -> dict[str, str]:
    sqs = emulator.clients.sqs
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    return {str(k): v for k, v in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"].items()}


def requests(emulator: Emulator) -> dict[str, int]:
    return httpx2.get(f"http://127.0.0.1:{emulator.settings.emulator_port}/_sayline/requests", trust_env=False).json()


def test_every_kind_has_its_queues_as_the_template_says(deployed: Emulator):
    for kind in registry().values():
        queue = attributes(deployed, deployed.settings.queue_name(kind.name))
        dlq = attributes(deployed, deployed.settings.dlq_name(kind.name))
        assert queue["VisibilityTimeout"] == str(deployed.settings.visibility_s)
        assert queue["MessageRetentionPeriod"] == str(4 * 86_400)
        assert queue["ReceiveMessageWaitTimeSeconds"] == str(deployed.settings.poll_s)
        assert queue["SqsManagedSseEnabled"] == "true"
        assert json.loads(queue["RedrivePolicy"]) == {"deadLetterTargetArn": dlq["QueueArn"], "maxReceiveCount": 100}
        assert dlq["MessageRetentionPeriod"] == str(retention.DEAD_LETTER_DAYS * 86_400)
        assert json.loads(dlq["RedriveAllowPolicy"])["sourceQueueArns"] == [queue["QueueArn"]]


def test_table_has_its_indexes_and_safeguards(deployed: Emulator):
    name, dynamodb = deployed.settings.table_name, deployed.clients.dynamodb
    table = dynamodb.describe_table(TableName=name)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == {"open", "by_owner"}
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_index_is_sparse_and_sorted(deployed: Emulator):
    name, dynamodb = deployed.settings.table_name, deployed.clients.dynamodb
    for job, check in (("late", "20"), ("soon", "10"), ("done", None)):
        opened = {"open_shard": {"S": "tts#0"}, "next_check_at": {"N": check}} if check else {}
        dynamodb.put_item(TableName=name, Item={"pk": {"S": job}, "sk": {"S": "job"}, "text": {"S": "x"}, **opened})
    found = dynamodb.query(
        TableName=name,
        IndexName="open",
        KeyConditionExpression="open_shard = :shard",
        ExpressionAttributeValues={":shard": {"S": "tts#0"}},
    )["Items"]
    assert [item["pk"]["S"] for item in found] == ["soon", "late"]
    assert all("text" not in item for item in found)


def test_bucket_expires_each_prefix_and_is_private(deployed: Emulator):
    bucket, s3 = deployed.settings.bucket_name, deployed.clients.s3
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
    for prefix, days in retention.prefixes().items():
        if days is None:
            assert prefix not in rules
        else:
            assert rules[prefix]["Expiration"]["Days"] == days
            assert rules[prefix]["Filter"]["Prefix"] == f"{prefix}/"
            assert rules[prefix]["Status"] == "Enabled"
    assert rules["incomplete-uploads"]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 1
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    ownership = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_second_deployment_changes_nothing(deployed: Emulator):
    deployed.clients.sqs.send_message(QueueUrl=deployed.queue_url(), MessageBody="stays")
    before = requests(deployed)
    deploy(deployed.settings, deployed.clients)
    new = {name for name, count in requests(deployed).items() if count > before.get(name, 0)}
    assert new == {
        *("CloudFormation.DescribeStacks", "CloudFormation.UpdateStack", "SQS.GetQueueUrl", "SQS.GetQueueAttributes"),
        *("DynamoDB.DescribeTable", "DynamoDB.DescribeTimeToLive", "DynamoDB.DescribeContinuousBackups"),
        *("S3.GetBucketLifecycle", "S3.GetBucketPublicAccessBlock", "S3.GetBucketEncryption"),
        "S3.GetBucketOwnershipControls",
    }
    assert attributes(deployed, deployed.settings.queue_name("tts"))["ApproximateNumberOfMessages"] == "1"


def test_changed_setting_and_changed_retention_reach_what_exists(deployed: Emulator, monkeypatch: pytest.MonkeyPatch):
    deployed.clients.s3.put_object(Bucket=deployed.settings.bucket_name, Key="uploads/a", Body=b"x")
    monkeypatch.setattr(retention, "prefixes", lambda: {"uploads": 3})
    changed = deployed.settings.model_copy(update={"long_poll_s": 5})
    deploy(changed, deployed.clients)
    assert attributes(deployed, changed.queue_name("tts"))["ReceiveMessageWaitTimeSeconds"] == "5"
    bucket, s3 = changed.bucket_name, deployed.clients.s3
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]}
    assert rules.keys() == {"uploads", "incomplete-uploads"}
    assert rules["uploads"]["Expiration"]["Days"] == 3
    assert s3.get_object(Bucket=bucket, Key="uploads/a")["Body"].read() == b"x"


def test_failed_stack_says_why_and_can_be_deployed_afterwards(emulator: Emulator):
    # Given a bucket that somebody else has made
    emulator.clients.s3.create_bucket(Bucket=emulator.settings.bucket_name)
    with pytest.raises(DeployError, match=r"stack sayline-dev is ROLLBACK_COMPLETE: .*already exists"):
        deploy(emulator.settings, emulator.clients)
    # When it is out of the way
    emulator.clients.s3.delete_bucket(Bucket=emulator.settings.bucket_name)
    deploy(emulator.settings, emulator.clients)
    # Then everything is there
    assert attributes(emulator, emulator.settings.queue_name("tts"))["VisibilityTimeout"]


def set_attribute(emulator: Emulator, queue: str, **values: str) -> None:
    sqs: Any = emulator.clients.sqs
    sqs.set_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], Attributes=values)


def delete_queue(emulator: Emulator, queue: str) -> None:
    sqs = emulator.clients.sqs
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"])


def change_index(emulator: Emulator, **change: Any) -> None:
    table: Any = emulator.clients.dynamodb
    kinds = {"owner": "S", "created_at": "N"}
    table.update_table(
        TableName=emulator.settings.table_name,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": type_} for name, type_ in kinds.items()],
        GlobalSecondaryIndexUpdates=[change],
    )


def switch_off_expiry(emulator: Emulator) -> None:
    off: TimeToLiveSpecificationTypeDef = {"AttributeName": "expires_at", "Enabled": False}
    emulator.clients.dynamodb.update_time_to_live(TableName=emulator.settings.table_name, TimeToLiveSpecification=off)


STACK = "sayline-dev"
FOREIGN = f'{{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:{STACK}-tts-dlq", "maxReceiveCount": 3}}'
#: What somebody does by hand, the doctor's finding, and how deploying says that it is mended.
FAULTS: dict[str, tuple[Callable[[Emulator], object], str, str]] = {
    "policy-cleared": (
        lambda e: set_attribute(e, f"{STACK}-tts", RedrivePolicy=""),
        "no_redrive_policy",
        f"mended queue {STACK}-tts: RedrivePolicy is missing: to {STACK}-tts-dlq after 100 receives",
    ),
    "policy-foreign": (
        lambda e: set_attribute(e, f"{STACK}-picture", RedrivePolicy=FOREIGN),
        "queue_differs",
        f"mended queue {STACK}-picture: RedrivePolicy is to {STACK}-tts-dlq after 3 receives, not to",
    ),
    "visibility": (
        lambda e: set_attribute(e, f"{STACK}-reply", VisibilityTimeout="5"),
        "visibility_too_short",
        f"mended queue {STACK}-reply: VisibilityTimeout is 5 s, not 60 s",
    ),
    "retention": (
        lambda e: set_attribute(e, f"{STACK}-image", MessageRetentionPeriod="3600"),
        "wrong_retention",
        f"mended queue {STACK}-image: MessageRetentionPeriod is 1 hour, not 4 days",
    ),
    "dlq-retention": (
        lambda e: set_attribute(e, f"{STACK}-tts-dlq", MessageRetentionPeriod="86400"),
        "dlq_retention_too_short",
        f"mended queue {STACK}-tts-dlq: MessageRetentionPeriod is 1 day, not 14 days",
    ),
    "delay": (
        lambda e: set_attribute(e, f"{STACK}-tts", DelaySeconds="300"),
        "queue_differs",
        f"mended queue {STACK}-tts: DelaySeconds is 5 minutes, not 0 s",
    ),
    "queue-deleted": (
        lambda e: delete_queue(e, f"{STACK}-tts"),
        "missing_queue",
        f"made queue {STACK}-tts anew",
    ),
    "dlq-deleted": (
        lambda e: delete_queue(e, f"{STACK}-tts-dlq"),
        "missing_queue",
        f"made queue {STACK}-tts-dlq anew",
    ),
    "index-deleted": (
        lambda e: change_index(e, Delete={"IndexName": "by_owner"}),
        "missing_index",
        f"mended indexes of table {STACK}: by_owner is missing: by owner (S) and created_at (N), KEYS_ONLY",
    ),
    "expiry-off": (
        switch_off_expiry,
        "storage_differs",
        f"mended time to live of table {STACK}: Enabled is off, not on",
    ),
    "bucket-public": (
        lambda e: e.clients.s3.delete_public_access_block(Bucket=STACK),
        "public_bucket",
        f"mended public access block of bucket {STACK}: it is not set",
    ),
    "lifecycle-gone": (
        lambda e: e.clients.s3.delete_bucket_lifecycle(Bucket=STACK),
        "storage_differs",
        f"mended lifecycle of bucket {STACK}: it is not set",
    ),
}


def doctors_codes(emulator: Emulator) -> set[str]:
    clients, settings = emulator.clients, emulator.settings
    seen = patient(settings=settings, clients=clients, kinds=list(registry()), role="operator")
    return {finding.code for finding in examine(seen, ["queues", "storage"])}


@pytest.mark.parametrize("aws", ["local", "aws"])
def test_faults_that_the_doctor_finds_are_mended_by_deploying(
    deployed: Emulator, monkeypatch: pytest.MonkeyPatch, aws: str
):
    monkeypatch.setattr(deployment, "_POLL_INTERVAL_S", 0.1)
    settings = deployed.settings.model_copy(update={"aws": aws, "long_poll_s": deployed.settings.poll_s})
    queue_url = deployed.queue_url()
    for name, (plant, code, line) in FAULTS.items():
        plant(deployed)
        assert doctors_codes(deployed) == {code}, name
        [mended] = deploy(settings, deployed.clients)
        assert mended.startswith(line), name
        assert doctors_codes(deployed) == set(), name
    assert deployed.queue_url() == queue_url
    assert deploy(settings, deployed.clients) == []


def test_many_faults_at_once_are_mended_at_once(deployed: Emulator):
    for plant, *_ in FAULTS.values():
        plant(deployed)
    assert len(deploy(deployed.settings, deployed.clients)) == len(FAULTS) - 3  # several lie in one queue
    assert doctors_codes(deployed) == set()


def test_queue_that_is_made_anew_buries_and_is_buried_from(deployed: Emulator):
    for queue in ("tts", "tts-dlq"):
        delete_queue(deployed, f"{STACK}-{queue}")
    deploy(deployed.settings, deployed.clients)
    test_every_kind_has_its_queues_as_the_template_says(deployed)


def test_index_that_is_made_anew_finds_what_was_there_before(deployed: Emulator):
    key = {"pk": {"S": "job"}, "sk": {"S": "job"}}
    item: Any = {**key, "owner": {"S": "ann"}, "created_at": {"N": "1"}}
    deployed.clients.dynamodb.put_item(TableName=deployed.settings.table_name, Item=item)
    change_index(deployed, Delete={"IndexName": "by_owner"})
    deploy(deployed.settings, deployed.clients)
    found = deployed.clients.dynamodb.query(
        TableName=deployed.settings.table_name,
        IndexName="by_owner",
        KeyConditionExpression="#owner = :owner",
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={":owner": {"S": "ann"}},
    )["Items"]
    assert [one["pk"] for one in found] == [key["pk"]]


def test_index_with_other_keys_is_left_alone_and_the_rest_is_mended(deployed: Emulator):
    change_index(deployed, Delete={"IndexName": "by_owner"})
    other = {
        "IndexName": "by_owner",
        "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    change_index(deployed, Create=other)
    set_attribute(deployed, f"{STACK}-tts", DelaySeconds="300")
    with pytest.raises(DeployError) as failed:
        deploy(deployed.settings, deployed.clients)
    left, mended = str(failed.value).splitlines()
    assert left.startswith(f"indexes of table {STACK}: by_owner is by owner (S), ALL, not by owner (S) and created_at")
    assert mended == f"mended queue {STACK}-tts: DelaySeconds is 5 minutes, not 0 s"


def test_table_that_is_gone_is_not_made_anew_empty(deployed: Emulator):
    deployed.clients.dynamodb.delete_table(TableName=deployed.settings.table_name)
    with pytest.raises(DeployError) as failed:
        deploy(deployed.settings, deployed.clients)
    [line] = str(failed.value).splitlines()
    assert line.startswith(f"There is no table {STACK}. ")
    assert "docs/runbooks/restore-the-table.md" in line
    assert deployed.clients.dynamodb.list_tables()["TableNames"] == []


def test_what_may_not_be_set_is_named_with_the_reason_and_hides_nothing_else(deployed: Emulator):
    set_attribute(deployed, f"{STACK}-tts", DelaySeconds="300")
    switch_off_expiry(deployed)

    def refused(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not yours"}}, "SetQueueAttributes")

    client: Any = deployed.clients.sqs
    client.set_queue_attributes = refused
    with pytest.raises(DeployError) as failed:
        deploy(deployed.settings, deployed.clients)
    assert str(failed.value).splitlines() == [
        f"queue {STACK}-tts cannot be read or set: not yours",
        f"mended time to live of table {STACK}: Enabled is off, not on",
    ]


def test_clean_stop_keeps_everything_and_another_port_serves_it(deployed: Emulator):
    # Given a message, an item and an object
    deployed.clients.sqs.send_message(QueueUrl=deployed.queue_url(), MessageBody="안녕")
    item = {"pk": {"S": "job"}, "sk": {"S": "job"}}
    deployed.clients.dynamodb.put_item(TableName=deployed.settings.table_name, Item=item)
    deployed.clients.s3.put_object(Bucket=deployed.settings.bucket_name, Key="tts/a.mp3", Body=b"sound")
    old_port = deployed.settings.emulator_port
    # When the emulator is stopped at once, before any periodic snapshot, and comes back elsewhere
    assert deployed.end(signal.SIGTERM) == 0
    deployed.start()
    assert deployed.settings.emulator_port != old_port
    # Then all is there, the deployment is the same one, and queues have the new port
    created = requests(deployed).get("CloudFormation.CreateStack", 0)
    deploy(deployed.settings, deployed.clients)
    assert requests(deployed).get("CloudFormation.CreateStack", 0) == created == 0
    assert f":{deployed.settings.emulator_port}/" in deployed.queue_url()
    [message] = deployed.clients.sqs.receive_message(QueueUrl=deployed.queue_url())["Messages"]
    assert message["Body"] == "안녕"
    assert deployed.clients.dynamodb.scan(TableName=deployed.settings.table_name)["Items"] == [item]
    found = deployed.clients.s3.get_object(Bucket=deployed.settings.bucket_name, Key="tts/a.mp3")
    assert found["Body"].read() == b"sound"


def test_kill_loses_nothing_that_is_older_than_a_snapshot(deployed: Emulator):
    deployed.clients.sqs.send_message(QueueUrl=deployed.queue_url(), MessageBody="kept-message")
    item = {"pk": {"S": "kept-item"}, "sk": {"S": "job"}}
    deployed.clients.dynamodb.put_item(TableName=deployed.settings.table_name, Item=item)
    began = time.monotonic()
    wait_until(lambda: "kept-message" in deployed.snapshot("sqs") and "kept-item" in deployed.snapshot("dynamodb"))
    assert time.monotonic() - began < 10
    assert deployed.end(signal.SIGKILL) == -signal.SIGKILL
    deployed.start()
    deploy(deployed.settings, deployed.clients)
    [message] = deployed.clients.sqs.receive_message(QueueUrl=deployed.queue_url())["Messages"]
    assert message["Body"] == "kept-message"
    assert deployed.clients.dynamodb.scan(TableName=deployed.settings.table_name)["Items"] == [item]


def test_emulator_that_is_only_read_writes_no_snapshot(emulator: Emulator):
    current = emulator.data_dir / "aws" / "current"
    queue = emulator.clients.sqs.create_queue(QueueName="plain")["QueueUrl"]
    wait_until(current.exists)
    first = current.readlink()
    # Twice the interval of reading and of receiving nothing
    deadline = time.monotonic() + 2.5
    while time.monotonic() < deadline:
        emulator.clients.sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)
        emulator.clients.s3.list_buckets()
    assert current.readlink() == first


def test_emulator_listens_on_this_machine_alone(emulator: Emulator):
    wanted = f"{emulator.settings.emulator_port:04X}"
    lines = [line.split() for name in ("tcp", "tcp6") for line in _lines(Path("/proc/net") / name)]
    listening = [local for _, local, _, state, *_ in lines if state == "0A" and local.endswith(f":{wanted}")]
    assert listening == [f"0100007F:{wanted}"]


def _lines(path: Path) -> list[str]:
    if not path.exists():
        pytest.skip("needs Linux's list of sockets")
    return path.read_text().splitlines()[1:]


def test_second_emulator_on_one_directory_waits_and_gives_up(emulator: Emulator):
    environment = {**os.environ, "SAYLINE_EMULATOR_PORT": "0", "SAYLINE_DATA_DIR": str(emulator.data_dir)}
    command = [sys.executable, "-m", "ops.local.emulator"]
    second = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert emulator.process is not None
    assert f"held by process {emulator.process.pid}" in second.stderr


def test_requests_are_counted_by_operation(deployed: Emulator):
    before = requests(deployed)
    deployed.clients.sqs.send_message(QueueUrl=deployed.queue_url(), MessageBody="one")
    for key in ("tts/a", "tts/b"):
        deployed.clients.s3.put_object(Bucket=deployed.settings.bucket_name, Key=key, Body=b"x")
    after = requests(deployed)
    assert {name: n - before.get(name, 0) for name, n in after.items() if n != before.get(name, 0)} == {
        "SQS.GetQueueUrl": 1,
        "SQS.SendMessage": 1,
        "S3.PutObject": 2,
    }
