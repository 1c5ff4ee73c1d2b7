"""The facts of a table; MiniStack's CloudFormation drops its three switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.infra.facts.fact import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.infra.template import JsonObject


def table_facts(properties: JsonObject, dynamodb: DynamoDBClient) -> Iterator[Fact]:
    """Yield the facts of a table."""
    name = properties["TableName"]

    def table() -> Any:  # noqa: ANN401 - boto's types know no TypedDict by variable key
        return dynamodb.describe_table(TableName=name)["Table"]

    def described(*keys: str) -> Callable[[], object]:
        return lambda: {key: _sorted(table().get(key)) for key in keys}

    keys = ("KeySchema", "AttributeDefinitions")
    yield Fact(
        name=f"keys of table {name}",
        wanted={key: _sorted(properties[key]) for key in keys},
        read=described(*keys),
    )
    yield Fact(
        name=f"indexes of table {name}",
        wanted=_indexes(properties["GlobalSecondaryIndexes"]),
        read=lambda: _indexes(table().get("GlobalSecondaryIndexes", [])),
    )
    yield from _table_switches(name, properties, dynamodb)


def _table_switches(name: str, properties: JsonObject, dynamodb: DynamoDBClient) -> Iterator[Fact]:
    ttl = properties["TimeToLiveSpecification"]

    def read_ttl() -> object:
        found = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        enabled = found.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}
        return {"AttributeName": found.get("AttributeName"), "Enabled": enabled}

    yield Fact(
        name=f"time to live of table {name}",
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
        wanted=recovery,
        read=read_recovery,
        write=lambda: dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery),
    )


def _indexes(indexes: list[JsonObject]) -> dict[str, object]:
    return {index["IndexName"]: (index["KeySchema"], index["Projection"]) for index in indexes}


def _sorted(items: Any) -> Any:  # noqa: ANN401 - JSON
    return sorted(items or [], key=lambda item: str(item["AttributeName"]))
