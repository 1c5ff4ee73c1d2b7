"""Which faults flow in a storm, and how often."""

from __future__ import annotations

from tests.faults import Fault, FaultPlan, Mix

_COMMON = {
    Fault.LATENCY: 0.03,
    Fault.INTERNAL_ERROR: 0.01,
    Fault.UNAVAILABLE: 0.01,
    Fault.EXPIRED_TOKEN: 0.005,
    Fault.THROTTLED: 0.02,
    Fault.RESET: 0.015,
    Fault.ANSWER_LOST: 0.015,
    Fault.BLACK_HOLE: 0.001,
}


def aws(seed: int) -> FaultPlan:
    """Return the faults between Sayline's processes and the emulator."""
    return FaultPlan(
        seed,
        (
            Mix(pattern="SQS.ReceiveMessage", faults={**_COMMON, Fault.DUPLICATE: 0.06}, outage=0.01),
            Mix(pattern="SQS.*", faults=_COMMON, outage=0.02),
            Mix(pattern="DynamoDB.*", faults=_COMMON, outage=0.015),
            Mix(pattern="S3.*", faults=_COMMON, outage=0.02),
        ),
    )


def vendor(seed: int) -> FaultPlan:
    """Return the faults between workers and the vendor; a latency may be longer than the caller waits."""
    faults = {**_COMMON, Fault.LATENCY: 0.04, Fault.THROTTLED: 0.03, Fault.ANSWER_LOST: 0.02}
    mix = Mix(pattern="Vendor.*", faults=faults, outage=0.03, latency_s=(0.05, 2.5), black_hole_s=3.0)
    return FaultPlan(seed, (mix,))
