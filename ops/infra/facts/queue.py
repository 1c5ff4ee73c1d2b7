"""The facts of a queue; no CloudFormation is known to drop any."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ops.infra.facts.fact import Fact

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from ops.infra.template import JsonObject


def queue_fact(properties: JsonObject, template: JsonObject, sqs: SQSClient) -> Fact:
    """Return the one fact of a queue: its attributes."""
    wanted = {key: _comparable(value, template) for key, value in properties.items() if key != "QueueName"}

    def read() -> dict[str, object]:
        url = sqs.get_queue_url(QueueName=properties["QueueName"])["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return {key: _comparable(json.loads(found[key]), template) for key in wanted if key in found}

    return Fact(name=f"queue {properties['QueueName']}", wanted=wanted, read=read)


def _comparable(value: Any, template: JsonObject) -> Any:  # noqa: ANN401 - JSON
    """Replace each ARN, and what CloudFormation makes one of, by the queue's name; numbers may have come as strings."""
    match value:
        case {"Fn::GetAtt": [logical_id, "Arn"]}:
            return template["Resources"][logical_id]["Properties"]["QueueName"]
        case {"Fn::Sub": str(text)}:
            return text.rpartition(":")[2]
        case dict():
            return {key: _comparable(item, template) for key, item in value.items()}
        case list():
            return [_comparable(item, template) for item in value]
        case str():
            return int(value) if value.isdigit() else value.rpartition(":")[2]
        case _:
            return value
