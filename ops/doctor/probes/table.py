"""What each role does with the table: a key that no item has is read, and written under a condition that it has one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ops.doctor.probes.probe import NOBODYS, Probe
from ops.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ops.doctor.patient import Patient
    from ops.roles import Role

#: By action, and index where there is one.
_NEEDED_BY: Mapping[tuple[str, str | None], tuple[Role, ...]] = {
    ("GetItem", None): ROLES,
    ("BatchGetItem", None): ("api", "operator", "clock"),
    ("PutItem", None): ("worker", "api", "operator"),
    ("UpdateItem", None): ROLES,
    ("DeleteItem", None): ("worker", "api", "operator"),
    ("Query", None): ("worker", "api", "operator"),
    ("Query", "open"): ("clock", "operator"),
    ("Query", "by_owner"): ("api", "operator"),
    ("Scan", None): ("operator",),
}


def of_table(patient: Patient) -> Iterator[Probe]:
    """Iterate over the probes of what the patient's role needs."""
    table = patient.settings.table_name
    asks = _asks(patient.clients.dynamodb, table)
    for (action, index), roles in _NEEDED_BY.items():
        if patient.role in roles:
            subject = f"index {index} of {table}" if index else table
            yield Probe(f"dynamodb:{action}", subject, asks[action, index])


def _asks(client: Any, table: str) -> Mapping[tuple[str, str | None], Callable[[], object]]:  # noqa: ANN401 - any request
    key = {"pk": {"S": NOBODYS}, "sk": {"S": NOBODYS}}
    never = {"TableName": table, "ConditionExpression": "attribute_exists(pk)"}

    def query(attribute: str, index: str | None = None) -> Callable[[], object]:
        return partial(
            client.query,
            TableName=table,
            KeyConditionExpression="#k = :none",
            ExpressionAttributeNames={"#k": attribute},
            ExpressionAttributeValues={":none": {"S": NOBODYS}},
            **({"IndexName": index} if index else {}),
        )

    return {
        ("GetItem", None): partial(client.get_item, TableName=table, Key=key),
        ("BatchGetItem", None): partial(client.batch_get_item, RequestItems={table: {"Keys": [key]}}),
        ("PutItem", None): partial(client.put_item, Item=key, **never),
        ("UpdateItem", None): partial(client.update_item, Key=key, **never),
        ("DeleteItem", None): partial(client.delete_item, Key=key, **never),
        ("Query", None): query("pk"),
        ("Query", "open"): query("open_shard", "open"),
        ("Query", "by_owner"): query("owner", "by_owner"),
        ("Scan", None): partial(client.scan, TableName=table, Limit=1),
    }
