"""A proxy that does what networks and services do: slow, fail, throttle, hang up, lose answers, deliver twice."""

from tests.faults.fault import Fault, Injection
from tests.faults.plan import CALM, FaultPlan, Mix
from tests.faults.proxy import FaultProxy

__all__ = ["CALM", "Fault", "FaultPlan", "FaultProxy", "Injection", "Mix"]
