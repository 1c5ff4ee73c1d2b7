"""Does nothing, for as long as it is told to."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ops.bench.kinds.noop import NoopResult

if TYPE_CHECKING:
    from ops.bench.kinds.noop import NoopRequest
    from workers.work import Work


def handle(request: NoopRequest, _work: Work[None]) -> NoopResult:
    """Note the beginning where that is asked for, and wait."""
    if request.ledger:
        line = {"name": request.name, "at": time.time(), "pid": os.getpid(), "parent": os.getppid()}
        with Path(request.ledger).open("a", encoding="utf-8") as ledger:
            ledger.write(json.dumps(line) + "\n")
    if request.seconds:
        time.sleep(request.seconds)
    return NoopResult(engine="noop", model="1")
