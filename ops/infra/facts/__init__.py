"""What the template says, as facts that can be read back from AWS, and set by API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.infra.facts.bucket import bucket_facts
from ops.infra.facts.fact import GONE, Fact, LeftAloneError, is_missing
from ops.infra.facts.queue import queue_fact
from ops.infra.facts.table import table_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.aws.clients import Clients
    from ops.infra.template import JsonObject

__all__ = ["GONE", "Fact", "LeftAloneError", "facts", "is_missing"]


def facts(template: JsonObject, clients: Clients) -> Iterator[Fact]:
    """Yield the facts of every resource of the template.

    Reading a fact of a resource that doesn't exist raises botocore's ClientError.
    """
    # A queue's policy names its dead-letter queue, which must be there first.
    for resource in sorted(template["Resources"].values(), key=lambda each: "RedrivePolicy" in each["Properties"]):
        properties = resource["Properties"]
        if resource["Type"] == "AWS::SQS::Queue":
            yield queue_fact(properties, template, clients.sqs)
        elif resource["Type"] == "AWS::DynamoDB::Table":
            yield from table_facts(properties, clients.dynamodb)
        elif resource["Type"] == "AWS::S3::Bucket":
            yield from bucket_facts(properties, clients.s3)
