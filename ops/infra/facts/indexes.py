"""The fact of a table's indexes. A missing one is made from the table's items; one with other keys is left alone.

To mend the latter it would have to be deleted first, and clock and lists would find nothing by it meanwhile.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ops.infra.facts.fact import Fact, LeftAloneError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.infra.template import JsonObject

#: A small table's index is there within minutes; what takes longer goes on without us.
_TIMEOUT_S = 900.0
_POLL_INTERVAL_S = 1.0
_OTHER_KEYS = "Delete such an index when nobody works, and deploy again: it is made anew."


def indexes_fact(name: str, properties: JsonObject, dynamodb: DynamoDBClient) -> Fact:
    """Return the one fact of a table's indexes: their keys. Those that the template does not name are not looked at."""
    wanted: list[Any] = properties["GlobalSecondaryIndexes"]
    names = {index["IndexName"] for index in wanted}

    def read() -> dict[str, str]:
        table: Any = dynamodb.describe_table(TableName=name)["Table"]
        found = [index for index in table.get("GlobalSecondaryIndexes", []) if index["IndexName"] in names]
        return _by_name(found, table["AttributeDefinitions"])

    def write() -> None:
        found = read()
        for index in wanted:
            if index["IndexName"] not in found:
                _make(name, index, properties["AttributeDefinitions"], dynamodb)
        if read() != fact.wanted:
            raise LeftAloneError(f"indexes of table {name}: {fact.differences(read())}. {_OTHER_KEYS}")

    fact = Fact(
        name=f"indexes of table {name}",
        resource=f"table {name}",
        wanted=_by_name(wanted, properties["AttributeDefinitions"]),
        read=read,
        write=write,
    )
    return fact


def _make(table: str, index: Any, attributes: list[Any], dynamodb: DynamoDBClient) -> None:  # noqa: ANN401 - boto3's
    """Make an index and wait for it: DynamoDB makes one at a time, and answers no query before it is whole.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html
    """
    keys = {key["AttributeName"] for key in index["KeySchema"]}
    dynamodb.update_table(
        TableName=table,
        AttributeDefinitions=[each for each in attributes if each["AttributeName"] in keys],
        GlobalSecondaryIndexUpdates=[{"Create": index}],
    )
    deadline = time.monotonic() + _TIMEOUT_S
    while not _is_whole(table, index["IndexName"], dynamodb) and time.monotonic() < deadline:
        time.sleep(_POLL_INTERVAL_S)


def _is_whole(table: str, index: str, dynamodb: DynamoDBClient) -> bool:
    indexes = dynamodb.describe_table(TableName=table)["Table"].get("GlobalSecondaryIndexes", [])
    return any(one.get("IndexName") == index and one.get("IndexStatus") == "ACTIVE" for one in indexes)


def keys_in_words(schema: list[Any], attributes: list[Any]) -> str:
    """Return the keys of a table or an index with their types, for example `by pk (S) and sk (S)`."""
    types = {each["AttributeName"]: each["AttributeType"] for each in attributes}
    ordered = sorted(schema, key=lambda key: str(key["KeyType"]))  # HASH, then RANGE
    return "by " + " and ".join(f"{key['AttributeName']} ({types.get(key['AttributeName'])})" for key in ordered)


def _by_name(indexes: list[Any], attributes: list[Any]) -> dict[str, str]:
    return {
        index["IndexName"]: f"{keys_in_words(index['KeySchema'], attributes)}, {index['Projection']['ProjectionType']}"
        for index in indexes
    }
