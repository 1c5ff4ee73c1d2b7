"""A short storm over each pool; `make chaos` runs long ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.chaos.report import faults
from tests.chaos.scale import Pool, Scale
from tests.chaos.storms import run

if TYPE_CHECKING:
    from pathlib import Path

JOBS = 150
#: A worker that is stopped early in the storm is stopped for longer than its messages' visibility.
STORM_S = 20
CALM_S = 120


@pytest.mark.timeout(STORM_S + CALM_S + 300)
@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_nothing_is_lost_or_doubled_in_a_storm(pool: Pool, tmp_path: Path):
    scale = Scale(seed=11, jobs=JOBS, workers=3, pool=pool, storm_s=STORM_S, calm_s=CALM_S)

    report = run(scale, tmp_path / "storm", quiet=True)

    assert report["findings"] == []
    assert report["complaints"] == {}
    assert JOBS * 0.9 < report["accepted"] <= sum(report["ends"].values()) <= JOBS
    # That it was a storm.
    assert faults(report).total() > JOBS / 2
    assert sum(report["deeds"].values()) >= STORM_S / 5
    assert {"succeeded", "failed", "dead_lettered"} <= report["ends"].keys()
