"""Kinds that do as they are told: what stock Celery's app does, as kinds of ours."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Variable with the file that the handler writes to, as `tests/stock/app.py` does.
EVENTS = "PROBE_EVENTS"
#: The kinds, with the longest time in seconds that an attempt may run.
KINDS = {"probe": 30, "brief": 1}
MAX_ATTEMPTS = 2

_KIND = '''"""A kind that does as it is told."""

from pydantic import Field

from schemas.kind import Backoff, Kind, Request, Result


class ProbeRequest(Request):
    job: str
    seconds: float = Field(default=0, ge=0)
    fails: bool = False


class ProbeResult(Result):
    pass


KIND = Kind(
    name="{name}",
    summary="Do as told",
    request=ProbeRequest,
    result=ProbeResult,
    example=ProbeRequest(job="one"),
    timeout_s={limit_s},
    max_attempts={attempts},
    backoff=Backoff(base_s=0.1, cap_s=0.1),
)
'''

_HANDLER = '''"""Does as it is told, and notes it."""

import json
import os
import threading
import time
from pathlib import Path

from schemas.errors import TransientError
from schemas.kinds.{name} import ProbeRequest, ProbeResult


def handle(request: ProbeRequest, work):
    _note("begin", request.job)
    time.sleep(request.seconds)
    if request.fails:
        raise TransientError("probed", "It was told to fail.")
    _note("end", request.job)
    return ProbeResult(engine="probe", model="1")


def _note(event, job):
    line = {{"event": event, "job": job, "at": time.time(), "thread": threading.current_thread().name}}
    with Path(os.environ["{events}"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\\n")
'''


def write_kinds(directory: Path) -> Path:
    """Write those kinds as an overlay: docs/adr/0014."""
    for name, limit_s in KINDS.items():
        kind = _KIND.format(name=name, limit_s=limit_s, attempts=MAX_ATTEMPTS)
        for folder, source in (
            ("schemas/kinds", kind),
            ("workers/handlers", _HANDLER.format(name=name, events=EVENTS)),
        ):
            (directory / folder).mkdir(parents=True, exist_ok=True)
            (directory / folder / f"{name}.py").write_text(source, "utf-8")
    return directory
