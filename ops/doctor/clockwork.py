"""Whether a clock runs: by the lease on its duty, and by what is due and has been looked at by none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ops.aws.dynamodb import DynamoJobStore
from ops.clock import DUTY
from ops.doctor.finding import Finding
from schemas.job import open_shards, parked_shard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ops.doctor.patient import Patient

#: Rounds of a clock, and this long at least: one may be busy, or has only just begun.
_ROUNDS = 4
_LEAST = timedelta(minutes=3)


def check(patient: Patient) -> Iterator[Finding]:
    """Look since when no clock has; workers and the API may not ask for it."""
    if patient.role not in {"operator", "clock"}:
        return
    now = patient.clock()
    patience = max(_LEAST, timedelta(seconds=_ROUNDS * patient.settings.clock_interval_s))
    if since := _silent_since(patient, now - patience):
        minutes = int((now - since).total_seconds() // 60)
        yield Finding(
            code="clock_silent",
            subject="the clock",
            detail=f"The clock has not looked for {minutes} minutes: jobs that are due or late wait for it.",
            remedy="Start one: `sayline clock`; or see in its log why it fails (docs/runbooks/stuck-flow.md).",
        )


def _silent_since(patient: Patient, before: datetime) -> datetime | None:
    """Return since when the duty is nobody's, or a scheduled job waits though somebody has it; None for neither.

    Where no clock has ever run, it is missed by whatever is due. Where one has, late jobs tell nothing of it: it leaves
    them alone as long as their queue is full.
    """
    store = DynamoJobStore(patient.clients.dynamodb, patient.settings.table_name)
    until = store.held_until(DUTY)
    if until and until <= before:
        return until
    shards = [parked_shard(kind) for kind in patient.kinds]
    if until is None:
        shards += [shard for kind in patient.kinds for shard in open_shards(kind)]
    return store.first_check(shards, by=before)
