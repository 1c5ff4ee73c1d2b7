"""What the audit looks at, read from DynamoDB, S3 and SQS."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoConversations, DynamoImages, DynamoJobStore
from ops.aws.errors import translated
from ops.aws.objects import S3ObjectStore
from ops.aws.queues import SERVICE, SqsQueues
from ops.evidence import Evidence
from ops.payloads import ClaimCheck
from schemas.envelope import REASON_ATTRIBUTE, Envelope, UnreadableMessageError, from_message
from schemas.kinds import registry

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from ops.settings import Settings

Reason = dict[str, Any]

#: How long a dead letter stays hidden after it was looked at; longer than looking at all of them takes.
_LOOK_S = 30
_AT_ONCE = 8


def gather(settings: Settings) -> Evidence:
    """Read everything; holds all records in memory."""
    clients = Clients(settings)
    objects = S3ObjectStore(clients.s3, settings.bucket_name)
    queues = SqsQueues(clients.sqs, settings)
    store = DynamoJobStore(clients.dynamodb, settings.table_name)
    urls = [queues.url(settings.dlq_name(kind)) for kind in registry()]
    with ThreadPoolExecutor(_AT_ONCE) as threads:  # each waits for a second to be sure that it has seen the last one
        looks = list(threads.map(partial(_dead_letters, clients.sqs), urls))
    return Evidence(
        jobs={job.id: job for job in store.scan()},
        conversations=tuple(DynamoConversations(clients.dynamodb, settings.table_name).scan()),
        images=tuple(DynamoImages(clients.dynamodb, settings.table_name).scan()),
        objects=objects,
        payloads=ClaimCheck(objects, inline_max_bytes=settings.inline_max_bytes),
        waiting={kind: queues.depth(kind) for kind in registry()},
        dead={job_id: reason for found in looks for job_id, reason in found.items()},
    )


def _dead_letters(sqs: SQSClient, url: str) -> dict[str, Reason]:
    """Look at every dead letter of a queue, and put them back; of a job that died more than once, return the latest.

    A message that is none of ours is returned by its own id.
    """
    found: dict[str, Reason] = {}
    handles: list[str] = []
    with translated(SERVICE):
        while messages := _receive(sqs, url):
            handles += [message["ReceiptHandle"] for message in messages]
            for message in messages:
                envelope = _envelope(message)
                if envelope is None:
                    found[f"message {message['MessageId']}"] = {"code": "unreadable", "epoch": 0}
                elif envelope.epoch >= found.get(envelope.job_id, {}).get("epoch", 0):
                    found[envelope.job_id] = {**_reason(message), "epoch": envelope.epoch}
        for handle in handles:
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    return found


def _envelope(message: MessageTypeDef) -> Envelope | None:
    try:
        return from_message(message["Body"])
    except UnreadableMessageError:
        return None


def _receive(sqs: SQSClient, url: str) -> list[MessageTypeDef]:
    return sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        WaitTimeSeconds=1,
        VisibilityTimeout=_LOOK_S,
        MessageAttributeNames=[REASON_ATTRIBUTE],
    ).get("Messages", [])


def _reason(message: MessageTypeDef) -> Reason:
    attribute = message.get("MessageAttributes", {}).get(REASON_ATTRIBUTE)
    reason: Reason = json.loads(attribute["StringValue"]) if attribute else {}
    return reason
