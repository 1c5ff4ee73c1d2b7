"""Clock skew: leases rest on clocks that differ by a few seconds at most, and AWS refuses more than five minutes."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.doctor.finding import Finding
from ops.settings import CLOCK_SKEW_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.patient import Patient

#: The header `Date` has whole seconds.
_PRECISION_S = 1


def check(patient: Patient) -> Iterator[Finding]:
    """Compare this machine's time with that of DynamoDB's answer: it lies between asking and answer."""
    before = patient.clock()
    date = _asked(patient)
    after = patient.clock()
    if date is None:
        return
    theirs = parsedate_to_datetime(date).replace(tzinfo=UTC)
    ahead_s = (before - theirs).total_seconds() - _PRECISION_S
    behind_s = (theirs - after).total_seconds()
    if max(ahead_s, behind_s) > CLOCK_SKEW_S:
        side, by_s = ("ahead", ahead_s) if ahead_s > behind_s else ("behind", behind_s)
        yield Finding(
            code="clock_skew",
            subject="this machine's clock",
            detail=f"It is {by_s:.0f} s {side} of AWS's; leases bear {CLOCK_SKEW_S} s.",
            remedy="Have it set by NTP: chrony with 169.254.169.123 on EC2.",
        )


def _asked(patient: Patient) -> str | None:
    """Return the date of any answer of DynamoDB's, be it a refusal."""
    nobody: Any = {"pk": {"S": "sayline-doctor"}, "sk": {"S": "sayline-doctor"}}
    try:
        answer: Any = patient.clients.dynamodb.get_item(TableName=patient.settings.table_name, Key=nobody)
    except ClientError as error:
        answer = error.response
    date: str | None = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return date
