"""The facts of a table; MiniStack's CloudFormation drops its three switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.infra.facts.fact import Fact
from ops.infra.facts.indexes import indexes_fact, keys_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.infra.template import JsonObject


def table_facts(properties: JsonObject, dynamodb: DynamoDBClient) -> Iterator[Fact]:
    """Yield the facts of a table."""
    name = properties["TableName"]

    def read_keys() -> str:
        table: Any = dynamodb.describe_table(TableName=name)["Table"]
        return keys_in_words(table["KeySchema"], table["AttributeDefinitions"])

    yield Fact(
        name=f"keys of table {name}",
        resource=f"table {name}",
        wanted=keys_in_words(properties["KeySchema"], properties["AttributeDefinitions"]),
        read=read_keys,
    )
    yield indexes_fact(name, properties, dynamodb)
    yield from _table_switches(name, properties, dynamodb)


def _table_switches(name: str, properties: JsonObject, dynamodb: DynamoDBClient) -> Iterator[Fact]:
    ttl = properties["TimeToLiveSpecification"]

    def read_ttl() -> object:
        found = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        enabled = found.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
        return {"AttributeName": found.get("AttributeName"), "Enabled": enabled}

    yield Fact(
        name=f"time to live of table {name}",
        resource=f"table {name}",
        wanted=ttl,
        read=read_ttl,
        write=lambda: dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl),
    )

    recovery = properties["PointInTimeRecoverySpecification"]

    def read_recovery() -> object:
        found = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        status = found.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
        return {"PointInTimeRecoveryEnabled": status == "ENABLED"}

    yield Fact(
        name=f"point-in-time recovery of table {name}",
        resource=f"table {name}",
        wanted=recovery,
        read=read_recovery,
        write=lambda: dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery),
    )
