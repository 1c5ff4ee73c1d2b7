"""The fields of a kind's form, from its request's model: which are text, and how OpenAPI describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schemas.kinds import AnyKind

#: A part of this name is the request as JSON; other parts go over it.
REQUEST_PART = "request"


def text_fields(kind: AnyKind) -> frozenset[str]:
    """Return the fields that take text: in a form it stands as it is, and the value of any other field is JSON."""
    schema = kind.request.model_json_schema()

    def takes_text(field: dict[str, Any]) -> bool:
        if "$ref" in field:
            field = schema["$defs"][field["$ref"].rpartition("/")[2]]
        return field.get("type") == "string" or any(map(takes_text, field.get("anyOf", ())))

    return frozenset(name for name, field in schema["properties"].items() if takes_text(field))


def described(kind: AnyKind) -> dict[str, Any]:
    """Return the schema of the kind's form; those of other models are where OpenAPI has them."""
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    fields = kind.request.model_json_schema(ref_template="#/components/schemas/{model}")["properties"]
    for name, field in kind.files.items():
        fields[name] = {**file, "description": f"The file, of at most {field.max_bytes} bytes, or a reference to one"}
    whole = {"type": "object", "description": "The request as JSON; other fields go over it"}
    return {
        "type": "object",
        "description": "Text stands as it is; the value of any other field is JSON.",
        "properties": {**fields, REQUEST_PART: whole},
        "additionalProperties": False,
    }
