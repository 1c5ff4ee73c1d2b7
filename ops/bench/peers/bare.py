"""A loop over boto3 with Sayline's writes and nothing else: receive one, claim, finish, delete one.

`python -m ops.bench.peers.bare` runs it until it is killed. It keeps nothing: a job that outlasts its visibility runs
twice, and what fails is gone.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from ops.aws.clients import Clients
from ops.aws.dynamodb import DynamoJobStore
from ops.aws.queues import SqsQueues
from ops.lifeline import die_with_supervisor, process_name, say_ready
from ops.settings import Settings
from ops.timing import utc_now
from schemas import moves
from schemas.envelope import from_message
from schemas.job import Lease, Payload

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from schemas.envelope import Envelope
    from schemas.job import Job
    from schemas.move import Move

_KIND = "noop"
_ATTEMPTS = 3
_RETENTION = timedelta(days=30)


def main() -> None:
    """Run the loop."""
    die_with_supervisor()
    settings = Settings()
    clients = Clients(settings)
    store = DynamoJobStore(clients.dynamodb, settings.table_name)
    url = SqsQueues(clients.sqs, settings).url(settings.queue_name(_KIND))
    say_ready()
    while True:
        answer = clients.sqs_polling.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=settings.poll_s,
            VisibilityTimeout=settings.visibility_s,
        )
        for message in answer.get("Messages", []):
            _run(message, store, settings.lease_s)
            clients.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _run(message: MessageTypeDef, store: DynamoJobStore, lease_s: float) -> None:
    envelope = from_message(message["Body"])
    token = hashlib.sha256(message["ReceiptHandle"].encode()).hexdigest()[:32]
    now = utc_now()
    lease = Lease(token=token, until=now + timedelta(seconds=lease_s), worker=process_name())
    job = store.apply(moves.claim(envelope.job_id, epoch=envelope.epoch, lease=lease, now=now))
    store.apply(_success(job, envelope, token))


def _success(job: Job, envelope: Envelope, token: str) -> Move:
    holder = moves.Holder(
        job_id=job.id,
        kind=job.kind,
        epoch=envelope.epoch,
        attempt=job.attempt,
        token=token,
        worker=process_name(),
        max_attempts=_ATTEMPTS,
    )
    success = moves.Success(
        result=Payload(inline={"engine": "noop", "model": "1"}), files={}, engine="noop", model="1", usage=None
    )
    now = utc_now()
    return moves.succeed(holder, success, end=moves.End(expires_at=now + _RETENTION), now=now)


if __name__ == "__main__":
    main()
