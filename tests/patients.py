"""A patient for the doctor with nothing behind it, but for what a test puts there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ops.doctor import Patient
from ops.memory_operating import MemoryOperating
from ops.settings import Settings


def patient(**fields: Any) -> Patient:
    """Return a patient of these fields; services and engines that are left out are not there to be asked."""
    made: dict[str, Any] = {
        "settings": Settings(_env_file=None),
        "clients": SimpleNamespace(dynamodb=None, s3=None, sqs=None),
        "role": "worker",
        "kinds": ["tts"],
        "workforce": MemoryOperating(),
        "engines": SimpleNamespace(),
        "versions": {},
    }
    return Patient(**(made | fields))
