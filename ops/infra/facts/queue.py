"""The facts of a queue: its attributes.

A queue that is gone is made anew; what it held is lost, and the clock sends open jobs' messages again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.infra.facts.fact import Fact, is_missing

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from ops.infra.template import JsonObject


def queue_fact(properties: JsonObject, template: JsonObject, sqs: SQSClient) -> Fact:
    """Return the one fact of a queue: its attributes."""
    name = properties["QueueName"]
    wanted = {key: _comparable(value, template) for key, value in properties.items() if key != "QueueName"}

    def read() -> dict[str, object]:
        found = _attributes(sqs, name)
        return {key: _comparable(json.loads(found[key]), template) for key in wanted if found.get(key)}

    def write() -> None:
        try:
            found = _attributes(sqs, name)
        except ClientError as error:
            if not is_missing(error):
                raise
            sqs.create_queue(QueueName=name)
            found = _attributes(sqs, name)
        # A stack is of one account and region: its other queues' ARNs differ in the name alone.
        prefix, _, _ = found["QueueArn"].rpartition(":")
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=_settable(properties, template, prefix))

    return Fact(name=f"queue {name}", wanted=wanted, read=read, write=write, resource=f"queue {name}", is_remade=True)


def _attributes(sqs: SQSClient, name: str) -> dict[str, str]:
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    return dict(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])  # type: ignore[arg-type]


def _settable(properties: JsonObject, template: JsonObject, prefix: str) -> Any:  # noqa: ANN401 - by boto3's names
    """Return the attributes as the API takes them: each a string, ARNs in full."""

    def resolved(value: Any) -> Any:  # noqa: ANN401 - JSON
        match value:
            case {"Fn::GetAtt": _} | {"Fn::Sub": _}:
                return f"{prefix}:{_comparable(value, template)}"
            case dict():
                return {key: resolved(item) for key, item in value.items()}
            case list():
                return [resolved(item) for item in value]
            case _:
                return value

    return {
        key: value if isinstance(value, str) else json.dumps(resolved(value))
        for key, value in properties.items()
        if key != "QueueName"
    }


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
