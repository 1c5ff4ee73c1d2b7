"""What a worker looks at before it takes a message: queues on which a job might be lost are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.errors import reason
from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sqs import SQSClient


class NotFitError(Exception):
    """A queue, or a pool, with which jobs would be lost or doubled; the message says what to do."""


def check(client: SQSClient, queues: Mapping[str, str]) -> None:
    """Check the queues, given by name and URL.

    Raises:
        NotFitError: a queue has no redrive policy: a message that no worker survives would come back for ever.
        UnavailableError: SQS can't be asked.
    """
    for name, url in queues.items():
        try:
            answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        except (BotoCoreError, ClientError) as error:
            raise UnavailableError("SQS", f"the attributes of {name}: {reason(error)}") from error
        if "RedrivePolicy" not in answer.get("Attributes", {}):
            raise NotFitError(f"the queue {name} has no RedrivePolicy: deploy the stack again (`sayline deploy`)")
