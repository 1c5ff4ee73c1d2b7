"""Who works: the workers, as they describe themselves, all of one registry and with known libraries; and a clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.doctor import clockwork
from ops.doctor.finding import Finding
from ops.doctor.versions import unknown
from schemas.fingerprint import registry_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.patient import Patient


def check(patient: Patient) -> Iterator[Finding]:
    """Look at the workers that live, and whether a clock does."""
    now = patient.clock()
    for worker in patient.workforce.workers(now=now):
        if not worker.is_alive(now):
            continue
        if worker.registry != registry_digest():
            yield Finding(
                code="other_registry",
                subject=worker.name,
                detail=f"Its kinds are {worker.registry}, those here {registry_digest()}: it may refuse what is sent.",
                remedy="Finish the deployment, or end the worker; then look again.",
            )
        yield from unknown(worker.versions, where=f"at {worker.name}")
    yield from clockwork.check(patient)  # the last: it asks for more, and may be refused
