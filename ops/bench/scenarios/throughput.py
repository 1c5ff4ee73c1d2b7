"""Jobs per second, as ratios: everybody one after the other, in several rounds, on one emulator."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from ops.bench.contestants import Sayline, Shape, StockCelery, bare
from ops.bench.measuring import Measured, measure
from ops.bench.report import Bound, Report
from ops.bench.stand import Stand

if TYPE_CHECKING:
    from ops.bench.contestants import Contestant
    from ops.bench.report import Tell

WIDE, NARROW = Shape(processes=4, prefetch=10), Shape(processes=1, prefetch=1)
#: Done-when 7: of the bare loop's jobs per second.
LEAST_RATIO = 0.5
_ROUNDS = 3
#: Celery does one job in about a second there.
_FEW = 10
_PLAN: tuple[tuple[Contestant, Shape, int], ...] = (
    (bare(), NARROW, 300),
    (Sayline(), NARROW, 300),
    (StockCelery(), NARROW, _FEW),
    (Sayline(), WIDE, 600),
    (StockCelery(), WIDE, 600),
)


def run(tell: Tell) -> Report:
    """Measure all, round after round."""
    found: list[list[Measured]] = [[] for _ in _PLAN]
    with Stand() as stand:
        for number in range(_ROUNDS * len(_PLAN)):
            contestant, shape, jobs = _PLAN[number % len(_PLAN)]
            tell(number / (_ROUNDS * len(_PLAN)), f"round {number // len(_PLAN) + 1}: {contestant.name}, {shape}")
            found[number % len(_PLAN)].append(measure(contestant, stand, shape, jobs))
    rates = [median(each.jobs_per_s for each in rounds) for rounds in found]
    ratio = median(ours.jobs_per_s / loop.jobs_per_s for ours, loop in zip(found[1], found[0], strict=True))
    return Report(
        name="throughput",
        title="Jobs per second and CPU per job: no-op jobs",
        columns=("worker", "cut", "jobs/s", "of the loop", "CPU ms/job", "RSS MB", "PSS MB"),
        rows=tuple(
            _row(contestant, shape, rounds, rates[0])
            for (contestant, shape, _), rounds in zip(_PLAN, found, strict=True)
        ),
        notes=(
            f"medians of {_ROUNDS} rounds; cut: processes x prefetch for each",
            "Sayline and the loop write each job's record to DynamoDB, Celery keeps none",
            "RSS counts shared pages for each process, PSS once",
        ),
        bounds=(
            Bound(
                promise=f"at {NARROW} at least {LEAST_RATIO} of the bare loop's jobs per second",
                found=f"{ratio:.2f}",
                holds=ratio >= LEAST_RATIO,
            ),
        ),
        numbers={f"{c.name} {s}": _numbers(rounds) for (c, s, _), rounds in zip(_PLAN, found, strict=True)},
    )


def _row(contestant: Contestant, shape: Shape, rounds: list[Measured], loop: float) -> tuple[str, ...]:
    rate = median(each.jobs_per_s for each in rounds)
    cpu_ms = median(each.cpu_ms_per_job for each in rounds)
    memory = rounds[-1].memory
    return (
        contestant.name,
        str(shape),
        f"{rate:.1f}",
        f"{rate / loop:.2f}",
        f"{cpu_ms:.1f}",
        f"{memory.rss_mb:.0f}",
        f"{memory.pss_mb:.0f}",
    )


def _numbers(rounds: list[Measured]) -> dict[str, Any]:
    return {
        "jobs_per_s": [each.jobs_per_s for each in rounds],
        "cpu_ms_per_job": [each.cpu_ms_per_job for each in rounds],
        "rss_mb": rounds[-1].memory.rss_mb,
        "pss_mb": rounds[-1].memory.pss_mb,
    }
