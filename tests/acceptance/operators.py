"""The operators' commands, as processes, before a running stack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.acceptance.running import RunningStack

COMMAND = (sys.executable, "-m", "ops.cli")


def environ(stack: RunningStack, *, user: str = "mina") -> dict[str, str]:
    """The environment of an operator of this stack."""
    return {**os.environ, **stack.settings.environ(), "LOGNAME": user}


def sayline(stack: RunningStack, *args: str, user: str = "mina") -> Any:
    """Run a command, and return what it prints for programs."""
    done = subprocess.run(
        [*COMMAND, *args, "--json"],
        env=environ(stack, user=user),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def states(stack: RunningStack) -> dict[str, str]:
    """The workers' states by their names."""
    return {worker["name"]: worker["state"] for worker in sayline(stack, "workers")}
