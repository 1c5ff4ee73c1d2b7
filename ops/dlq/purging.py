"""Giving dead letters up: written to a file first, then marked in their records, then deleted from their queue.

What is in the file is given up, and nothing else: the file is read back. Killed at any point, a job is still
dead-lettered, or it is in a file that is on the disk, and the next purge, into another file, takes the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.dlq.lines import JobLine, line_of, read, written
from schemas.after import complete
from schemas.errors import RefusedError
from schemas.purging import discard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ops.desk import Desk
    from schemas.job import Job


def export(desk: Desk, jobs: Iterable[Job], path: Path, *, said: Callable[[int], None] = lambda _: None) -> int:
    """Write dead letters to a new file, and return how many; they stay where they are."""
    count = 0
    with written(path) as write:
        for job in jobs:
            write(line_of(job, desk.payloads))
            count += 1
            said(1)
    return count


@dataclass(kw_only=True)
class Purger:
    """Gives up what a file has."""

    desk: Desk
    given_up: int = 0
    moved_on: int = 0
    """Those that were not dead-lettered any more, or of another epoch."""

    def run(self, path: Path, *, said: Callable[[int], None] = lambda _: None) -> None:
        """Give up all jobs of just the epoch that the file has them of; their messages are deleted next."""
        with path.open(encoding="utf-8") as file:
            for line in read(file):
                if isinstance(line, JobLine):
                    if _discarded(self.desk, line.job):
                        self.given_up += 1
                    else:
                        self.moved_on += 1
                    said(1)


def _discarded(desk: Desk, job: Job) -> bool:
    complete(desk.jobs, job)
    try:
        desk.jobs.apply(discard(job, now=desk.now()))
    except RefusedError:
        return False
    return True
