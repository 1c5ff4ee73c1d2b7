"""The doctor: what would lose, delay or expose jobs, looked for before it does; each finding says what to do."""

from ops.doctor.finding import NOT_CHECKED, Finding
from ops.doctor.patient import EngineFault, Engines, Patient
from ops.doctor.rounds import CHECKS, examine

__all__ = ["CHECKS", "NOT_CHECKED", "EngineFault", "Engines", "Finding", "Patient", "examine"]
