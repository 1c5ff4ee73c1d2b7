"""The CloudFormation template, from kinds, retention and settings: the only place that says what exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas import retention
from schemas.kinds import registry

if TYPE_CHECKING:
    from ops.settings import Settings
    from schemas.kinds import AnyKind

JsonObject = dict[str, Any]

TABLE = "Table"
BUCKET = "Bucket"

_DAY_S = 86_400
_QUEUE_RETENTION_S = 4 * _DAY_S
#: Only a backstop: attempts are counted in the record, and receives also grow by prefetch, hand-back and deploys.
_MAX_RECEIVES = 100
#: Of what holds data: it stays when the stack is deleted, but not when the stack could not be made in the first place.
_KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}


def render(settings: Settings) -> JsonObject:
    """Return the template of the environment's stack."""
    resources: JsonObject = {TABLE: _table(settings), BUCKET: _bucket(settings)}
    outputs: JsonObject = {
        TABLE: {"Description": "Name of the table", "Value": {"Ref": TABLE}},
        BUCKET: {"Description": "Name of the bucket", "Value": {"Ref": BUCKET}},
    }
    for kind in registry().values():
        queue = queue_id(kind)
        resources |= {queue: _queue(kind, settings), dlq_id(kind): _dlq(kind, settings)}
        outputs[f"{queue}Url"] = {"Description": f"URL of the queue of {kind.name}", "Value": {"Ref": queue}}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Sayline, environment {settings.environment}: queues, table and bucket",
        "Resources": resources,
        "Outputs": outputs,
    }


def queue_id(kind: AnyKind) -> str:
    """Return the logical id of a kind's queue; such ids have letters and digits only."""
    return f"{kind.name.title().replace('_', '')}Queue"


def dlq_id(kind: AnyKind) -> str:
    """Return the logical id of a kind's dead-letter queue."""
    return f"{kind.name.title().replace('_', '')}DeadLetterQueue"


def _queue(kind: AnyKind, settings: Settings) -> JsonObject:
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": settings.queue_name(kind.name),
            "VisibilityTimeout": settings.visibility_s,
            "DelaySeconds": 0,
            "MessageRetentionPeriod": _QUEUE_RETENTION_S,
            "ReceiveMessageWaitTimeSeconds": settings.poll_s,
            "SqsManagedSseEnabled": True,
            "RedrivePolicy": {
                "deadLetterTargetArn": {"Fn::GetAtt": [dlq_id(kind), "Arn"]},
                "maxReceiveCount": _MAX_RECEIVES,
            },
        },
    }


def _dlq(kind: AnyKind, settings: Settings) -> JsonObject:
    # The source's ARN is spelled out: a GetAtt would close a circle with the queue's own.
    source = f"arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:{settings.queue_name(kind.name)}"
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "QueueName": settings.dlq_name(kind.name),
            "MessageRetentionPeriod": retention.DEAD_LETTER_DAYS * _DAY_S,
            "DelaySeconds": 0,
            "SqsManagedSseEnabled": True,
            "RedriveAllowPolicy": {"redrivePermission": "byQueue", "sourceQueueArns": [{"Fn::Sub": source}]},
        },
    }


def _table(settings: Settings) -> JsonObject:
    return {
        "Type": "AWS::DynamoDB::Table",
        **_KEPT,
        "Properties": {
            "TableName": settings.table_name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": type_}
                for name, type_ in (
                    ("pk", "S"),
                    ("sk", "S"),
                    ("open_shard", "S"),
                    ("next_check_at", "N"),
                    ("owner", "S"),
                    ("created_at", "N"),
                )
            ],
            "KeySchema": _keys("pk", "sk"),
            "GlobalSecondaryIndexes": [
                _index("open", "open_shard", "next_check_at"),
                _index("by_owner", "owner", "created_at"),
            ],
            "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        },
    }


def _index(name: str, hash_key: str, range_key: str) -> JsonObject:
    return {"IndexName": name, "KeySchema": _keys(hash_key, range_key), "Projection": {"ProjectionType": "KEYS_ONLY"}}


def _keys(hash_key: str, range_key: str) -> list[JsonObject]:
    return [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]


def _bucket(settings: Settings) -> JsonObject:
    return {
        "Type": "AWS::S3::Bucket",
        **_KEPT,
        "Properties": {
            "BucketName": settings.bucket_name,
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
            "LifecycleConfiguration": {"Rules": _lifecycle_rules()},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": dict.fromkeys(
                ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
            ),
        },
    }


def _lifecycle_rules() -> list[JsonObject]:
    expiry = [
        {"Id": prefix, "Prefix": f"{prefix}/", "Status": "Enabled", "ExpirationInDays": days}
        for prefix, days in retention.prefixes().items()
        if days is not None
    ]
    leftovers = {
        "Id": "incomplete-uploads",
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    return [*expiry, leftovers]
