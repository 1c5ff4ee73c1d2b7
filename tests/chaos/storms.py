"""A storm in a process of its own, which runs in a planted tree: stack, checker and audit know the storm's kinds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.chaos.tree import plant

if TYPE_CHECKING:
    from pathlib import Path

    from tests.chaos.scale import Scale


#: To start and to stop the stack, to submit what the storm has kept from it, and to check.
_OVERHEAD_S = 240


class StormError(Exception):
    """The storm could not be run to its end."""


def run(scale: Scale, work_dir: Path, *, quiet: bool) -> dict[str, Any]:
    """Return the report of a storm; logs and ledgers stay in the work directory.

    Raises:
        StormError: the harness itself has failed.
    """
    work_dir.mkdir(parents=True)
    plant(work_dir / "tree")
    command = [sys.executable, "-m", "tests.chaos.run", json.dumps(scale.as_dict()), str(work_dir.resolve())]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SAYLINE_", "PYTHONPATH"))}
    ended = subprocess.run(
        [*command, *(["--quiet"] if quiet else [])],
        cwd=work_dir / "tree",
        env=environment,
        check=False,
        timeout=scale.storm_s + scale.calm_s + _OVERHEAD_S,
    )
    if ended.returncode:
        raise StormError(f"the storm ended with {ended.returncode}; see {work_dir}")
    report: dict[str, Any] = json.loads((work_dir / "report.json").read_text())
    return report
