"""What this role may do, by dry probes of all that its part of Sayline does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ops.doctor.finding import Finding
from ops.doctor.probes import Probe, of_bucket, of_queues, of_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.patient import Patient
    from ops.roles import Role

#: Probes are of a few requests for each kind and prefix.
_AT_ONCE = 8


def check(patient: Patient) -> Iterator[Finding]:
    """Probe table, bucket and queues."""
    probes = [*of_table(patient), *of_bucket(patient), *of_queues(patient)]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for probe, denied in zip(probes, threads.map(Probe.is_denied, probes), strict=True):
            if denied:
                yield _not_allowed(probe, patient.role)


def _not_allowed(probe: Probe, role: Role) -> Finding:
    return Finding(
        code="not_allowed",
        subject=f"{probe.action} on {probe.subject}",
        detail=f"The role that asks here may not do this, which {_WHO[role]}.",
        remedy="Allow it in the role's policy; or look by which credentials this is asked.",
    )


_WHO = {
    "worker": "a worker does",
    "api": "the API does",
    "clock": "the clock does",
    "operator": "the operators' commands do",
}
