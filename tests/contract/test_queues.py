"""The queues: SQS and its in-memory twin keep the same contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ops.aws.clients import Clients
from ops.aws.queues import SqsQueues
from ops.memory import MemoryQueues
from schemas.envelope import Envelope
from schemas.job import JobError

if TYPE_CHECKING:
    from ops.settings import Settings


@pytest.fixture(params=["memory", "sqs"])
def queues(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        return MemoryQueues()
    local: Settings = request.getfixturevalue("local_aws")
    for name in (local.queue_name("tts"), local.dlq_name("tts")):
        clients = Clients(local)
        clients.sqs.purge_queue(QueueUrl=clients.sqs.get_queue_url(QueueName=name)["QueueUrl"])
    return SqsQueues(Clients(local).sqs, local)


def test_what_is_sent_waits_on_its_kinds_queue(queues: Any):
    for number in range(3):
        queues.send(Envelope(job_id=f"job-{number}", kind="tts"), owner="민아")

    assert queues.depth("tts") == 3


def test_a_delayed_message_is_on_its_queue(queues: Any):
    queues.send(Envelope(job_id="later", kind="tts"), owner="mina", delay_s=900)

    assert queues.depth("tts") == 1


@pytest.mark.parametrize("count", [0, 1, 10, 23])
def test_a_batch_is_on_its_queue_when_it_is_sent(queues: Any, count: int):
    queues.send_batch([(Envelope(job_id=f"job-{number}", kind="tts"), "민아") for number in range(count)])

    assert queues.depth("tts") == count


def test_a_dead_letter_is_not_on_the_queue(queues: Any):
    queues.bury(Envelope(job_id="dead", kind="tts"), error=JobError(code="c", message="m", retryable=True), context={})

    assert queues.depth("tts") == 0
