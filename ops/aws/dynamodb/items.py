"""A job, or another model, as a DynamoDB item and back.

What conditions, indexes and counters touch is an attribute of its own (times as milliseconds since 1970, `expires_at`
in seconds as TTL wants it); documents are JSON strings, which need no decimal arithmetic and cost the fewest bytes.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from schemas.job import Job

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

#: Sort key of a job's own item; other items of the job would stand beside it.
RECORD = "record"
_DOCUMENTS = frozenset({"request", "result", "files", "error", "progress", "usage"})
_SECONDS = frozenset({"expires_at"})
_TIMES = frozenset(
    {
        "created_at",
        "updated_at",
        "started_at",
        "finished_at",
        "forgotten_at",
        "waiting_since",
        "due_at",
        "queued_at",
        "next_check_at",
        "expires_at",
        "until",
    }
)


def job_key(job_id: str) -> dict[str, AttributeValueTypeDef]:
    """Return the primary key of a job's item."""
    return {"pk": {"S": f"job#{job_id}"}, "sk": {"S": RECORD}}


def job_id_of(key: Mapping[str, Any]) -> str:
    """Return the id of the job with this primary key."""
    return str(key["pk"]["S"]).removeprefix("job#")


def encode(name: str, value: Any) -> AttributeValueTypeDef:  # noqa: ANN401, PLR0911 - any field; a return per type
    """Return a field's value as an attribute."""
    if name in _DOCUMENTS:
        return {"S": _json(value)}
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": str(value)}
        case datetime():
            return {"N": str(_to_number(name, value))}
        case dict():
            return {"M": {key: {"S": _json(entry)} for key, entry in value.items()}}
        case tuple():
            return {"L": [{"S": _json(entry)} for entry in value]}
        case BaseModel():
            return {"M": {key: encode(key, entry) for key, entry in value}}
    raise TypeError(f"{name}: no attribute for a {type(value).__name__}")


def to_item(job: Job) -> dict[str, AttributeValueTypeDef]:
    """Return the whole record as an item."""
    return {**job_key(job.id), **attributes(job)}


def from_item(item: Mapping[str, Any]) -> Job:
    """Return the record that an item holds."""
    return Job.of_stored(fields(item, Job))


def attributes(model: BaseModel, *, leave_out: Collection[str] = ()) -> dict[str, AttributeValueTypeDef]:
    """Return a model's fields as attributes, those that have a value."""
    return {name: encode(name, value) for name, value in model if value is not None and name not in leave_out}


def fields(item: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Return the fields of a model that an item has."""
    return {name: decode(name, item[name]) for name in item if name in model.model_fields}


def decode(name: str, attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401, PLR0911
    """Return the value of a field's attribute."""
    ((tag, value),) = attribute.items()
    if name in _DOCUMENTS:
        return json.loads(value)
    if name in _TIMES:
        return _from_number(name, int(value))
    match tag:
        case "N":
            return int(value)
        case "L":
            return [json.loads(entry["S"]) for entry in value]
        case "M" if name == "after":
            return {key: json.loads(entry["S"]) for key, entry in value.items()}
        case "M":
            return {key: decode(key, entry) for key, entry in value.items()}
    return value


def _to_number(name: str, time: datetime) -> int:
    milliseconds = round(time.timestamp() * 1000)
    return milliseconds // 1000 if name in _SECONDS else milliseconds


def _from_number(name: str, number: int) -> datetime:
    return datetime.fromtimestamp(number if name in _SECONDS else number / 1000, UTC)


def _json(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, BaseModel):
        return value.model_dump_json(exclude_none=True)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
