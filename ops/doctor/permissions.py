"""What this role may do, by dry probes: requests that change nothing, as AWS refuses them for another reason.

The right to do it is asked before the reason for which a probe must fail: a key that no item has, a receipt handle or
an upload that never was. What needs no right here is not probed: a receive would take a message from a worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.aws.errors import code
from ops.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ops.doctor.patient import Patient

    Probe = Callable[[], object]

#: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html; S3 says 403 to a HEAD.
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "403"})
#: Nobody makes items, messages and objects of this name.
_NOBODYS = "sayline-doctor"


def check(patient: Patient) -> Iterator[Finding]:
    """Probe table, bucket and queues."""
    for action, subject, probe in (*_table(patient), *_bucket(patient), *_queues(patient)):
        try:
            probe()
        except ClientError as error:
            if code(error) in _DENIED:
                yield Finding(
                    code="not_allowed",
                    subject=f"{action} on {subject}",
                    detail="The role that asks here may not do this.",
                    remedy="Allow it in the role's policy; a worker needs all that is probed.",
                )


def _table(patient: Patient) -> Iterator[tuple[str, str, Probe]]:
    client, table = patient.clients.dynamodb, patient.settings.table_name
    of_nobody: Any = {"TableName": table, "Key": {"pk": {"S": _NOBODYS}, "sk": {"S": _NOBODYS}}}
    never: Any = {"ConditionExpression": "attribute_exists(pk)"}
    query: Any = {
        "TableName": table,
        "IndexName": "open",
        "KeyConditionExpression": "open_shard = :none",
        "ExpressionAttributeValues": {":none": {"S": _NOBODYS}},
    }
    yield "dynamodb:GetItem", table, lambda: client.get_item(**of_nobody)
    yield "dynamodb:PutItem", table, lambda: client.put_item(TableName=table, Item=of_nobody["Key"], **never)
    yield "dynamodb:UpdateItem", table, lambda: client.update_item(**of_nobody, **never)
    yield "dynamodb:DeleteItem", table, lambda: client.delete_item(**of_nobody, **never)
    yield "dynamodb:Query", f"{table}'s indexes", lambda: client.query(**query)


def _bucket(patient: Patient) -> Iterator[tuple[str, str, Probe]]:
    client, bucket = patient.clients.s3, patient.settings.bucket_name
    of_nobody: Any = {"Bucket": bucket, "Key": _NOBODYS}
    upload: Any = {**of_nobody, "UploadId": _NOBODYS}
    part: Any = {"Parts": [{"PartNumber": 1, "ETag": '"0"'}]}
    yield "s3:ListBucket", bucket, lambda: client.list_objects_v2(Bucket=bucket, MaxKeys=1)
    yield "s3:GetObject", bucket, lambda: client.get_object(**of_nobody)
    # To complete an upload takes the right to put an object.
    yield "s3:PutObject", bucket, lambda: client.complete_multipart_upload(**upload, MultipartUpload=part)


def _queues(patient: Patient) -> Iterator[tuple[str, str, Probe]]:
    client = patient.clients.sqs
    for kind in patient.kinds:
        queue = patient.settings.queue_name(kind)
        yield from _queue(client, queue)


def _queue(client: Any, queue: str) -> Iterator[tuple[str, str, Probe]]:  # noqa: ANN401 - probes are of any request
    try:
        url = client.get_queue_url(QueueName=queue)["QueueUrl"]
    except ClientError as error:
        if code(error) in _DENIED:
            yield "sqs:GetQueueUrl", queue, _raising(error)
        return  # where there is none, `queues` has said so
    of_nobody: Any = {"QueueUrl": url, "ReceiptHandle": _NOBODYS}
    yield "sqs:SendMessage", queue, lambda: client.send_message_batch(QueueUrl=url, Entries=[])
    yield (
        "sqs:ChangeMessageVisibility",
        queue,
        lambda: client.change_message_visibility(**of_nobody, VisibilityTimeout=0),
    )
    yield "sqs:DeleteMessage", queue, lambda: client.delete_message(**of_nobody)


def _raising(error: ClientError) -> Probe:
    def probe() -> object:
        raise error

    return probe
