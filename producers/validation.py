"""Pydantic's errors as the API tells them: which field, which rule; never what the field held."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from producers.problems import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Rules whose message states the rule alone. The others quote their input, or may one day (`union_tag_invalid` does).
_TELLS_THE_RULE = re.compile(
    r"missing|extra_forbidden|literal_error|enum|multiple_of|finite_number|value_error|too_(long|short)"
    r"|(greater|less)_than(_equal)?|string_(too_short|too_long|pattern_mismatch|type|unicode)"
    r"|(int|float|bool)_(type|parsing|from_float)|(list|tuple|set|dict|model|model_attributes)_type"
    r"|union_tag_not_found|none_required"
)
#: A field's name is the caller's where the field is unknown: shown if it looks like a name, so that typing errors show.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")


def rfc3339(value: object) -> object:
    """Let through what is written as RFC 3339 has it; pydantic would also take a number of seconds, or a date.

    Raises:
        ValueError: it is not.
    """
    if isinstance(value, str) and not _RFC_3339.fullmatch(value):
        raise ValueError("Should be a date and time with its offset, as RFC 3339 has it")
    return value


def field_errors(errors: Iterable[Mapping[str, Any]]) -> tuple[FieldError, ...]:
    """Return what is wrong, from pydantic's errors whose locations begin with `body`, `query` or `header`."""
    return tuple(FieldError(field=_path(e["loc"][1:]), message=_message(e), code=e["type"]) for e in errors)


def _path(location: Iterable[str | int]) -> str:
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step if _NAME.fullmatch(step) else '*'}"
    return path.removeprefix(".")


def _message(error: Mapping[str, Any]) -> str:
    if not _TELLS_THE_RULE.fullmatch(error["type"]):
        return "The value is not valid"
    return str(error["msg"]).removeprefix("Value error, ")
