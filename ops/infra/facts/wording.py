"""Properties in words: `VisibilityTimeout is 5 s, not 60 s`, instead of what Python prints of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = frozenset(
    {"DelaySeconds", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds", "VisibilityTimeout"},
)
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def differences(found: object, wanted: object) -> Iterator[str]:
    """Yield each property that differs, as a clause; one that has no names for its parts is a single one."""
    if found is None:
        yield "it is not set"
    elif isinstance(wanted, dict) and isinstance(found, dict):
        for name in wanted | found:
            if found.get(name) != wanted.get(name):
                yield _clause(name, found.get(name), wanted.get(name))
    elif found != wanted:
        yield f"it is {_words('', found)}, not {_words('', wanted)}"


def _clause(name: str, found: object, wanted: object) -> str:
    if wanted is None:
        return f"{name} is {_words(name, found)}, and should not be there"
    if found is None:
        return f"{name} is missing: {_words(name, wanted)}"
    return f"{name} is {_words(name, found)}, not {_words(name, wanted)}"


def duration(seconds: int) -> str:
    """Return a time in the largest unit that it is a whole number of; up to two minutes in seconds."""
    for unit_s, unit in _UNITS:
        count, rest = divmod(seconds, unit_s)
        if count and not rest and seconds > 2 * 60:
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds} s"


def _words(name: str, value: Any) -> str:  # noqa: ANN401 - any property
    match value:
        case bool():
            return "on" if value else "off"
        case int() if name in _SECONDS:
            return duration(value)
        case {"deadLetterTargetArn": queue, "maxReceiveCount": count}:
            return f"to {queue} after {count} receives"
        case {"redrivePermission": "byQueue", "sourceQueueArns": [*queues]}:
            return f"by {' and '.join(map(str, queues))} alone"
        case dict() | list():
            return _parts(value)
    return str(value)


def _parts(value: Any) -> str:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(key, item)}" for key, item in value.items())
    return " and ".join(_words("", item) for item in value)
