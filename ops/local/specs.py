"""Which processes the local stack has, and what they are told."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ops.lifeline import SUPERVISED
from ops.local import emulator, ports
from ops.local.process import ProcessSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ops.local.console import Console
    from ops.settings import Settings

    Specs = Callable[[Settings], Sequence[ProcessSpec]]

#: A worker has handed back what it has in hand at the end of its own grace period; this is for leaving.
_WORKER_LEAVES_WITHIN_S = 10


def emulator_spec(settings: Settings) -> ProcessSpec:
    """Return the emulator's process."""
    return ProcessSpec(
        name="emulator", command=_module("ops.local.emulator"), ready_url=emulator.ready_url(settings.emulator_port)
    )


def sayline_specs(settings: Settings) -> tuple[ProcessSpec, ...]:
    """Return Sayline's own processes in the order of their start; they are stopped the other way round."""
    return (
        ProcessSpec(
            name="worker",
            command=_module("workers.app"),
            ready_file=settings.data_dir / "worker.ready",
            grace_s=settings.grace_s + _WORKER_LEAVES_WITHIN_S,
        ),
        ProcessSpec(name="clock", command=_module("ops.clock")),
        ProcessSpec(name="api", command=_module("producers.api"), ready_url=f"{api_url(settings)}/readyz"),
    )


def api_url(settings: Settings) -> str:
    """Return where this machine reaches the API."""
    return f"http://{ports.reachable(settings.api_host)}:{settings.api_port}"


def child_environment(settings: Settings, console: Console) -> dict[str, str]:
    """Return the environment of the processes: every setting as it is here, whatever `.env` says."""
    given = settings.environ()
    if console.is_terminal and settings.log_format == "auto":
        given["SAYLINE_LOG_FORMAT"] = "console"
    if console.is_coloured:
        # A process sees a pipe and no terminal: https://force-color.org
        given["FORCE_COLOR"] = "1"
    return {**os.environ, **given, SUPERVISED: str(os.getpid()), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name)
