"""The rounds: every check, one after the other; one that can't be made is a finding, and not the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws.errors import reason
from ops.doctor import clock, engines, environment, permissions, queues, storage, versions, workforce
from ops.doctor.finding import not_checked
from schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from ops.doctor.finding import Finding
    from ops.doctor.patient import Patient

    Check = Callable[[Patient], Iterable[Finding]]

#: By name, in the order in which they are made: what the others may be explained by comes first.
CHECKS: Mapping[str, Check] = {
    "environment": environment.check,
    "versions": versions.check,
    "clock": clock.check,
    "queues": queues.check,
    "storage": storage.check,
    "permissions": permissions.check,
    "engines": engines.check,
    "workers": workforce.check,
}


def examine(patient: Patient, checks: Collection[str] = CHECKS.keys()) -> Iterator[Finding]:
    """Make these checks."""
    for name, check in CHECKS.items():
        if name in checks:
            yield from _made(name, check, patient)


def _made(name: str, check: Check, patient: Patient) -> Iterator[Finding]:
    try:
        yield from check(patient)
    except (UnavailableError, BotoCoreError, ClientError) as error:
        why = str(error) if isinstance(error, UnavailableError) else reason(error)
        yield not_checked(name, why)
