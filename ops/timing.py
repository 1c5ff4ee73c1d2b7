"""The system's clock, as precise as a record keeps time."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time in UTC, whole milliseconds."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
