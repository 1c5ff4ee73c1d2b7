"""The JSON Schema of what a model is to answer, in the subset that all vendors' structured outputs take.

No `$ref`, no limits, no descriptions (the prompt has those), every property required, `additionalProperties: false`:
https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
https://docs.claude.com/en/docs/build-with-claude/structured-outputs
Limits are kept by the model that reads the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schemas.job import JsonObject
    from workers.engines.llm.said import Said

_KEPT = ("type", "enum")


def schema_of(said: type[Said]) -> JsonObject:
    """Return the schema of the model."""
    whole = said.model_json_schema()
    return _plain(whole, whole.get("$defs", {}))


def _plain(node: JsonObject, definitions: JsonObject) -> JsonObject:
    if "$ref" in node:
        return _plain(definitions[node["$ref"].rpartition("/")[2]], definitions)
    plain: dict[str, Any] = {key: node[key] for key in _KEPT if key in node}
    if "anyOf" in node:
        plain["anyOf"] = [_plain(each, definitions) for each in node["anyOf"]]
    if "items" in node:
        plain["items"] = _plain(node["items"], definitions)
    if "properties" in node:
        plain["properties"] = {name: _plain(each, definitions) for name, each in node["properties"].items()}
        plain["required"] = list(node["properties"])
        plain["additionalProperties"] = False
    return plain
