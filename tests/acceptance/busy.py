"""A kind whose jobs take as long as they are told to, or until a file is there, and note each beginning and end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

KIND = '''"""Takes its time."""

from schemas.kind import Backoff, Kind, Request, Result


class BusyRequest(Request):
    ledger: str
    name: str
    seconds: float = 0
    until: str | None = None
    deaf: bool = False


class BusyResult(Result):
    name: str


KIND = Kind(
    name="{name}",
    summary="Take one's time",
    request=BusyRequest,
    result=BusyResult,
    example=BusyRequest(ledger="/dev/null", name="x"),
    timeout_s={timeout_s},
    max_attempts=2,
    backoff=Backoff(base_s=0.5, cap_s=0.5),
)
'''

HANDLER = '''"""Takes its time; a deaf one hears no soft limit."""

import contextlib
import json
import os
import time
from pathlib import Path

from schemas.kinds.busy import BusyResult


def handle(request, work):
    note(request, "begin")
    end = time.monotonic() + request.seconds
    while request.until and not Path(request.until).exists():
        time.sleep(0.02)
    while (rest := end - time.monotonic()) > 0:
        with contextlib.suppress(BaseException) if request.deaf else contextlib.nullcontext():
            time.sleep(rest)
    note(request, "end")
    return BusyResult(name=request.name, engine="busy", model="1")


def note(request, what):
    line = {"name": request.name, "what": what, "pid": os.getpid(), "parent": os.getppid(), "at": time.time()}
    with Path(request.ledger).open("a") as ledger:
        ledger.write(json.dumps(line) + "\\n")
'''


def busy(name: str = "busy", *, timeout_s: int = 60) -> dict[str, tuple[str, str]]:
    """Return the sources of the kind, by its name."""
    handler = HANDLER.replace("schemas.kinds.busy", f"schemas.kinds.{name}")
    return {name: (KIND.replace("{name}", name).replace("{timeout_s}", str(timeout_s)), handler)}


class Ledger:
    """What the jobs of the kind have noted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def lines(self, name: str | None = None, what: str | None = None) -> list[dict[str, Any]]:
        """Return the lines of a job, or of all."""
        lines = [json.loads(line) for line in self.path.read_text().splitlines()]
        return [line for line in lines if name in {None, line["name"]} and what in {None, line["what"]}]
