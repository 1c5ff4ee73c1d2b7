"""`python -m tests.chaos`: storms by seed and pool, each in a tree and a stack of its own, and a table of them all."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from tests.chaos.report import has_failed, row, show
from tests.chaos.scale import Scale
from tests.chaos.storms import run

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> int:
    """Run the storms; return 1 where any has left anything wrong behind."""
    asked = _arguments()
    home: Path = asked.work_dir or Path(tempfile.mkdtemp(prefix="sayline-chaos-"))
    reports = [run(scale, home / f"{scale.pool}-{scale.seed}", quiet=asked.quiet) for scale in _scales(asked)]
    console = Console(width=80)
    show(reports, console)
    console.print("\nFor docs/reliability.md:\n", highlight=False)
    for report in reports:
        sys.stdout.write(row(report) + "\n")
    console.print(f"\nLogs, ledgers and report.json of each run: {home}", highlight=False, soft_wrap=True)
    return int(any(map(has_failed, reports)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="one run for each and for each pool")
    parser.add_argument("--jobs", type=int, default=500, help="of one run")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--pool", choices=("prefork", "threads"), nargs="+", default=["prefork", "threads"])
    parser.add_argument("--minutes", type=float, default=1.5, help="how long the faults flow")
    parser.add_argument("--calm-s", type=float, default=180, help="longest wait for the last job after that")
    parser.add_argument("--work-dir", type=Path, help="where logs and reports go; must not hold a run already")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser.parse_args()


def _scales(asked: argparse.Namespace) -> Iterator[Scale]:
    for seed in asked.seed:
        for pool in asked.pool:
            yield Scale(
                seed=seed,
                jobs=asked.jobs,
                workers=asked.workers,
                pool=pool,
                storm_s=asked.minutes * 60,
                calm_s=asked.calm_s,
            )


if __name__ == "__main__":
    sys.exit(main())
