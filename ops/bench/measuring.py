"""One measurement: a contestant's worker, idle and ready, is given so many jobs, until its queue is empty."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter

    from ops.bench.contestants import Contestant, Shape
    from ops.bench.processes import Memory
    from ops.bench.stand import Stand

_WARM_UP = 4


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What so many jobs took."""

    jobs: int
    seconds: float
    """From the first send until the queue is empty."""
    cpu_s: float
    """Of the worker and its children."""
    memory: Memory
    requests: Counter[str]
    """By operation, those that made the records included."""

    @property
    def jobs_per_s(self) -> float:
        """Throughput."""
        return self.jobs / self.seconds

    @property
    def cpu_ms_per_job(self) -> float:
        """CPU time of one job."""
        return 1000 * self.cpu_s / self.jobs

    def per_job(self, service: str) -> float:
        """Return requests of a service per job."""
        return sum(n for name, n in self.requests.items() if name.startswith(f"{service}.")) / self.jobs


def measure(contestant: Contestant, stand: Stand, shape: Shape, jobs: int) -> Measured:
    """Start a worker, warm it up, and measure it."""
    url = contestant.queue_url(stand)
    with contestant.worker(stand, shape) as program:
        contestant.prepare(stand, _WARM_UP * shape.processes)()
        stand.wait_empty(url, meanwhile=program.check)
        before = stand.requests()
        send = contestant.prepare(stand, jobs)
        cpu_s = program.cpu_s()
        began = time.monotonic()
        send()
        stand.wait_empty(url, meanwhile=program.check)
        seconds = time.monotonic() - began
        return Measured(
            jobs=jobs,
            seconds=seconds,
            cpu_s=program.cpu_s() - cpu_s,
            memory=program.memory(),
            requests=+(stand.requests() - before),
        )
