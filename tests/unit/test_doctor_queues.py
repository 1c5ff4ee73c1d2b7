"""The queues' attributes as the doctor reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from ops.doctor import Finding, queues
from ops.infra.template import render
from ops.settings import Settings
from tests.patients import patient
from tests.transport import refusal

SETTINGS = Settings(_env_file=None)
QUEUE, DLQ = SETTINGS.queue_name("tts"), SETTINGS.dlq_name("tts")
ARN = "arn:aws:sqs:us-east-1:000000000000:"


@dataclass
class Sqs:
    """Queues whose attributes are as the template says, but for what a test changes."""

    changed: dict[str, dict[str, str | None]] = field(default_factory=dict)
    error: Exception | None = None

    def get_queue_url(self, *, QueueName: str) -> Any:  # noqa: N803 - as boto3 has it
        if self.error:
            raise self.error
        return {"QueueUrl": QueueName}

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: Any) -> Any:  # noqa: N803
        found = {**self.sound(QueueUrl), **self.changed.get(QueueUrl, {})}
        return {"Attributes": {name: value for name, value in found.items() if value is not None}}

    @staticmethod
    def sound(queue: str) -> dict[str, str]:
        [properties] = [
            each["Properties"]
            for each in render(SETTINGS)["Resources"].values()
            if each["Properties"].get("QueueName") == queue
        ]
        attributes = {name: value for name, value in properties.items() if name != "QueueName"}
        if "RedrivePolicy" in attributes:
            attributes["RedrivePolicy"] = {"deadLetterTargetArn": f"{ARN}{DLQ}", "maxReceiveCount": 100}
        if "RedriveAllowPolicy" in attributes:
            attributes["RedriveAllowPolicy"] = {"redrivePermission": "byQueue", "sourceQueueArns": [f"{ARN}{QUEUE}"]}
        return {name: json.dumps(value) for name, value in attributes.items()}


def found(sqs: Sqs) -> list[Finding]:
    return list(queues.check(patient(settings=SETTINGS, clients=SimpleNamespace(sqs=sqs))))


def test_sound_queues_have_nothing():
    assert found(Sqs()) == []


@pytest.mark.parametrize(
    ("queue", "changed", "code", "said"),
    [
        (QUEUE, {"RedrivePolicy": None}, "no_redrive_policy", "no RedrivePolicy"),
        (QUEUE, {"VisibilityTimeout": "59"}, "visibility_too_short", "hidden for 59 s, and should be for 60"),
        (QUEUE, {"VisibilityTimeout": "61"}, "queue_differs", "VisibilityTimeout"),
        (QUEUE, {"MessageRetentionPeriod": "86400"}, "wrong_retention", "kept for 1 day, not 4 days"),
        (QUEUE, {"MessageRetentionPeriod": "3600"}, "wrong_retention", "kept for 1 hour, not 4 days"),
        (QUEUE, {"DelaySeconds": "300"}, "queue_differs", "DelaySeconds is 5 minutes, not 0 s"),
        (DLQ, {"DelaySeconds": "300"}, "queue_differs", "DelaySeconds is 5 minutes, not 0 s"),
        (QUEUE, {"MessageRetentionPeriod": "1209600"}, "wrong_retention", "14 days, not 4 days"),
        (QUEUE, {"SqsManagedSseEnabled": "false"}, "queue_differs", "SqsManagedSseEnabled"),
        (QUEUE, {"RedrivePolicy": '{"maxReceiveCount":3}'}, "queue_differs", "RedrivePolicy"),
        (DLQ, {"MessageRetentionPeriod": "345600"}, "dlq_retention_too_short", "4 days, not 14 days"),
        (DLQ, {"RedriveAllowPolicy": None}, "queue_differs", "RedriveAllowPolicy"),
    ],
)
def test_each_difference_is_found_once_as_what_it_is(queue: str, changed: dict[str, str | None], code: str, said: str):
    [finding] = found(Sqs(changed={queue: changed}))

    assert (finding.code, finding.subject) == (code, queue)
    assert said in finding.detail
    assert "sayline deploy" in finding.remedy


def test_several_faults_of_a_queue_are_found_side_by_side():
    changed: dict[str, str | None] = {"RedrivePolicy": None, "VisibilityTimeout": "1", "SqsManagedSseEnabled": "false"}

    codes = [finding.code for finding in found(Sqs(changed={QUEUE: changed}))]

    assert codes == ["no_redrive_policy", "visibility_too_short", "queue_differs"]


def test_a_queue_that_is_not_there_is_found():
    missing = found(Sqs(error=refusal(400, "AWS.SimpleQueueService.NonExistentQueue")))

    assert [(finding.code, finding.subject) for finding in missing] == [
        ("missing_queue", QUEUE),
        ("missing_queue", DLQ),
    ]


def test_a_queue_that_may_not_be_read_does_not_hide_what_is_wrong_with_the_next():
    class Denied(Sqs):
        def get_queue_url(self, *, QueueName: str) -> Any:  # noqa: N803 - as boto3 has it
            if QueueName == QUEUE:
                raise refusal(403, "AccessDenied")
            return super().get_queue_url(QueueName=QueueName)

    several = found(Denied(changed={DLQ: {"MessageRetentionPeriod": "345600"}}))

    assert [(finding.code, finding.subject) for finding in several] == [
        ("not_checked", QUEUE),
        ("dlq_retention_too_short", DLQ),
    ]
    assert "AccessDenied" in several[0].detail
