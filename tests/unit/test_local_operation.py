from __future__ import annotations

import pytest

from ops.local import operation

AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=test/20261121/us-east-1/{}/aws4_request, SignedHeaders=host"


def name(method: str, url: str, body: bytes = b"", **headers: str) -> str | None:
    path, _, query = url.partition("?")
    return operation.name(method, path, query, {k.replace("_", "-"): v for k, v in headers.items()}, body)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("AmazonSQS.SendMessage", "SQS.SendMessage"),
        ("DynamoDB_20120810.UpdateItem", "DynamoDB.UpdateItem"),
        ("Other_1.Do", "Other_1.Do"),
    ],
)
def test_json_protocol_is_named_by_its_target(target: str, expected: str):
    assert name("POST", "/", x_amz_target=target) == expected


@pytest.mark.parametrize(
    ("service", "body", "expected"),
    [
        ("cloudformation", b"Version=1&Action=CreateStack&StackName=a", "CloudFormation.CreateStack"),
        ("sqs", b"Action=SendMessage&MessageBody=x", "SQS.SendMessage"),
        ("sqs", b"MessageBody=x", "SQS.Unknown"),
    ],
)
def test_query_protocol_is_named_by_its_action_and_signature(service: str, body: bytes, expected: str):
    headers = {"authorization": AUTHORIZATION.format(service), "content_type": f"{operation.FORM}; charset=utf-8"}
    assert name("POST", "/", body, **headers) == expected


@pytest.mark.parametrize(
    ("method", "url", "expected"),
    [
        ("GET", "/", "ListBuckets"),
        ("PUT", "/b", "CreateBucket"),
        ("HEAD", "/b", "HeadBucket"),
        ("GET", "/b?list-type=2&prefix=tts%2F&encoding-type=url", "ListObjectsV2"),
        ("GET", "/b?prefix=a", "ListObjects"),
        ("POST", "/b?delete", "DeleteObjects"),
        ("POST", "/b", "PostObject"),
        ("GET", "/b?lifecycle", "GetBucketLifecycle"),
        ("PUT", "/b/tts/a.mp3", "PutObject"),
        ("PUT", "/b/a?x-id=PutObject", "PutObject"),
        ("GET", "/b/a?X-Amz-Signature=s&X-Amz-Expires=9&response-content-type=c", "GetObject"),
        ("HEAD", "/b/a", "HeadObject"),
        ("DELETE", "/b/a", "DeleteObject"),
        ("PUT", "/b/a?tagging", "PutObjectTagging"),
        ("POST", "/b/a?uploads", "CreateMultipartUpload"),
        ("PUT", "/b/a?partNumber=1&uploadId=u", "UploadPart"),
        ("POST", "/b/a?uploadId=u", "CompleteMultipartUpload"),
    ],
)
def test_s3_is_named_by_method_and_path(method: str, url: str, expected: str):
    assert name(method, url, authorization=AUTHORIZATION.format("s3")) == f"S3.{expected}"


def test_copy_is_told_from_put():
    assert name("PUT", "/b/a", x_amz_copy_source="/b/c") == "S3.CopyObject"


def test_requests_to_the_emulator_itself_are_no_aws_requests():
    assert name("GET", "/_ministack/health") is None


@pytest.mark.parametrize(
    ("operation_name", "expected"),
    [
        ("SQS.SendMessage", True),
        ("SQS.DeleteMessageBatch", True),
        ("SQS.ReceiveMessage", False),
        ("SQS.GetQueueUrl", False),
        ("DynamoDB.UpdateItem", True),
        ("DynamoDB.TransactWriteItems", True),
        ("DynamoDB.Query", False),
        ("DynamoDB.BatchGetItem", False),
        ("S3.PutObject", True),
        ("S3.GetObject", False),
        ("S3.ListObjectsV2", False),
        ("CloudFormation.DescribeStacks", True),
    ],
)
def test_only_what_may_change_the_state_asks_for_a_snapshot(operation_name: str, expected: bool):  # noqa: FBT001 - a table of cases
    assert operation.mutates(operation_name) is expected
