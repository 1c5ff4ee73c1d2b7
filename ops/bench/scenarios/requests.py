"""AWS requests per job, by operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.bench.contestants import Sayline, Shape, StockCelery, dramatiq, taskiq
from ops.bench.measuring import Measured, measure
from ops.bench.peers import environment
from ops.bench.report import Bound, Report
from ops.bench.stand import Stand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops.bench.contestants import Contestant
    from ops.bench.report import Tell

WIDE, NARROW = Shape(processes=4, prefetch=10), Shape(processes=1, prefetch=1)
#: Done-when 7.
MOST_SQS = 0.45
_JOBS = 200
#: Celery does one job in about a second there.
_FEW = 20


def run(tell: Tell) -> Report:
    """Measure everybody who is at hand."""
    contestants, notes = _contestants()
    found: list[tuple[Contestant, Shape, Measured]] = []
    # What a worker says of itself and asks about pauses is none of a job's; the idle scenario counts it.
    with Stand(pauses_s=3600, presence_s=3600) as stand:
        for number, (contestant, shape, jobs) in enumerate(contestants):
            tell(number / len(contestants), f"{contestant.name}, {shape}")
            found.append((contestant, shape, measure(contestant, stand, shape, jobs)))
    ours = found[0][2]
    return Report(
        name="requests",
        title="AWS requests per job: no-op jobs, from the record to the delete",
        columns=("worker", "cut", "SQS", "DynamoDB", "send", "receive", "delete", "other"),
        rows=tuple(_row(*each) for each in found),
        notes=(f"cut: processes x prefetch for each; {_JOBS} jobs, Celery at {NARROW}: {_FEW}", *notes),
        bounds=_bounds(ours),
        numbers={f"{c.name} {s}": {k: v / m.jobs for k, v in m.requests.items()} for c, s, m in found},
    )


def _contestants() -> tuple[list[tuple[Contestant, Shape, int]], list[str]]:
    contestants: list[tuple[Contestant, Shape, int]] = [
        (Sayline(), WIDE, _JOBS),
        (Sayline(), NARROW, _JOBS),
        (StockCelery(), WIDE, _JOBS),
        (StockCelery(), NARROW, _FEW),
        (StockCelery(name="with its results", results=True), WIDE, _JOBS),
    ]
    try:
        environment.peers()
    except environment.NotInstalledError as error:
        return contestants, [f"left out, as they could not be installed: dramatiq_sqs, taskiq-aio-sqs ({error})"]
    return [*contestants, (dramatiq(), WIDE, _JOBS), (taskiq(), WIDE, _JOBS)], []


def _row(contestant: Contestant, shape: Shape, found: Measured) -> tuple[str, ...]:
    sqs, others = found.per_job("SQS"), found.requests.copy()
    parts = [_take(others, found.jobs, f"SQS.{name}") for name in ("Send", "Receive", "Delete")]
    other = sum(n for name, n in others.items() if name.startswith("SQS.")) / found.jobs
    numbers = (sqs, found.per_job("DynamoDB"), *parts, other)
    return contestant.name, str(shape), *(f"{number:.2f}" for number in numbers)


def _take(requests: dict[str, int], jobs: int, beginning: str) -> float:
    names: Iterable[str] = [name for name in requests if name.startswith(beginning)]
    return sum(requests.pop(name) for name in names) / jobs


def _bounds(ours: Measured) -> tuple[Bound, ...]:
    sqs = ours.per_job("SQS")
    table = {name: n for name, n in ours.requests.items() if name.startswith("DynamoDB.")}
    writes = {"DynamoDB.PutItem": ours.jobs, "DynamoDB.UpdateItem": 2 * ours.jobs}
    return (
        Bound(promise=f"SQS at most {MOST_SQS} at {WIDE}", found=f"{sqs:.2f}", holds=sqs <= MOST_SQS),
        Bound(
            promise="DynamoDB: 3 writes and no read",
            found=", ".join(f"{n / ours.jobs:.2f} {name.partition('.')[2]}" for name, n in table.items()),
            holds=table == writes,
        ),
    )
