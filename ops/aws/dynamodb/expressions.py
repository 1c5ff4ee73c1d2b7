"""Conditions and changes rendered as DynamoDB expressions, every name and value by placeholder.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.aws.dynamodb.items import encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from schemas.conditions import Condition
    from schemas.move import Move


class Expression:
    """Collects the placeholders of one request's expressions."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, AttributeValueTypeDef] = {}

    def name(self, path: str) -> str:
        """Return the placeholders of an attribute's path, `a.b`."""
        parts = path.split(".")
        self.names |= {f"#{part}": part for part in parts}
        return ".".join(f"#{part}" for part in parts)

    def value(self, field: str, value: Any) -> str:  # noqa: ANN401 - any field's value
        """Return the placeholder of a value of this field's type."""
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = encode(field.rpartition(".")[2], value)
        return placeholder

    def condition(self, conditions: Iterable[Condition]) -> str:
        """Return the conjunction of the conditions."""
        return " AND ".join(self._comparison(condition) for condition in conditions)

    def _comparison(self, condition: Condition) -> str:
        name = self.name(condition.field)
        if condition.op == "in":
            allowed = ", ".join(self.value(condition.field, value) for value in condition.value)
            return f"{name} IN ({allowed})"
        return f"{name} {condition.op} {self.value(condition.field, condition.value)}"

    def update(self, move: Move) -> str:
        """Return what the move writes."""
        puts = [f"{self.name(field)} = {self.value(field, value)}" for field, value in move.puts().items()]
        if move.change.append:
            history = self.name("history")
            puts.append(f"{history} = list_append({history}, {self.value('history', (move.change.append,))})")
        adds = [f"{self.name(field)} {self.value(field, by)}" for field, by in move.adds().items()]
        removes = [self.name(field) for field in sorted(move.change.remove)]
        clauses = {"SET": puts, "ADD": adds, "REMOVE": removes}
        return " ".join(f"{verb} {', '.join(terms)}" for verb, terms in clauses.items() if terms)
