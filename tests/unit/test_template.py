from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ops.infra.template import render
from ops.settings import Settings
from schemas import retention
from schemas.kinds import registry

if TYPE_CHECKING:
    from schemas.kinds import AnyKind

DAY_S = 86_400


@pytest.fixture
def template() -> dict:
    return render(Settings(environment="test", bucket="bucket-of-test", long_poll_s=7, _env_file=None))


def queues(template: dict) -> dict[str, dict]:
    found = [r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::SQS::Queue"]
    return {properties["QueueName"]: properties for properties in found}


def only(template: dict, type_: str) -> dict:
    [resource] = [r for r in template["Resources"].values() if r["Type"] == type_]
    return resource


def test_each_kind_has_a_queue_and_a_dead_letter_queue_and_nothing_else_has(template: dict):
    names = [f"sayline-test-{kind}{suffix}" for kind in registry() for suffix in ("", "-dlq")]
    assert sorted(queues(template)) == sorted(names)


@pytest.mark.parametrize("kind", registry().values(), ids=lambda kind: kind.name)
def test_queue_hides_messages_until_a_heartbeat_is_missed_and_redrives_to_its_own_dlq(kind: AnyKind, template: dict):
    queue = queues(template)[f"sayline-test-{kind.name}"]
    assert queue["VisibilityTimeout"] == 60
    assert queue["MessageRetentionPeriod"] == 4 * DAY_S
    assert queue["ReceiveMessageWaitTimeSeconds"] == 7
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 100
    logical_id, attribute = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"]
    assert attribute == "Arn"
    assert template["Resources"][logical_id]["Properties"]["QueueName"] == f"sayline-test-{kind.name}-dlq"


@pytest.mark.parametrize("kind", registry())
def test_dlq_keeps_letters_for_two_weeks_and_takes_those_of_its_queue_alone(kind: str, template: dict):
    dlq = queues(template)[f"sayline-test-{kind}-dlq"]
    assert dlq["MessageRetentionPeriod"] == 14 * DAY_S
    assert dlq["RedriveAllowPolicy"]["redrivePermission"] == "byQueue"
    [source] = dlq["RedriveAllowPolicy"]["sourceQueueArns"]
    assert source["Fn::Sub"].endswith(f":sayline-test-{kind}")


def test_each_prefix_that_expires_has_a_lifecycle_rule_of_its_days(template: dict):
    rules = only(template, "AWS::S3::Bucket")["Properties"]["LifecycleConfiguration"]["Rules"]
    expiry = {rule["Id"]: (rule["Prefix"], rule["ExpirationInDays"]) for rule in rules if "ExpirationInDays" in rule}
    kept = {prefix: days for prefix, days in retention.prefixes().items() if days is not None}
    assert expiry == {prefix: (f"{prefix}/", days) for prefix, days in kept.items()}
    assert {"tts", "user-audio", "uploads"} <= expiry.keys()
    assert "profile-images" not in expiry


def test_incomplete_uploads_are_removed_after_a_day(template: dict):
    rules = only(template, "AWS::S3::Bucket")["Properties"]["LifecycleConfiguration"]["Rules"]
    [rule] = [rule for rule in rules if "AbortIncompleteMultipartUpload" in rule]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert "Prefix" not in rule


def test_bucket_is_private_encrypted_and_kept(template: dict):
    bucket = only(template, "AWS::S3::Bucket")
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    assert bucket["UpdateReplacePolicy"] == "Retain"
    assert bucket["Properties"]["BucketName"] == "bucket-of-test"
    block = bucket["Properties"]["PublicAccessBlockConfiguration"]
    assert len(block) == 4
    assert all(block.values())
    assert bucket["Properties"]["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert "AES256" in json.dumps(bucket["Properties"]["BucketEncryption"])


def test_table_has_its_keys_indexes_and_safeguards(template: dict):
    table = only(template, "AWS::DynamoDB::Table")
    properties = table["Properties"]
    assert table["DeletionPolicy"] == "RetainExceptOnCreate"
    assert properties["TableName"] == "sayline-test"
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    types = {a["AttributeName"]: a["AttributeType"] for a in properties["AttributeDefinitions"]}
    keys = {
        index.get("IndexName"): [
            (k["AttributeName"], types[k["AttributeName"]], k["KeyType"]) for k in index["KeySchema"]
        ]
        for index in (properties, *properties["GlobalSecondaryIndexes"])
    }
    assert keys == {
        None: [("pk", "S", "HASH"), ("sk", "S", "RANGE")],
        "open": [("open_shard", "S", "HASH"), ("next_check_at", "N", "RANGE")],
        "by_owner": [("owner", "S", "HASH"), ("created_at", "N", "RANGE")],
    }
    projections = {index["Projection"]["ProjectionType"] for index in properties["GlobalSecondaryIndexes"]}
    assert projections == {"KEYS_ONLY"}
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    # Always encrypted; with a specification it would be by a KMS key, whose requests are billed.
    assert "SSESpecification" not in properties


def test_template_fits_into_one_request_and_names_only_what_it_has(template: dict):
    text = json.dumps(template, separators=(",", ":"))
    assert len(text) < 51_200
    references = {output["Value"]["Ref"] for output in template["Outputs"].values()}
    assert references <= template["Resources"].keys()
    assert all(logical_id.isalnum() for logical_id in (*template["Resources"], *template["Outputs"]))
